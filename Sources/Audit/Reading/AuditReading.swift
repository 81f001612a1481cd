package import Basics

/// How much of each event comes with a page.
package enum AuditDetail: Sendable {
    /// What is stored in columns of its own.
    case columns
    /// The documents too: inputs, results, cards.
    case documents
    /// The documents, and the feedback on the cards.
    case answers
}

/// Where the gateway reads the audit trail for a caller with the scope for it.
///
/// Each call is about one tenant, which the gateway takes from the authenticated caller and from
/// nowhere else. What is of another tenant is not there.
package protocol AuditReading: Sendable {
    /// A page of events, newest first.
    func page(
        _ filter: AuditFilter,
        of tenant: String,
        _ detail: AuditDetail
    ) async throws(AuditError) -> AuditPage

    /// One event with its documents and the feedback on its cards; `nil` when there is none.
    func event(_ id: UUIDBytes, of tenant: String) async throws(AuditError) -> StoredEvent?

    /// Whether the trail has a value as the pseudonym of a patient.
    func isPseudonym(_ value: [UInt8], of tenant: String) async throws(AuditError) -> Bool

    /// Everything that belongs to the call of an event.
    func story(of event: StoredEvent) async throws(AuditError) -> Story

    /// The reviews of a tenant, the newest first.
    func reviews(of tenant: String) async throws(AuditError) -> [Review]

    /// One review with its runs; `nil` when there is none.
    func review(_ id: UUIDBytes, of tenant: String) async throws(AuditError) -> Review?

    /// Saves a review.
    func add(_ review: Review) async throws(AuditError)

    /// Runs a review and saves what was found.
    func run(
        _ review: Review,
        id: UUIDBytes,
        by reader: String,
        now: Instant
    ) async throws(AuditError) -> ReviewRun

    /// Closes a review; `false` when it was closed already.
    func close(_ review: Review, _ closing: ReviewClosing) async throws(AuditError) -> Bool
}
