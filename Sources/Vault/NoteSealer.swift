package import Audit
package import Basics
import Crypto

/// Seals the words of people that are kept beside the trail, such as those of a review.
///
/// Each text has a data key of its own, which seals nothing else.
package struct NoteSealer: Sendable {
    private let ring: KeyRing

    /// Takes the keys of the tenants.
    package init(_ ring: KeyRing) {
        self.ring = ring
    }

    /// A sealed text with the key that goes into the same statement.
    package struct SealedNote: Sendable {
        /// The key as it is stored.
        package let key: WrappedKey
        /// The ciphertext.
        package let text: [UInt8]
    }

    /// Seals a text.
    ///
    /// - Parameters:
    ///   - text: The words.
    ///   - place: The tenant, and the thing that the words belong to.
    ///   - column: The column that the ciphertext is for.
    ///   - subject: Whose data it is: a patient's pseudonym, or the bytes of the thing's own id.
    ///   - now: The moment.
    /// - Returns: The ciphertext and its key.
    /// - Throws: `VaultError` with `keysMissing` when the tenant has no keys.
    package func seal(
        _ text: String,
        at place: Sealing.Place,
        column: String,
        subject: [UInt8],
        now: Instant
    ) throws(VaultError) -> SealedNote {
        let keys = try ring.sealingKeys(of: place.tenant)
        let key = DataKey.generate(
            WrappedKey(
                tenant: place.tenant,
                keyID: .version4(),
                subject: subject,
                month: RecordSealer.month(of: now),
                wrappingKey: keys.currentWrapping.name,
                wrapped: [],
                createdAt: now
            ),
            under: keys.currentWrapping
        )
        return SealedNote(
            key: key.wrapped,
            text: Sealing.seal(Array(text.utf8), key: key.secret, at: place, column: column)
        )
    }
}
