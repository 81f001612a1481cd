package import Audit
package import Basics

/// Where a verifier reads: the tables as they are, row by row, each in its order.
///
/// A source gives what is stored and judges nothing. It keeps a page at most.
package protocol LedgerSource: AnyObject {
    /// What can go wrong while reading.
    associatedtype Failure: Error

    /// The next leaf of the tree, by position.
    func nextEntry() throws(Failure) -> StoredEntry?
    /// The next checkpoint, by size.
    func nextCheckpoint() throws(Failure) -> StoredCheckpoint?
    /// The next log, by the moment it was opened.
    func nextLog() throws(Failure) -> SignedGenesis?
    /// The next batch of that log, by its first number.
    func nextBatch() throws(Failure) -> StoredBatch?
    /// The next row of that log, by its number.
    func nextRow() throws(Failure) -> StoredRow?
    /// The next row that belongs to nothing.
    func nextStray() throws(Failure) -> StrayRow?
    /// The next row that waits for a place, the longest waiting first.
    func nextWaiting() throws(Failure) -> WaitingRow?
    /// The rows whose data key is gone without a record of its end; `nil` when there is none.
    func lostKeys() throws(Failure) -> LostKeys?
    /// The tenants that there are, for telling where a row was moved from.
    func tenants() throws(Failure) -> [String]
    /// What is on record of tables of events that were dropped.
    func droppedMonths() throws(Failure) -> [TreeEntry.Tombstone]
    /// The tables of events that there are; `nil` when the source has no such thing.
    func relations() throws(Failure) -> Set<String>?
}

/// A leaf of the tree as it is stored.
package struct StoredEntry: Sendable, Equatable {
    /// Its place.
    package var position: UInt64
    /// What is hashed.
    package var entry: [UInt8]
    /// The batch that the leaf stands for, when it stands for one and that is there.
    package var batch: TreeEntry.Batch?

    /// Takes what was stored.
    package init(position: UInt64, entry: [UInt8], batch: TreeEntry.Batch?) {
        self.position = position
        self.entry = entry
        self.batch = batch
    }
}

/// A checkpoint as it is stored.
package struct StoredCheckpoint: Sendable, Equatable {
    /// The size that the row is kept under.
    package var size: UInt64
    /// The signed note.
    package var note: [UInt8]

    /// Takes what was stored.
    package init(size: UInt64, note: [UInt8]) {
        self.size = size
        self.note = note
    }
}

/// A batch as it is stored.
package struct StoredBatch: Sendable, Equatable {
    /// The number of the first row.
    package var firstSequence: Int64
    /// The number of the last row.
    package var lastSequence: Int64
    /// When the rows were given their places.
    package var stampedAt: Instant
    /// The hash before that of the first row.
    package var previous: [UInt8]
    /// The hashes of the rows, one behind the other.
    package var leafHashes: [UInt8]
    /// The root over them.
    package var root: [UInt8]
    /// The signature.
    package var signature: [UInt8]
    /// When the database wrote it.
    package var recordedAt: Instant
    /// Its place in the tree, when it is there.
    package var position: UInt64?

    /// Takes what was stored.
    package init(
        firstSequence: Int64,
        lastSequence: Int64,
        stampedAt: Instant,
        previous: [UInt8],
        leafHashes: [UInt8],
        root: [UInt8],
        signature: [UInt8],
        recordedAt: Instant,
        position: UInt64?
    ) {
        self.firstSequence = firstSequence
        self.lastSequence = lastSequence
        self.stampedAt = stampedAt
        self.previous = previous
        self.leafHashes = leafHashes
        self.root = root
        self.signature = signature
        self.recordedAt = recordedAt
        self.position = position
    }

    /// A batch as it was signed; `nil` when its hashes are no hashes, or not as many as its rows.
    package func signed(in log: UUIDBytes) -> SignedBatch? {
        guard let previous = MerkleHash(previous), let root = MerkleHash(root),
            let leaves = MerkleHash.list(leafHashes), !leaves.isEmpty, firstSequence >= 0
        else { return nil }
        let batch = SignedBatch(
            logID: log,
            firstSequence: firstSequence,
            stampedAt: stampedAt,
            previous: previous,
            leafHashes: leaves,
            root: root,
            signature: signature
        )
        return batch.lastSequence == lastSequence ? batch : nil
    }
}

/// A row of a log as it is stored.
package struct StoredRow: Sendable, Equatable {
    /// Its number in the log.
    package var sequence: Int64
    /// The hash that is stored with it.
    package var leafHash: [UInt8]
    /// When the database wrote it.
    package var recordedAt: Instant
    /// The table that it lies in; `nil` when the source has no such thing.
    package var relation: String?
    /// What it holds; `nil` when only its place is left, or when it cannot be read.
    package var row: AuditRow?
    /// Which row it is, when it is there and cannot be read.
    package var unreadable: RowName?

    /// Takes what was stored.
    package init(
        sequence: Int64,
        leafHash: [UInt8],
        recordedAt: Instant,
        relation: String?,
        row: AuditRow?
    ) {
        self.sequence = sequence
        self.leafHash = leafHash
        self.recordedAt = recordedAt
        self.relation = relation
        self.row = row
    }
}

/// A row that belongs to nothing.
package struct StrayRow: Sendable, Equatable {
    /// What it lacks.
    package enum Kind: Int, Sendable, CaseIterable {
        /// It names a log that there is not, that of a sequencer, or a place that there is not.
        case unknownLog = 1
        /// It has no place, and nobody has taken it in.
        case unplaced = 2
        /// A card without its event.
        case card = 3
        /// Feedback without its event.
        case feedback = 4
        /// A batch of a log that there is not.
        case batch = 5
        /// No gateway wrote it, and it bears the id of another event.
        case doubled = 6
    }

    /// What it lacks.
    package var kind: Kind
    /// The row that it names.
    package var name: RowName

    /// Names a row.
    package init(kind: Kind, name: RowName) {
        self.kind = kind
        self.name = name
    }
}

/// A row that waits for a place.
package struct WaitingRow: Sendable, Equatable {
    /// The row.
    package var name: RowName
    /// Its kind, as it is stored.
    package var kind: String
    /// When the database wrote it.
    package var recordedAt: Instant

    /// Names a row that waits.
    package init(name: RowName, kind: String, recordedAt: Instant) {
        self.name = name
        self.kind = kind
        self.recordedAt = recordedAt
    }
}

/// The rows that nobody can open any more, though nothing says that somebody ended their keys.
package struct LostKeys: Sendable, Equatable {
    /// How many rows.
    package var rowCount: Int
    /// The first of them.
    package var first: RowName

    /// Counts rows.
    package init(rowCount: Int, first: RowName) {
        self.rowCount = rowCount
        self.first = first
    }
}

/// Which row is meant: by its log and number, and by its tenant and event as far as they are known.
package struct RowName: Sendable, Hashable {
    /// The log.
    package var logID: UUIDBytes?
    /// The number there.
    package var sequence: Int64?
    /// The tenant.
    package var tenant: String?
    /// The event.
    package var eventID: UUIDBytes?

    /// Names a row.
    package init(
        logID: UUIDBytes?,
        sequence: Int64?,
        tenant: String? = nil,
        eventID: UUIDBytes? = nil
    ) {
        self.logID = logID
        self.sequence = sequence
        self.tenant = tenant
        self.eventID = eventID
    }
}
