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
        let layout = counters.layout
        var cells: [Int] = []
        cells.reserveCapacity(2 * layout.inputCount + 6)
        if let evaluation {
            for (place, position) in positions.enumerated() {
                let input = report.inputs[position]
                let isImputed = !input.flags.isEmpty && input.isReplaced
                if let value = input.value, !isImputed {
                    let value = Self.value(value, for: model.fields[place])
                    count(value, place, evaluation, into: &cells)
                } else {
                    let note = isImputed ? .missing : Self.note(input.missingReason)
                    cells.append(layout.cell(place, note))
                    guard note == .missing else { continue }
                    if isImputed || evaluation.imputed.contains(input.name) {
                        cells.append(layout.cell(place, .imputed))
                    }
                }
            }
        }
        count(evaluation, Self.outcome(report), into: &cells)
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
        precondition(inputs.count == model.fields.count, "one input for each field")
        let layout = counters.layout
        var cells: [Int] = []
        cells.reserveCapacity(2 * layout.inputCount + 6)
        for (place, value) in inputs.enumerated() {
            guard value == .missing else {
                count(value, place, evaluation, into: &cells)
                continue
            }
            cells.append(layout.cell(place, .missing))
            if evaluation.imputed.contains(model.fields[place].name) {
                cells.append(layout.cell(place, .imputed))
            }
        }
        count(evaluation, 0, into: &cells)
        counters.add(cells, tenant: tenant, arm: arm, day: Self.day(moment))
    }

    /// Finds the counters of a value that is there.
    private func count(
        _ value: InputValue,
        _ place: Int,
        _ evaluation: Evaluation,
        into cells: inout [Int]
    ) {
        let layout = counters.layout
        if let refusal = evaluation.refusal, refusal.code == .invalidValue,
            refusal.field == model.fields[place].name
        {
            cells.append(layout.cell(place, .invalidModel))
            return
        }
        let series = layout.series[place].series
        let bin: Int?
        switch value {
        case .number(let number):
            bin = series.bins.index(of: number)
            if bin != nil, let range = series.range {
                if number < range.lowerBound { cells.append(layout.cell(place, .below)) }
                if number > range.upperBound { cells.append(layout.cell(place, .above)) }
            }
        case .category(let text):
            bin = series.bins.index(of: text)
        case .missing:
            cells.append(layout.cell(place, .missing))
            return
        }
        cells.append(bin.map { layout.cell(place, bin: $0) } ?? layout.cell(place, .invalidModel))
    }

    /// Finds the counters of what came out; `other` is the outcome of what was not evaluated.
    private func count(_ evaluation: Evaluation?, _ other: Int, into cells: inout [Int]) {
        let layout = counters.layout
        guard let evaluation else {
            cells.append(layout.cell(layout.outcome, bin: other))
            return
        }
        cells.append(layout.cell(layout.outcome, bin: Self.outcome(evaluation)))
        guard evaluation.status == .complete else { return }
        if let place = layout.value, let value = evaluation.value,
            let bin = layout.series[place].series.bins.index(of: value)
        {
            cells.append(layout.cell(place, bin: bin))
        }
        if let place = layout.category, let category = evaluation.category,
            let bin = layout.series[place].series.bins.index(of: category)
        {
            cells.append(layout.cell(place, bin: bin))
        }
        for (place, probability) in zip(layout.probabilities, evaluation.probabilities) {
            // The order of the document is that of the categories; a name that differs is not it.
            guard layout.series[place].series.name.name == probability.category,
                let bin = layout.series[place].series.bins.index(of: probability.value)
            else { continue }
            cells.append(layout.cell(place, bin: bin))
        }
        if let place = layout.segment, let segment = evaluation.segment,
            let bin = layout.series[place].series.bins.index(of: segment.id)
        {
            cells.append(layout.cell(place, bin: bin))
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
