package import Basics

/// What an answer showed, kept beside its row for a while: a service may say that the same result
/// is not shown again within a time.
///
/// It is no part of the trail and is forgotten. The subject is a key that only the gateway can
/// compute, and the state is sealed, so that a reader of the table learns nothing of a patient.
package struct ShownAnswer: Sendable, Equatable {
    /// Whom and what it is about: 32 bytes that differ by service, hook, FHIR server, patient and user.
    package var subject: [UInt8]
    /// The sealed state.
    package var state: [UInt8]
    /// From when on nobody asks for it.
    package var forgottenAt: Instant

    /// Makes what is kept.
    package init(subject: [UInt8], state: [UInt8], forgottenAt: Instant) {
        self.subject = subject
        self.state = state
        self.forgottenAt = forgottenAt
    }
}

/// Where what was shown is looked up, for all instances and across restarts.
package protocol ShownMemory: Sendable {
    /// The sealed state of the last answer for a subject, or `nil` when there is none.
    ///
    /// - Parameters:
    ///   - subject: whom and what it is about.
    ///   - tenant: the tenant.
    ///   - since: the first moment that counts.
    ///   - microseconds: how long whoever asks can wait; the call ends by then.
    /// - Returns: the sealed state of that answer; `nil` when there was none.
    /// - Throws: `AuditError` when that cannot be found out; then everything is shown.
    func last(
        _ subject: [UInt8],
        of tenant: String,
        since: Instant,
        within microseconds: Int
    ) async throws(AuditError) -> [UInt8]?
}
