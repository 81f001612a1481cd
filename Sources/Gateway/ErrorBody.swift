import HTTPMessages
import JSON
import Telemetry

/// Writes an error as the body that its reader expects.
enum ErrorBody {
    /// The system of our codes in an OperationOutcome.
    static let codeSystem = "https://limen.example/codes/error"

    /// An OperationOutcome (FHIR R4) for the CDS endpoints.
    static func operationOutcome(_ error: GatewayError, traceID: [UInt8]?) -> [UInt8] {
        var writer = JSONWriter(reservingBytes: 512)
        writer.beginObject()
        writer.member("resourceType", "OperationOutcome")
        writer.name("issue")
        writer.beginArray()
        for issue in error.issues {
            writer.beginObject()
            writer.member("severity", "error")
            writer.member("code", error.code.issueType)
            writer.name("details")
            writer.beginObject()
            writer.name("coding")
            writer.beginArray()
            writer.beginObject()
            writer.member("system", codeSystem)
            writer.member("code", error.code.rawValue)
            writer.endObject()
            writer.endArray()
            writer.member("text", error.code.title)
            writer.endObject()
            writer.member("diagnostics", diagnostics(issue, traceID: traceID))
            if !issue.pointer.isEmpty {
                writer.name("expression")
                writer.beginArray()
                writer.value(expression(issue.pointer))
                writer.endArray()
            }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    /// Problem details (RFC 9457) for all other endpoints.
    static func problem(_ error: GatewayError, traceID: [UInt8]?) -> [UInt8] {
        var writer = JSONWriter(reservingBytes: 256)
        writer.beginObject()
        writer.member("type", "urn:limen:error:" + error.code.rawValue)
        writer.member("title", error.code.title)
        writer.member("status", error.code.status)
        writer.member("detail", error.issues.map(\.sentence).joined(separator: " "))
        writer.member("code", error.code.rawValue)
        writeIssues(error.issues, to: &writer)
        if let traceID { writer.member("traceId", hexText(traceID)) }
        writer.endObject()
        return writer.bytes
    }

    /// What is wrong one by one, where a place is known (RFC 9457, section 3.2).
    private static func writeIssues(
        _ issues: [GatewayError.Issue],
        to writer: inout JSONWriter
    ) {
        let placed = issues.filter { !$0.pointer.isEmpty || $0.offset != nil }
        guard !placed.isEmpty else { return }
        writer.name("errors")
        writer.beginArray()
        for issue in placed {
            writer.beginObject()
            writer.member("code", ifPresent: issue.detailCode)
            writer.member("detail", issue.sentence)
            if !issue.pointer.isEmpty { writer.member("pointer", "#" + issue.pointer) }
            if let offset = issue.offset { writer.member("offset", offset) }
            writer.endObject()
        }
        writer.endArray()
    }

    private static func diagnostics(_ issue: GatewayError.Issue, traceID: [UInt8]?) -> String {
        var text = issue.sentence
        if !issue.pointer.isEmpty { text += " At " + issue.pointer + "." }
        if let offset = issue.offset { text += " Byte \(offset)." }
        if let code = issue.detailCode { text += " [" + code + "]" }
        if let traceID { text += " Trace " + hexText(traceID) + "." }
        return text
    }

    /// A JSON Pointer as a FHIRPath of simple steps, such as `prefetch.obs.entry[3].resource`.
    private static func expression(_ pointer: String) -> String {
        var text = ""
        for step in pointer.split(separator: "/") {
            if let position = Int(step) {
                text += "[\(position)]"
            } else {
                text += (text.isEmpty ? "" : ".") + step
            }
        }
        return text
    }
}
