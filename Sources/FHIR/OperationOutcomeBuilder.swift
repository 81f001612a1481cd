package import JSON

/// Writes an OperationOutcome.
///
///     var builder = OperationOutcomeBuilder()
///     builder.add(severity: .error, type: .required, code: "LIMEN-HOOK-003", text: "...",
///         expression: ["context.patientId"])
///     builder.write(to: &writer)
package struct OperationOutcomeBuilder: Sendable {
    /// The issue types that are used here (value set issue-type).
    package enum IssueType: String, Sendable, CaseIterable {
        case invalid, structure, required, value, invariant, security, login, unknown, expired
        case forbidden, suppressed, processing, duplicate, exception, timeout, incomplete
        case transient, throttled, conflict, informational
        case notSupported = "not-supported"
        case notFound = "not-found"
        case tooLong = "too-long"
        case tooCostly = "too-costly"
        case codeInvalid = "code-invalid"
        case businessRule = "business-rule"
        case lockError = "lock-error"
        case noStore = "no-store"
    }

    /// The system of the codes in `details`.
    package static let codeSystem = "https://limen.example/fhir/CodeSystem/error"

    private struct Issue: Sendable {
        let severity: OperationOutcome.Severity
        let type: IssueType
        let code: String?
        let text: String
        let diagnostics: String?
        let expression: [String]
    }

    private var issues: [Issue] = []

    /// Makes a builder without issues.
    package init() {}

    /// Adds an issue.
    ///
    /// - Parameters:
    ///   - severity: how bad it is.
    ///   - type: the kind of issue.
    ///   - code: a stable code of ours, such as `LIMEN-HOOK-003`.
    ///   - text: a sentence for people.
    ///   - diagnostics: more for whoever looks into it; no patient data.
    ///   - expression: the paths of the elements that are meant.
    package mutating func add(
        severity: OperationOutcome.Severity = .error,
        type: IssueType,
        code: String? = nil,
        text: String,
        diagnostics: String? = nil,
        expression: [String] = []
    ) {
        issues.append(
            Issue(
                severity: severity,
                type: type,
                code: code,
                text: text,
                diagnostics: diagnostics,
                expression: expression
            )
        )
    }

    /// Writes the resource as the next value.
    ///
    /// At least one issue is required by FHIR (R4, section 2.39.4).
    package func write(to writer: inout JSONWriter) {
        precondition(!issues.isEmpty, "an OperationOutcome needs an issue")
        writer.beginObject()
        writer.member("resourceType", "OperationOutcome")
        writer.name("issue")
        writer.beginArray()
        for issue in issues { write(issue, to: &writer) }
        writer.endArray()
        writer.endObject()
    }

    /// The resource as bytes.
    package var bytes: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }

    private func write(_ issue: Issue, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("severity", issue.severity.rawValue)
        writer.member("code", issue.type.rawValue)
        writer.name("details")
        writer.beginObject()
        if let code = issue.code {
            writer.name("coding")
            writer.beginArray()
            writer.beginObject()
            writer.member("system", Self.codeSystem)
            writer.member("code", code)
            writer.endObject()
            writer.endArray()
        }
        writer.member("text", issue.text)
        writer.endObject()
        writer.member("diagnostics", ifPresent: issue.diagnostics)
        if !issue.expression.isEmpty {
            writer.name("expression")
            writer.beginArray()
            for path in issue.expression { writer.value(path) }
            writer.endArray()
        }
        writer.endObject()
    }
}
