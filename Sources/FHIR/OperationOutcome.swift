package import JSON

/// What went wrong or well with an operation (FHIR R4, section 2.39).
package struct OperationOutcome: Sendable {
    /// The JSON object.
    package let json: JSONValue

    /// How bad an issue is.
    package enum Severity: String, Sendable, CaseIterable {
        case fatal, error, warning, information
        /// R5.
        case success
    }

    /// One issue.
    package struct Issue: ElementView {
        /// The JSON object.
        package let json: JSONValue

        /// Makes a view; `nil` when the value is no object.
        package init?(_ json: JSONValue) {
            guard json.kind == .object else { return nil }
            self.json = json
        }

        /// How bad it is; `nil` when absent or not of the value set.
        package var severity: Severity? {
            json["severity"]?.stringValue.flatMap { Severity(rawValue: $0) }
        }
        /// The kind of issue (value set issue-type).
        package var code: String? { json["code"]?.stringValue }
        /// More about it.
        package var details: CodeableConcept? { json["details"].flatMap { CodeableConcept($0) } }
        /// Text for whoever looks into it.
        package var diagnostics: String? { json["diagnostics"]?.stringValue }
    }

    /// Makes a view; `nil` when the value is no OperationOutcome.
    package init?(_ json: JSONValue) {
        guard json["resourceType"]?.isString("OperationOutcome") == true else { return nil }
        self.json = json
    }

    /// The issues, in order.
    package var issues: Views<Issue> { json.views("issue", as: Issue.self) }

    /// Whether an issue says that the operation failed.
    ///
    /// An issue without a readable severity counts as a failure: silence is not success.
    package var isFailure: Bool {
        issues.contains { issue in
            switch issue.severity {
            case .fatal, .error, nil: true
            case .warning, .information, .success: false
            }
        }
    }
}
