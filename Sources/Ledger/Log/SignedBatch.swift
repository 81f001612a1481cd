import Audit
package import Basics
package import Crypto

/// The rows that were written in one transaction: their hashes, and a signature over them.
package struct SignedBatch: Sendable, Equatable {
    /// The log.
    package var logID: UUIDBytes
    /// The number of the first row.
    package var firstSequence: Int64
    /// When the rows were given their places, by the clock of the writer.
    package var stampedAt: Instant
    /// The hash before that of the first row.
    package var previous: MerkleHash
    /// The hashes of the rows.
    package var leafHashes: [MerkleHash]
    /// The root over them (RFC 9162, 2.1.1).
    package var root: MerkleHash
    /// The signature over the statement.
    package var signature: [UInt8]

    /// Takes what was stored.
    package init(
        logID: UUIDBytes,
        firstSequence: Int64,
        stampedAt: Instant,
        previous: MerkleHash,
        leafHashes: [MerkleHash],
        root: MerkleHash,
        signature: [UInt8]
    ) {
        self.logID = logID
        self.firstSequence = firstSequence
        self.stampedAt = stampedAt
        self.previous = previous
        self.leafHashes = leafHashes
        self.root = root
        self.signature = signature
    }

    /// Signs some rows.
    package init(
        logID: UUIDBytes,
        firstSequence: Int64,
        stampedAt: Instant,
        previous: MerkleHash,
        leafHashes: [MerkleHash],
        signer: NoteSigner
    ) {
        self.init(
            logID: logID,
            firstSequence: firstSequence,
            stampedAt: stampedAt,
            previous: previous,
            leafHashes: leafHashes,
            root: CompactRange.root(of: leafHashes),
            signature: []
        )
        signature = signer.signature(over: statement)
    }

    /// The number of the last row.
    package var lastSequence: Int64 { firstSequence + Int64(leafHashes.count) - 1 }

    /// The bytes that are signed.
    package var statement: [UInt8] {
        var writer = CanonicalWriter()
        writer.text("limen-batch/1")
        writer.uuid(logID)
        writer.number(firstSequence)
        writer.number(UInt32(leafHashes.count))
        writer.instant(stampedAt)
        writer.fixed(previous.bytes)
        writer.fixed(root.bytes)
        return writer.bytes
    }

    /// Whether the root is that of the hashes, and the signature that of a key.
    package func isSound(under key: PublicKey) -> Bool {
        root == CompactRange.root(of: leafHashes)
            && key.isValid(signature, over: statement, by: .ed25519)
    }
}
