import Audit
package import Basics

/// The beginning of a log: who writes it, under which key, and after what.
///
/// A log belongs to one writer of one start of a program, so that no two writers share a counter.
package struct LogGenesis: Sendable, Equatable {
    /// What a log holds.
    package enum Kind: UInt8, Sendable, CaseIterable {
        /// The rows that a writer makes.
        case writer = 1
        /// Rows that came without a place, taken in by the sequencer.
        case adoption = 2
    }

    /// The last row of the log before, as far as the writer knows.
    package struct Previous: Sendable, Equatable {
        /// The log before.
        package let logID: UUIDBytes
        /// The last row there that is known to be durable.
        package let sequence: Int64
        /// Its hash.
        package let leafHash: MerkleHash

        /// Names a row.
        package init(logID: UUIDBytes, sequence: Int64, leafHash: MerkleHash) {
            self.logID = logID
            self.sequence = sequence
            self.leafHash = leafHash
        }
    }

    /// The log.
    package let logID: UUIDBytes
    /// What it holds.
    package let kind: Kind
    /// When the program opened it.
    package let openedAt: Instant
    /// The program and its version.
    package let program: String
    /// A digest of the machine and of the place of the key there.
    package let place: [UInt8]
    /// The Ed25519 key that signs its batches.
    package let publicKey: [UInt8]
    /// The end of the log before.
    package let previous: Previous?

    /// Makes a beginning.
    package init(
        logID: UUIDBytes,
        kind: Kind,
        openedAt: Instant,
        program: String,
        place: [UInt8],
        publicKey: [UInt8],
        previous: Previous?
    ) {
        self.logID = logID
        self.kind = kind
        self.openedAt = openedAt
        self.program = program
        self.place = place
        self.publicKey = publicKey
        self.previous = previous
    }

    /// The bytes that are signed.
    package var statement: [UInt8] {
        var writer = CanonicalWriter()
        writer.text("limen-log/1")
        writer.uuid(logID)
        writer.byte(kind.rawValue)
        writer.instant(openedAt)
        writer.text(program)
        writer.data(place)
        writer.data(publicKey)
        writer.uuid(ifPresent: previous?.logID)
        if let previous {
            writer.number(previous.sequence)
            writer.fixed(previous.leafHash.bytes)
        }
        return writer.bytes
    }

    /// What stands before the first row in its chain.
    package var hash: MerkleHash { MerkleHash.leaf(statement) }
}

/// A beginning with its signature, as `audit.log` keeps it.
package struct SignedGenesis: Sendable, Equatable {
    /// The beginning.
    package let genesis: LogGenesis
    /// The signature over its statement.
    package let signature: [UInt8]

    /// Takes what was stored.
    package init(genesis: LogGenesis, signature: [UInt8]) {
        self.genesis = genesis
        self.signature = signature
    }

    /// Signs a beginning.
    package init(_ genesis: LogGenesis, signer: NoteSigner) {
        precondition(signer.key.bytes == genesis.publicKey, "a log is signed with its own key")
        self.init(genesis: genesis, signature: signer.signature(over: genesis.statement))
    }
}
