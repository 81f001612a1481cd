import Basics
import ClinicalEngine
import JSON
import Mapping

/// Writes what a decision rests on as JSON, for the audit row and for explanations.
enum ReportWriter {
    /// The inputs with their provenance.
    static func inputs(_ report: MappingReport) -> [UInt8] {
        var writer = JSONWriter(reservingBytes: 400 * report.inputs.count + 16)
        report.writeInputs(to: &writer)
        return writer.bytes
    }

    /// The rejections: counted by reason, and listed up to the limit.
    static func rejections(_ report: MappingReport) -> [UInt8] {
        let listed = min(report.rejections.count, Limits.listedRejectionsMax)
        var writer = JSONWriter(reservingBytes: 240 * listed + 128)
        report.writeRejections(to: &writer)
        return writer.bytes
    }

    /// The applicability with the facts it rests on and, where there is one, the evaluation.
    static func result(
        _ report: MappingReport,
        _ evaluation: Evaluation?,
        _ earlier: EarlierResult?
    ) -> [UInt8] {
        var writer = JSONWriter(reservingBytes: 2_048)
        writer.beginObject()
        applicability(of: report, to: &writer)
        writer.name("facts")
        report.writeFacts(to: &writer)
        if let evaluation { members(of: evaluation, to: &writer) }
        if let earlier { member(earlier, to: &writer) }
        writer.endObject()
        return writer.bytes
    }

    /// The earlier result with the inputs it rests on.
    private static func member(_ earlier: EarlierResult, to writer: inout JSONWriter) {
        writer.name("earlier")
        writer.beginObject()
        writer.member("at", earlier.moment.text)
        applicability(of: earlier.report, to: &writer)
        if let evaluation = earlier.evaluation { members(of: evaluation, to: &writer) }
        writer.name("inputs")
        earlier.report.writeInputs(to: &writer)
        writer.endObject()
    }

    private static func applicability(of report: MappingReport, to writer: inout JSONWriter) {
        switch report.applicability {
        case .applies:
            writer.member("applicability", "applies")
        case .notApplicable(let code, let rule):
            writer.member("applicability", "not-applicable")
            writer.member("applicabilityCode", code)
            writer.member("applicabilityRule", rule)
        case .undecided(let code, let rule):
            writer.member("applicability", "undecided")
            writer.member("applicabilityCode", code)
            writer.member("applicabilityRule", rule)
        }
    }

    static func members(of evaluation: Evaluation, to writer: inout JSONWriter) {
        writer.member("status", evaluation.status.rawValue)
        details(of: evaluation, to: &writer)
    }

    /// What the model says, without the word for where it stands.
    static func details(of evaluation: Evaluation, to writer: inout JSONWriter) {
        number("value", evaluation.value, to: &writer)
        number("lower", evaluation.lower, to: &writer)
        number("upper", evaluation.upper, to: &writer)
        writer.name("contributions")
        writer.beginArray()
        for part in evaluation.contributions {
            writer.beginObject()
            writer.member("name", part.name)
            texts("fields", part.fields, to: &writer)
            number("points", part.points, to: &writer)
            number("pointsMin", part.pointsMin, to: &writer)
            number("pointsMax", part.pointsMax, to: &writer)
            writer.member("reasonCode", ifPresent: part.reasonCode)
            writer.endObject()
        }
        writer.endArray()
        texts("reasonCodes", evaluation.reasonCodes, to: &writer)
        texts("missing", evaluation.missing, to: &writer)
        texts("imputed", evaluation.imputed, to: &writer)
        prediction(of: evaluation, to: &writer)
        if let refusal = evaluation.refusal {
            writer.name("refusal")
            writer.beginObject()
            writer.member("code", refusal.code.rawValue)
            writer.member("field", ifPresent: refusal.field)
            writer.endObject()
        }
    }

    /// Categories, probabilities, the segment and the outputs that the document names.
    private static func prediction(of evaluation: Evaluation, to writer: inout JSONWriter) {
        writer.member("category", ifPresent: evaluation.category)
        if !evaluation.probabilities.isEmpty {
            writer.name("probabilities")
            writer.beginArray()
            for probability in evaluation.probabilities {
                writer.beginObject()
                writer.member("category", probability.category)
                number("value", probability.value, to: &writer)
                writer.endObject()
            }
            writer.endArray()
        }
        if let segment = evaluation.segment {
            writer.name("segment")
            writer.beginObject()
            writer.member("id", segment.id)
            writer.member("name", ifPresent: segment.name)
            number("margin", segment.margin, to: &writer)
            number("atypicality", segment.atypicality, to: &writer)
            if let isUncertain = segment.isUncertain { writer.member("isUncertain", isUncertain) }
            writer.name("distances")
            writer.beginArray()
            for distance in segment.distances { writer.value(distance) }
            writer.endArray()
            writer.endObject()
        }
        writer.member("entity", ifPresent: evaluation.entity)
        guard !evaluation.outputs.isEmpty else { return }
        writer.name("outputs")
        writer.beginArray()
        for output in evaluation.outputs {
            writer.beginObject()
            writer.member("name", output.name)
            switch output.value {
            case .number(let value): number("value", value, to: &writer)
            case .text(let text): writer.member("value", text)
            case .boolean(let value): writer.member("value", value)
            case .missing: break
            }
            writer.endObject()
        }
        writer.endArray()
    }

    /// A number, as an integer when it is whole; nothing when there is none.
    private static func number(_ name: String, _ value: Double?, to writer: inout JSONWriter) {
        guard let value else { return }
        writer.name(name)
        if let whole = Int(exactly: value) { writer.value(whole) } else { writer.value(value) }
    }

    private static func texts(_ name: String, _ values: [String], to writer: inout JSONWriter) {
        writer.name(name)
        writer.beginArray()
        for value in values { writer.value(value) }
        writer.endArray()
    }

    /// The grounds of an answer in one object, for `limen hook fire`.
    static func explanation(
        report: MappingReport,
        evaluation: Evaluation?,
        earlier: EarlierResult?,
        artifacts: [UInt8],
        flags: [String],
        evaluatedAt: Instant
    ) -> [UInt8] {
        var writer = JSONWriter(reservingBytes: 8_192)
        writer.beginObject()
        writer.member("evaluatedAt", evaluatedAt.text)
        writer.name("inputs")
        report.writeInputs(to: &writer)
        writer.name("facts")
        report.writeFacts(to: &writer)
        writer.name("rejections")
        report.writeRejections(to: &writer)
        writer.name("evaluation")
        writer.beginObject()
        applicability(of: report, to: &writer)
        if let evaluation { members(of: evaluation, to: &writer) }
        if let earlier { member(earlier, to: &writer) }
        writer.endObject()
        writer.name("artifacts")
        writer.rawValue(artifacts)
        texts("flags", flags, to: &writer)
        writer.endObject()
        return writer.bytes
    }
}
