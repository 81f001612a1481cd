/// Where audit records become durable.
///
/// A gateway answers only after `append` has returned.
package protocol AuditSink: Sendable {
    /// Makes a record durable.
    ///
    /// - Throws: `AuditError` when it is not known to be durable.
    func append(_ record: AuditRecord) async throws(AuditError)

    /// How many records wait to become durable.
    var queuedCount: Int { get }

    /// Whether a record could be made durable now, for readiness checks.
    var isWritable: Bool { get }
}

/// Why a record is not durable.
package struct AuditError: Error, Equatable, Sendable {
    /// The kinds of fault.
    package enum Code: String, Sendable, CaseIterable {
        case unavailable = "LIMEN-AUD-001"
        case refused = "LIMEN-AUD-002"
        case overloaded = "LIMEN-AUD-003"
        case timeout = "LIMEN-AUD-004"
    }

    /// What is wrong.
    package let code: Code
    /// The SQLSTATE, when PostgreSQL gave one.
    package let sqlState: String?

    /// Makes an error.
    package init(code: Code, sqlState: String? = nil) {
        self.code = code
        self.sqlState = sqlState
    }
}
