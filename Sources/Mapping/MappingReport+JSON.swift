import Basics
package import JSON

/// The one way a report is written as JSON: in the audit row, in explanations, on the command line.
///
///     {"applicability":{"status":"applies"},
///      "inputs":[{"name":"spo2","missingReason":"stale","isMissing":true}],
///      "facts":[{"name":"pregnant","isMissing":true}],
///      "rejections":{"counts":{"stale":1},"unasked":41,"items":[{"reason":"stale",...}]}}
extension MappingReport {
    /// Writes the whole report as one JSON object, with every rejection listed.
    package func writeJSON(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("applicability")
        write(applicability, to: &writer)
        writer.name("inputs")
        writeInputs(to: &writer)
        writer.name("facts")
        writeFacts(to: &writer)
        writer.name("rejections")
        writeRejections(listing: rejections.count, to: &writer)
        if hasSubjectMismatch { writer.member("subjectMismatch", true) }
        writer.endObject()
    }

    /// Writes the inputs with their provenance as an array.
    package func writeInputs(to writer: inout JSONWriter) {
        writer.beginArray()
        for input in inputs { input.writeJSON(to: &writer) }
        writer.endArray()
    }

    /// Writes the facts that only `applies` rules read as an array of the same shape.
    package func writeFacts(to writer: inout JSONWriter) {
        writer.beginArray()
        for fact in facts { fact.writeJSON(to: &writer) }
        writer.endArray()
    }

    /// Writes the rejections: all of them counted by reason, the first of them listed.
    package func writeRejections(
        listing countMax: Int = Limits.listedRejectionsMax,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.name("counts")
        writer.beginObject()
        for (reason, count) in rejectionCounts { writer.member(reason.rawValue, count) }
        writer.endObject()
        writer.member("unasked", unaskedCount)
        writer.name("items")
        writer.beginArray()
        for rejection in rejections.prefix(countMax) { rejection.writeJSON(to: &writer) }
        writer.endArray()
        writer.endObject()
    }

    /// How many rejections each reason has, in the order of testing; reasons without any left out.
    package var rejectionCounts: [(reason: RejectionReason, count: Int)] {
        guard !rejections.isEmpty else { return [] }
        let counts = rejections.counts
        return RejectionReason.allCases.compactMap { reason in
            let count = counts[reason.rank]
            return count == 0 ? nil : (reason, count)
        }
    }

    private func write(_ applicability: Applicability, to writer: inout JSONWriter) {
        writer.beginObject()
        switch applicability {
        case .applies: writer.member("status", "applies")
        case .notApplicable(let code, let rule):
            writer.member("status", "not-applicable")
            writer.member("code", code)
            writer.member("rule", rule)
        case .undecided(let code, let rule):
            writer.member("status", "undecided")
            writer.member("code", code)
            writer.member("rule", rule)
        }
        writer.endObject()
    }
}

extension MappingReport.Input {
    /// Writes the input as one JSON object; what is absent is left out.
    fileprivate func writeJSON(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", name)
        value?.writeJSON(to: &writer)
        source?.writeJSON(to: &writer)
        conversion?.writeJSON(to: &writer)
        aggregate?.writeJSON(to: &writer)
        writer.member("basis", ifPresent: basis)
        if let rule { writer.member("rule", rule) }
        if !flags.isEmpty {
            writer.name("flags")
            writer.beginArray()
            for flag in flags { writer.value(flag.rawValue) }
            writer.endArray()
        }
        writer.member("missingReason", ifPresent: missingReason?.rawValue)
        if value == nil { writer.member("isMissing", true) }
        if isOptional { writer.member("isOptional", true) }
        writer.endObject()
    }
}

extension MappingReport.Value {
    /// Writes the members `value` and, of a quantity, `unit`.
    fileprivate func writeJSON(to writer: inout JSONWriter) {
        switch self {
        case .quantity(let number, let unit):
            writer.name("value")
            writer.value(number)
            writer.member("unit", unit)
        case .code(let code): writer.member("value", code)
        case .boolean(let flag): writer.member("value", flag)
        }
    }
}

extension MappingReport.Aggregate {
    fileprivate func writeJSON(to writer: inout JSONWriter) {
        writer.name("aggregate")
        writer.beginObject()
        writer.member("select", select)
        writer.member("unrounded", ifPresent: unrounded)
        writer.name("of")
        writer.beginArray()
        for part in parts {
            writer.beginObject()
            part.value.writeJSON(to: &writer)
            part.source.writeJSON(to: &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}

extension MappingReport.Source {
    fileprivate func writeJSON(to writer: inout JSONWriter) {
        writer.name("source")
        writer.beginObject()
        writer.member("resource", resource)
        writer.member("path", path)
        writer.member("effective", ifPresent: effective?.text)
        if let ageSeconds { writer.member("ageSeconds", ageSeconds) }
        writer.endObject()
    }
}

extension MappingReport.Conversion {
    fileprivate func writeJSON(to writer: inout JSONWriter) {
        writer.name("conversion")
        writer.beginObject()
        writer.member("originalText", originalText)
        writer.member("originalUnit", originalUnit)
        writer.member("formula", formula)
        writer.member("unrounded", unrounded)
        writer.endObject()
    }
}

extension MappingReport.Rejection {
    /// Writes the rejection as one JSON object.
    fileprivate func writeJSON(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("reason", reason.rawValue)
        writer.member("input", ifPresent: input)
        writer.member("resource", resource)
        writer.member("path", path)
        writer.member("sentence", sentence)
        writer.member("accepted", accepted)
        writer.endObject()
    }
}
