import Audit
package import Basics

/// A leaf of the tree, by which everything that was written is held together.
///
/// The leaves hold hashes and numbers, and nothing of a row, so that anybody may read them.
package enum TreeEntry: Sendable, Equatable {
    /// A log begins.
    case genesis(logID: UUIDBytes, hash: MerkleHash)
    /// A batch of a log, with the moment at which the database wrote it.
    case batch(Batch)
    /// The sequencer is there: the n-th sign of life, by the clock of the database.
    case heartbeat(number: Int64, at: Instant)
    /// A further key signs from here on; signed by a key that was trusted before.
    case key(Rotation)
    /// A key signs from here on that no earlier one vouches for.
    case keyBegun(Beginning)
    /// Rows were dropped because their time is over.
    case tombstone(Tombstone)
    /// All rows from before the ledger have been taken in: from here on there are no more of them.
    case adoptionComplete(at: Instant)
    /// An operator has put an older state of the database in force, and says so.
    case restored(Restoration)

    /// What the tree keeps of a batch.
    package struct Batch: Sendable, Equatable {
        /// The log.
        package let logID: UUIDBytes
        /// The number of the first row.
        package let firstSequence: Int64
        /// The number of the last row.
        package let lastSequence: Int64
        /// The root over the hashes of the rows.
        package let root: MerkleHash
        /// When the database wrote the rows.
        package let recordedAt: Instant

        /// Names a batch.
        package init(
            logID: UUIDBytes,
            firstSequence: Int64,
            lastSequence: Int64,
            root: MerkleHash,
            recordedAt: Instant
        ) {
            self.logID = logID
            self.firstSequence = firstSequence
            self.lastSequence = lastSequence
            self.root = root
            self.recordedAt = recordedAt
        }
    }

    /// The change of a key.
    package struct Rotation: Sendable, Equatable {
        /// The key that vouches.
        package let oldKey: [UInt8]
        /// The key that signs from here on.
        package let newKey: [UInt8]
        /// When.
        package let at: Instant
        /// The signature of the old key.
        package let signature: [UInt8]

        /// Takes what was stored.
        package init(oldKey: [UInt8], newKey: [UInt8], at: Instant, signature: [UInt8]) {
            self.oldKey = oldKey
            self.newKey = newKey
            self.at = at
            self.signature = signature
        }

        /// Signs a change.
        package init(from signer: NoteSigner, to newKey: [UInt8], at now: Instant) {
            let bare = Rotation(oldKey: signer.key.bytes, newKey: newKey, at: now, signature: [])
            self.init(
                oldKey: bare.oldKey,
                newKey: newKey,
                at: now,
                signature: signer.signature(over: bare.statement)
            )
        }

        /// The bytes that are signed.
        package var statement: [UInt8] {
            var writer = CanonicalWriter()
            writer.text("limen-key/1")
            writer.data(oldKey)
            writer.data(newKey)
            writer.instant(at)
            return writer.bytes
        }
    }
}
