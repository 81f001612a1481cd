import Basics
import ClinicalEngine
import Gateway
import JSON
import Mapping

/// How results become lines: one for each patient and profile.
///
///     patient,profile,outcome,score,category,...,reasons,evaluatedAt
///     Patient/p1,news2,computed,7,,...,RESP PULSE,2026-05-04T10:00:00Z
struct BatchRows: Sendable {
    /// The forms of a line.
    enum Form: String, Sendable, CaseIterable {
        case csv, ndjson
    }

    /// The columns that every table has.
    private static let names = [
        "patient", "profile", "outcome", "score", "category", "segment", "margin", "atypicality",
        "uncertain", "probability", "lower", "upper", "missing", "substituted", "reasons",
        "evaluatedAt",
    ]

    let form: Form
    private let isExplained: Bool
    /// The inputs of each profile, which have columns of their own when they are asked for.
    private let inputs: [(profile: String, names: [String])]

    init(form: Form, isExplained: Bool, profiles: [LoadedProfile]) {
        self.form = form
        self.isExplained = isExplained
        inputs = profiles.map { ($0.name, $0.profile.inputNames) }
    }

    /// The line of names, where the form has one.
    var header: [UInt8] {
        switch form {
        case .ndjson: return []
        case .csv:
            var names = Self.names
            if isExplained {
                for (profile, inputNames) in inputs {
                    let prefix = inputs.count > 1 ? profile + "." : ""
                    for name in inputNames {
                        names += ["", ".unit", ".effective", ".origin"].map { prefix + name + $0 }
                    }
                }
            }
            return Array(CSVWriter.record(escaped: names.map { BatchCell.text($0).csv }).utf8)
        }
    }

    /// The line of one patient and profile.
    func line(
        patient: String,
        profile: String,
        _ result: PatientEvaluation,
        at moment: Instant
    ) -> [UInt8] {
        let evaluation = result.evaluation
        let isComputed = result.outcome == .computed
        let category = isComputed ? evaluation?.category : nil
        let segment = isComputed ? evaluation?.segment : nil
        let cells: [BatchCell] = [
            .text("Patient/" + patient), .text(profile), .text(result.outcome.rawValue),
            Self.number(isComputed ? evaluation?.value : nil), Self.text(category),
            Self.text(segment?.id), Self.number(segment?.margin), Self.number(segment?.atypicality),
            segment?.isUncertain.map { .flag($0) } ?? .none,
            Self.number(evaluation?.probabilities.first { $0.category == category }?.value),
            Self.number(isComputed ? nil : evaluation?.lower),
            Self.number(isComputed ? nil : evaluation?.upper),
            .list(result.missingNames), .list(result.substitutedNames), .list(result.reasons),
            .text(moment.text),
        ]
        switch form {
        case .csv:
            var texts = cells.map(\.csv)
            if isExplained { texts += explanation(of: result, by: profile).map(\.csv) }
            return Array(CSVWriter.record(escaped: texts).utf8)
        case .ndjson:
            return json(cells, result)
        }
    }

    private func json(_ cells: [BatchCell], _ result: PatientEvaluation) -> [UInt8] {
        var writer = JSONWriter(reservingBytes: 512)
        writer.beginObject()
        for (name, cell) in zip(Self.names, cells) where !cell.isNone {
            writer.name(name)
            cell.write(to: &writer)
        }
        if result.outcome == .computed { Self.write(result.evaluation, to: &writer) }
        if isExplained, let report = result.report {
            writer.name("inputs")
            writer.beginArray()
            for input in report.inputs {
                writer.beginObject()
                writer.member("name", input.name)
                let names = ["value", "unit", "effective", "origin"]
                for (name, cell) in zip(names, Self.cells(input)) where !cell.isNone {
                    writer.name(name)
                    cell.write(to: &writer)
                }
                writer.member("missingReason", ifPresent: input.missingReason?.rawValue)
                writer.endObject()
            }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    /// What a table has no room for: each probability, and the outputs that the document names.
    private static func write(_ evaluation: Evaluation?, to writer: inout JSONWriter) {
        guard let evaluation else { return }
        if !evaluation.probabilities.isEmpty {
            writer.name("probabilities")
            writer.beginObject()
            for probability in evaluation.probabilities {
                writer.name(probability.category)
                BatchCell.number(probability.value).write(to: &writer)
            }
            writer.endObject()
        }
        let outputs = evaluation.outputs.filter(\.isFinal)
        guard !outputs.isEmpty else { return }
        writer.name("outputs")
        writer.beginObject()
        for output in outputs {
            writer.name(output.name)
            switch output.value {
            case .number(let value): BatchCell.number(value).write(to: &writer)
            case .text(let text): writer.value(text)
            case .boolean(let flag): writer.value(flag)
            case .missing: writer.null()
            }
        }
        writer.endObject()
    }

    /// The columns of the inputs; those of other profiles stay empty.
    private func explanation(
        of result: PatientEvaluation,
        by profile: String
    ) -> [BatchCell] {
        inputs.flatMap { name, inputNames -> [BatchCell] in
            guard name == profile, let report = result.report else {
                return Array(repeating: .none, count: 4 * inputNames.count)
            }
            return report.inputs.flatMap(Self.cells)
        }
    }

    /// Value, unit, effective time and origin of an input.
    private static func cells(_ input: MappingReport.Input) -> [BatchCell] {
        let effective = text(input.source?.effective?.text)
        let origin = text(input.source.map { $0.resource + " " + $0.path } ?? stated(input))
        return switch input.value {
        case .quantity(let number, let unit): [.decimal(number), .text(unit), effective, origin]
        case .code(let code): [.text(code), .none, effective, origin]
        case .boolean(let flag): [.flag(flag), .none, effective, origin]
        case nil: [.none, .none, .none, .none]
        }
    }

    /// Where a value comes from that was not observed.
    private static func stated(_ input: MappingReport.Input) -> String? {
        input.flags.first {
            $0 == .assumed || $0 == .imputed || $0 == .fromAbsence || $0 == .aggregated
        }?.rawValue
    }

    private static func number(_ number: Double?) -> BatchCell {
        number.map { .number($0) } ?? .none
    }

    private static func text(_ text: String?) -> BatchCell { text.map { .text($0) } ?? .none }
}
