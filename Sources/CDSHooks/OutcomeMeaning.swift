package import JSON

/// What an OperationOutcome beside data says of them (FHIR R4, sections 2.3.0.3 and 3.1.1.4.2).
///
///     {"severity": "warning", "code": "incomplete"}    not everything came
///     {"severity": "warning", "code": "processing"}    a hint
package enum OutcomeMeaning: Sendable {
    /// Nothing that bears on the data.
    case hint
    /// Something may be lacking; what came holds.
    case incomplete
    /// The query was not answered.
    case error

    /// The types of issue by which something that was asked for may not have been returned,
    /// whatever the severity: access denied, and processing that broke off (value set issue-type).
    private static let incompleteCodes = [
        "security", "login", "unknown", "expired", "forbidden", "suppressed", "too-costly",
        "transient", "lock-error", "no-store", "exception", "timeout", "incomplete", "throttled",
    ]

    /// Reads an OperationOutcome; one without issues says that something failed, not what.
    package init(_ outcome: JSONValue) {
        guard let issues = outcome["issue"], issues.kind == .array else {
            self = .error
            return
        }
        var count = 0
        var isIncomplete = false
        for issue in issues.elements {
            count += 1
            let severity = issue["severity"]
            let isMild =
                severity?.isString("warning") ?? false
                || severity?.isString("information") ?? false
                || severity?.isString("success") ?? false
            guard isMild else {
                self = .error
                return
            }
            if let code = issue["code"], Self.incompleteCodes.contains(where: code.isString) {
                isIncomplete = true
            }
        }
        self = count == 0 ? .error : isIncomplete ? .incomplete : .hint
    }

    /// Whether the response of a Bundle entry says that its query was not answered: with a status
    /// outside 2xx (FHIR R4, Bundle.entry.response).
    package static func isFailure(_ response: JSONValue) -> Bool {
        guard let status = response["status"] else { return false }
        let text = status.stringValue ?? status.numberText ?? ""
        return text.utf8.first != UInt8(ascii: "2")
    }
}
