package import Basics

/// An audit record as it is stored: what names a patient or speaks of one is sealed.
///
/// A sealed part is the ciphertext of the document of the same name (AES-256-GCM), bound to the
/// tenant, the event and the column. The plain parts of `record` are stored as they are.
package struct SealedRecord: Sendable {
    /// The record without what was sealed.
    package var record: AuditRecord
    /// The key that the parts are sealed with; `nil` when none is sealed.
    package var keyID: UUIDBytes?
    /// The sealed reference of the patient.
    package var patient: [UInt8]?
    /// The sealed reference of the user.
    package var user: [UInt8]?
    /// The sealed reference of the encounter.
    package var encounter: [UInt8]?
    /// The sealed inputs with their provenance.
    package var inputs: [UInt8]?
    /// The sealed list of rejected resources.
    package var rejections: [UInt8]?
    /// The sealed evaluation.
    package var result: [UInt8]?
    /// The sealed `cards` array that was sent.
    package var cards: [UInt8]?
    /// The sealed comment of each feedback item of the record, by its place there.
    package var comments: [Int: SealedComment] = [:]
    /// The keys of its parts that are not known to be durable yet; they travel with the row.
    package var newKeys: [WrappedKey] = []

    /// Makes a record of which nothing is sealed: its references are left out.
    package init(unsealed record: AuditRecord) {
        self.record = record
    }
}

/// A comment of a clinician, sealed under a key of the card it is about.
package struct SealedComment: Sendable, Equatable {
    /// The key that it is sealed with.
    package var keyID: UUIDBytes
    /// The ciphertext.
    package var text: [UInt8]

    /// Makes a sealed comment.
    package init(keyID: UUIDBytes, text: [UInt8]) {
        self.keyID = keyID
        self.text = text
    }
}

/// The place of a row in the log of one writer.
package struct LogPlace: Sendable, Equatable {
    /// The log: one writer of one start of a program.
    package var logID: UUIDBytes
    /// The number of the row there, without gaps from zero.
    package var sequence: Int64
    /// The hash of the whole row and of the row before it.
    package var leafHash: [UInt8]

    /// Makes a place.
    package init(logID: UUIDBytes, sequence: Int64, leafHash: [UInt8]) {
        self.logID = logID
        self.sequence = sequence
        self.leafHash = leafHash
    }
}
