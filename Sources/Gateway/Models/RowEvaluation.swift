import Audit
import ClinicalEngine
import JSON
import Mapping

/// What came of one row: the inputs as they were used with what the model says, or the faults.
struct RowEvaluation {
    /// What can come of a row, as answers and metrics name it.
    enum Status: String, CaseIterable {
        case complete, incomplete, refused
        case notApplicable = "not-applicable"
        case undecided
        case rejected

        /// What the audit row says of it.
        var outcome: AuditRecord.Outcome {
            switch self {
            case .complete: .done
            case .incomplete, .undecided: .incomplete
            case .refused: .incomplete
            case .notApplicable: .refused
            case .rejected: .rejected
            }
        }
    }

    /// The inputs; `nil` when the row cannot be used.
    let report: MappingReport?
    /// What the model says; `nil` when it was not asked.
    let evaluation: Evaluation?
    /// Why the row cannot be used.
    let faults: [NamedInputFault]

    /// Evaluates a row.
    init(_ row: EvaluationBatch.Row, by profile: LoadedProfile) {
        switch profile.profile.map(row: row.json, at: row.pointer) {
        case .faults(let faults):
            self.faults = faults
            (report, evaluation) = (nil, nil)
        case .inputs(let report):
            self.report = report
            faults = []
            switch report.applicability {
            case .applies: evaluation = profile.evaluate(report)
            case .notApplicable, .undecided: evaluation = nil
            }
        }
    }

    /// Where it stands.
    var status: Status {
        guard let report else { return .rejected }
        switch report.applicability {
        case .notApplicable: return .notApplicable
        case .undecided: return .undecided
        case .applies: break
        }
        switch evaluation?.status {
        case .complete: return .complete
        case .incomplete: return .incomplete
        case .refused, nil: return .refused
        }
    }

    /// The stable code of what stands in the way of a result.
    var reasonCode: String? {
        if let fault = faults.first { return fault.code.rawValue }
        switch report?.applicability {
        case .notApplicable(let code, _): return code
        case .undecided(let code, _): return "undecided:" + code
        case .applies, nil: return evaluation?.refusal?.code.rawValue
        }
    }

    /// The inputs without a value.
    var missingInputs: [String] { report?.missingNames ?? [] }

    /// Whether a fact that a rule asks for was left out: nobody answered it, not even with no.
    private var hasUnansweredFact: Bool { report?.facts.contains { $0.value == nil } ?? false }

    /// The flags of the audit row.
    func flags(hasUncheckedRules: Bool) -> [String] {
        let isUnchecked = hasUncheckedRules || hasUnansweredFact
        var flags = isUnchecked && report != nil ? ["applicability-unchecked"] : []
        let inputs = report?.inputs ?? []
        if inputs.contains(where: { $0.flags.contains(.assumed) }) { flags.append("assumed-input") }
        if inputs.contains(where: { $0.flags.contains(.imputed) }) { flags.append("imputed-input") }
        return flags
    }

    /// Writes the members of the answer that are the same in the audit row.
    func writeResult(hasUncheckedRules: Bool, to writer: inout JSONWriter) {
        writer.member("status", status.rawValue)
        guard let report else {
            writer.name("errors")
            writer.beginArray()
            for fault in faults { Self.write(fault, to: &writer) }
            writer.endArray()
            return
        }
        switch report.applicability {
        case .applies:
            let isUnchecked = hasUncheckedRules || hasUnansweredFact
            writer.member("applicability", isUnchecked ? "not-checked" : "applies")
        case .notApplicable(let code, let rule), .undecided(let code, let rule):
            writer.member("applicability", status.rawValue)
            writer.member("applicabilityCode", code)
            writer.member("applicabilityRule", rule)
        }
        if !report.facts.isEmpty {
            writer.name("facts")
            report.writeFacts(to: &writer)
        }
        if let evaluation { ReportWriter.details(of: evaluation, to: &writer) }
    }

    /// How complete the inputs were.
    func writeCompleteness(to writer: inout JSONWriter) {
        guard let report else { return }
        writer.name("completeness")
        writer.beginObject()
        let substituted = report.inputs.filter { $0.source == nil && $0.value != nil }
        let missing = report.missingNames
        writer.member("present", report.inputs.count - missing.count - substituted.count)
        writer.name("missing")
        writer.beginArray()
        for name in missing { writer.value(name) }
        writer.endArray()
        writer.name("substituted")
        writer.beginArray()
        for input in substituted { writer.value(input.name) }
        writer.endArray()
        writer.endObject()
    }

    private static func write(_ fault: NamedInputFault, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("code", fault.code.rawValue)
        writer.member("input", ifPresent: fault.input)
        writer.member("detail", fault.code.sentence)
        writer.member("accepted", fault.accepted)
        writer.member("offset", fault.offset)
        writer.endObject()
    }
}
