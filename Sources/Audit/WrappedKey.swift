package import Basics

/// A data key as it is stored beside the rows it seals: encrypted under a key of its tenant that
/// the database never holds.
///
/// It goes into the same transaction as the first row that needs it. It is not a part of what the
/// log hashes: a key may be wrapped anew, or destroyed, and the log stays true.
package struct WrappedKey: Sendable, Equatable {
    /// The tenant.
    package var tenant: String
    /// The key.
    package var keyID: UUIDBytes
    /// Whose rows it seals: a patient's pseudonym (32 bytes), a card's uuid (16), or nobody's (0).
    package var subject: [UInt8]
    /// The first day of the month of its rows.
    package var month: CivilDate
    /// Which key of the tenant it is wrapped under.
    package var wrappingKey: String
    /// The wrapped key.
    package var wrapped: [UInt8]
    /// When it was made.
    package var createdAt: Instant

    /// Makes a wrapped key.
    package init(
        tenant: String,
        keyID: UUIDBytes,
        subject: [UInt8],
        month: CivilDate,
        wrappingKey: String,
        wrapped: [UInt8],
        createdAt: Instant
    ) {
        self.tenant = tenant
        self.keyID = keyID
        self.subject = subject
        self.month = month
        self.wrappingKey = wrappingKey
        self.wrapped = wrapped
        self.createdAt = createdAt
    }
}
