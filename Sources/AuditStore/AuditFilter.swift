package import Audit
package import Basics

/// Which events to list; what is `nil` does not narrow.
package struct AuditFilter: Sendable, Equatable {
    /// The tenant; `nil` means all that the auditor may read.
    package var tenant: String?
    /// The kind of event.
    package var kind: AuditRecord.Kind?
    /// What came of it.
    package var outcome: AuditRecord.Outcome?
    /// The service id.
    package var service: String?
    /// Which version of the model decided.
    package var arm: AuditRecord.Arm?
    /// The keyed pseudonym of the patient.
    package var patientPseudonym: [UInt8]?
    /// The `hookInstance` of the call.
    package var hookInstance: UUIDBytes?
    /// The W3C trace id.
    package var traceID: [UInt8]?
    /// The first moment, included.
    package var from: Instant?
    /// The last moment, excluded.
    package var to: Instant?
    /// How many events to give at most; held between 1 and `Limits.auditListRowsMax`.
    package var limit = 50
    /// Where the page before ended, as it was given out.
    package var cursor: AuditCursor?

    /// Makes a filter that does not narrow.
    package init() {}

    /// The limit within its bounds.
    var boundedLimit: Int { min(max(limit, 1), Limits.auditListRowsMax) }
}
