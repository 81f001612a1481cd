package import Basics
package import ClinicalEngine
package import Mapping

import Monitoring

extension LoadedProfile {
    /// Counts one case for the monitoring of the model: bins and reasons, and nothing about the
    /// patient.
    ///
    /// A case that the model is not for counts as an outcome alone: its inputs are not of the
    /// population that the model is used in.
    ///
    /// - Parameters:
    ///   - report: the mapped inputs.
    ///   - evaluation: what the model said; `nil` when it does not apply.
    ///   - tenant: whose patient it is.
    ///   - arm: `live`, `canary`, `shadow`, or `replay` for a request as of another moment.
    ///   - moment: when the case was seen; its UTC day counts.
    package func count(
        _ report: MappingReport,
        _ evaluation: Evaluation?,
        tenant: String,
        arm: String = "live",
        at moment: Instant
    ) {
        var cells: [Int] = []
        cells.reserveCapacity(2 * counters.layout.inputCount + 6)
        visit(report, evaluation) { counters.layout.append($1, of: $0, to: &cells) }
        counters.add(cells, tenant: tenant, arm: arm, day: Self.day(moment))
    }

    /// Counts one case of named inputs, which no mapping has read.
    ///
    /// - Parameters:
    ///   - inputs: the inputs in the order of the model's fields.
    ///   - evaluation: what the model said.
    ///   - tenant: whose patient it is.
    ///   - arm: `live`, `canary`, `shadow` or `replay`.
    ///   - moment: when the case was seen; its UTC day counts.
    package func count(
        inputs: [InputValue],
        _ evaluation: Evaluation,
        tenant: String,
        arm: String = "live",
        at moment: Instant
    ) {
        var cells: [Int] = []
        cells.reserveCapacity(2 * counters.layout.inputCount + 6)
        visit(inputs, evaluation) { counters.layout.append($1, of: $0, to: &cells) }
        counters.add(cells, tenant: tenant, arm: arm, day: Self.day(moment))
    }

    /// Goes through what there is to count of a mapped case, series by series.
    package func visit(
        _ report: MappingReport,
        _ evaluation: Evaluation?,
        _ body: (_ series: Int, _ item: CaseItem) -> Void
    ) {
        guard let evaluation else {
            body(counters.layout.outcome, .bin(Self.outcome(report)))
            return
        }
        for (place, position) in positions.enumerated() {
            let input = report.inputs[position]
            let isReplaced = !input.flags.isEmpty && input.isReplaced
            if let value = input.value, !isReplaced {
                visit(Self.value(value, for: model.fields[place]), place, evaluation, body)
                continue
            }
            let note = isReplaced ? .missing : Self.note(input.missingReason)
            body(place, .note(note))
            guard note == .missing else { continue }
            if isReplaced || evaluation.imputed.contains(input.name) {
                body(place, .note(.imputed))
            }
        }
        visit(evaluation, body)
    }

    /// Goes through what there is to count of a case of named inputs, series by series.
    package func visit(
        _ inputs: [InputValue],
        _ evaluation: Evaluation,
        _ body: (_ series: Int, _ item: CaseItem) -> Void
    ) {
        precondition(inputs.count == model.fields.count, "one input for each field")
        for (place, value) in inputs.enumerated() {
            visit(value, place, evaluation, body)
            if value == .missing, evaluation.imputed.contains(model.fields[place].name) {
                body(place, .note(.imputed))
            }
        }
        visit(evaluation, body)
    }

    private func visit(
        _ value: InputValue,
        _ place: Int,
        _ evaluation: Evaluation,
        _ body: (_ series: Int, _ item: CaseItem) -> Void
    ) {
        let isRefused =
            evaluation.refusal?.code == .invalidValue
            && evaluation.refusal?.field == model.fields[place].name
        switch value {
        case .missing: body(place, .note(.missing))
        case .number, .category:
            guard !isRefused else {
                body(place, .note(.invalidModel))
                return
            }
            if case .number(let number) = value { body(place, .number(number)) }
            if case .category(let text) = value { body(place, .category(text)) }
        }
    }

    private func visit(
        _ evaluation: Evaluation,
        _ body: (_ series: Int, _ item: CaseItem) -> Void
    ) {
        let layout = counters.layout
        body(layout.outcome, .bin(Self.outcome(evaluation)))
        guard evaluation.status == .complete else { return }
        if let place = layout.value, let value = evaluation.value { body(place, .number(value)) }
        if let place = layout.category, let category = evaluation.category {
            body(place, .category(category))
        }
        for (place, probability) in zip(layout.probabilities, evaluation.probabilities) {
            // The order of the document is that of the categories; a name that differs is not it.
            guard layout.series[place].series.name.name == probability.category else { continue }
            body(place, .number(probability.value))
        }
        if let place = layout.segment, let segment = evaluation.segment {
            body(place, .category(segment.id))
        }
    }

    /// The bin of an evaluation among `CounterLayout.outcomes`.
    private static func outcome(_ evaluation: Evaluation) -> Int {
        switch evaluation.status {
        case .complete: return 0
        case .incomplete: return 1
        case .refused:
            switch evaluation.refusal?.code {
            case .invalidValue: return 2
            case .missingValue: return 3
            case .noPrediction: return 4
            case .notFinite: return 5
            case nil: return CounterLayout.outcomes.count
            }
        }
    }

    /// The bin of a report whose patient the model was not given.
    private static func outcome(_ report: MappingReport) -> Int {
        switch report.applicability {
        case .applies: 1
        case .notApplicable: 6
        case .undecided: 7
        }
    }

    private static func day(_ moment: Instant) -> Int32 {
        Int32(clamping: moment.date.daysSinceEpoch)
    }

    /// What a reason for a missing value counts as.
    ///
    /// Nothing in the window is missing; what was there and could not be used is invalid, because
    /// that points to a feed and not to a ward.
    private static func note(_ reason: RejectionReason?) -> CounterNote {
        switch reason {
        case nil, .type, .code, .absent, .stale, .recent: .missing
        case .unitMissing, .unitUnknown, .unitIncompatible: .invalidUnit
        case .valueType, .notANumber, .comparator, .untranslated: .invalidValue
        case .implausible: .invalidImplausible
        case .subject, .status, .profile, .noTime, .future, .duplicate, .superseded:
            .invalidRecord
        }
    }
}

extension MappingReport.Input {
    /// Whether its value was not observed: the profile assumed or imputed it.
    fileprivate var isReplaced: Bool { flags.contains(.assumed) || flags.contains(.imputed) }
}
