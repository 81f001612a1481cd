import Basics
import CDSHooks
import ClinicalEngine
import JSON
import Mapping

/// Makes what the expressions of a hook document see from the report and the evaluation.
///
///     %result.status        complete, incomplete, refused, not-applicable or undecided
///     %result.score         only when complete; %result.lower and .upper also when incomplete
///     %result.category      the predicted category, %result.probability its probability, and
///                           %result.probabilities those of all; only when complete
///     %result.segment       the cluster, with %result.segmentName, .margin, .atypicality (the
///                           percentile among its training rows) and .isUncertain
///     %result.segmentTexts  what it is called and means: language, name and description
///     %result.outputs       every output of the model document: name and value
///     %result.change        the score less the earlier one, when both are complete
///     %earlier.score        the earlier result, when the profile asks for one
///     %inputs.missing       what a clinician calls the missing inputs
///     %explain.table        a Markdown table of the inputs
struct CardFacts {
    let service: LoadedService
    let report: MappingReport
    let evaluation: Evaluation?
    /// The earlier result, when the profile asks for one and there is a moment for it.
    var earlier: EarlierResult?
    /// What the client could not or did not send.
    let gaps: DataGaps
    let now: Instant

    /// The environment for the cards, with the lists that any expression of them reads.
    func environment() throws(JSONError) -> CardEnvironment {
        var writer = JSONWriter(reservingBytes: 6_144)
        writer.beginObject()
        writer.name("result")
        writeResult(to: &writer)
        writer.name("inputs")
        writeInputs(to: &writer)
        writer.name("earlier")
        writeEarlier(to: &writer)
        writer.name("service")
        writer.beginObject()
        writer.member("id", service.hook.id)
        writer.member("title", service.shortTitle)
        writer.member("version", service.hook.version)
        writer.endObject()
        writer.endObject()
        let text = ExplainText(facts: self)
        return CardEnvironment(
            try JSONDocument(parsing: writer.bytes),
            now: now,
            markup: text.markup
        )
    }

    /// Where the decision stands, one word.
    var status: String { status(report, evaluation) }

    private func status(_ report: MappingReport, _ evaluation: Evaluation?) -> String {
        switch report.applicability {
        case .notApplicable: return "not-applicable"
        case .undecided: return "undecided"
        case .applies: break
        }
        guard let evaluation else { return "refused" }
        switch evaluation.status {
        case .complete where gaps.isPartial:
            // The inputs are all there, but what was not sent may be newer than they are.
            return Evaluation.Status.incomplete.rawValue
        case .complete, .incomplete, .refused: return evaluation.status.rawValue
        }
    }

    func reads(_ name: String) -> Bool { service.hook.readNames.contains(name) }

    private func writeResult(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("status", status)
        switch report.applicability {
        case .applies: break
        case .notApplicable(let code, let rule), .undecided(let code, let rule):
            writer.name("applicability")
            writer.beginObject()
            writer.member("code", code)
            writer.member("label", service.applicabilityLabel(code))
            writer.member("rule", rule)
            writer.endObject()
        }
        if let evaluation { writeEvaluation(evaluation, to: &writer) }
        Self.number("change", change, to: &writer)
        writer.endObject()
    }

    /// By how much the result differs from the earlier one; only when both are complete.
    var change: Double? {
        guard let earlier, status == Evaluation.Status.complete.rawValue,
            earlierStatus == Evaluation.Status.complete.rawValue,
            let value = evaluation?.value, let before = earlier.evaluation?.value
        else { return nil }
        return value - before
    }

    /// Where the earlier result stands; `none` when there is none.
    private var earlierStatus: String {
        earlier.map { status($0.report, $0.evaluation) } ?? "none"
    }

    /// The object is there even without an earlier result, so that every expression has it.
    private func writeEarlier(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("status", earlierStatus)
        if let earlier {
            writer.member("at", earlier.moment.text)
            writer.member(
                "ageMinutes",
                Int(now.microseconds(since: earlier.moment) / 60_000_000)
            )
            if earlierStatus == Evaluation.Status.complete.rawValue {
                Self.number("score", earlier.evaluation?.value, to: &writer)
            }
            Self.number("lower", earlier.evaluation?.lower, to: &writer)
            Self.number("upper", earlier.evaluation?.upper, to: &writer)
        }
        writer.endObject()
    }

    private func writeEvaluation(_ evaluation: Evaluation, to writer: inout JSONWriter) {
        if status == Evaluation.Status.complete.rawValue {
            Self.number("score", evaluation.value, to: &writer)
            writePrediction(evaluation, to: &writer)
        }
        Self.number("lower", evaluation.lower, to: &writer)
        Self.number("upper", evaluation.upper, to: &writer)
        if reads("contributions") { writeContributions(evaluation.contributions, to: &writer) }
        if reads("reasonCodes") { Self.texts("reasonCodes", evaluation.reasonCodes, to: &writer) }
        if let refusal = evaluation.refusal {
            writer.name("refusal")
            writer.beginObject()
            writer.member("code", refusal.code.rawValue)
            writer.member("field", ifPresent: refusal.field.map(service.label))
            writer.endObject()
        }
    }

    private func writeContributions(
        _ contributions: [Evaluation.Contribution],
        to writer: inout JSONWriter
    ) {
        let readsName = reads("name")
        let readsLabel = reads("label")
        let readsReason = reads("reasonCode")
        writer.name("contributions")
        writer.beginArray()
        for part in contributions {
            writer.beginObject()
            if readsName { writer.member("name", part.name) }
            if readsLabel { writer.member("label", service.label(part.name)) }
            Self.number("points", part.points, to: &writer)
            Self.number("pointsMin", part.pointsMin, to: &writer)
            Self.number("pointsMax", part.pointsMax, to: &writer)
            if readsReason { writer.member("reasonCode", ifPresent: part.reasonCode) }
            writer.endObject()
        }
        writer.endArray()
    }

    private func writeInputs(to writer: inout JSONWriter) {
        writer.beginObject()
        let missing = report.inputs.filter { $0.value == nil }
        Self.texts("missing", missing.map { service.label($0.name) }, to: &writer)
        if reads("missingNames") { Self.texts("missingNames", missing.map(\.name), to: &writer) }
        if reads("present") {
            let present = report.inputs.filter { $0.value != nil }
            Self.texts("present", present.map { service.label($0.name) }, to: &writer)
        }
        if reads("all") { writeAllInputs(to: &writer) }
        let ages = report.inputs.compactMap { $0.source?.ageSeconds }
        if let oldest = ages.max(), let newest = ages.min() {
            writer.member("oldestMinutes", oldest / 60)
            writer.member("newestMinutes", newest / 60)
            writer.member("spanMinutes", (oldest - newest) / 60)
        }
        writer.member("rejectedCount", report.rejections.count)
        writer.member("unaskedCount", report.unaskedCount)
        writer.endObject()
    }

    private func writeAllInputs(to writer: inout JSONWriter) {
        let text = ExplainText(facts: self)
        writer.name("all")
        writer.beginArray()
        for input in report.inputs {
            writer.beginObject()
            writer.member("name", input.name)
            writer.member("label", service.label(input.name))
            writer.member("value", ifPresent: input.value.map(ExplainText.rawText))
            writer.member("display", text.display(input))
            if let age = input.source?.ageSeconds { writer.member("ageMinutes", age / 60) }
            writer.member("reason", ifPresent: input.missingReason?.rawValue)
            Self.texts("flags", input.flags.map(\.rawValue), to: &writer)
            writer.endObject()
        }
        writer.endArray()
    }

    /// A number with at most six decimals, so that it is never wider than a summary allows.
    static func number(_ name: String, _ value: Double?, to writer: inout JSONWriter) {
        guard let value else { return }
        writer.name(name)
        if let whole = Int(exactly: value) {
            writer.value(whole)
        } else if let text = DecimalNumber(text: value.description),
            let step = DecimalNumber(coefficient: 1, scale: 6),
            let rounded = text.rounded(toMultipleOf: step)
        {
            writer.value(rounded.normalized)
        } else {
            writer.value(value)
        }
    }

    private static func texts(_ name: String, _ values: [String], to writer: inout JSONWriter) {
        writer.name(name)
        writer.beginArray()
        for value in values { writer.value(value) }
        writer.endArray()
    }
}
