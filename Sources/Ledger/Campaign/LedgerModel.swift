import Audit
package import Basics

/// The tables of a trail in memory, as a sequencer and some writers leave them.
///
/// A campaign changes it as a thief would, and reads it through the same verifier as a database.
package struct LedgerModel: Sendable, Equatable {
    /// A log with its tables.
    package struct Log: Sendable, Equatable {
        /// The row of `audit.log`; `nil` when it is gone.
        package var genesis: SignedGenesis
        /// The rows of `audit.batch`.
        package var batches: [StoredBatch] = []
        /// The rows of `audit.event`.
        package var rows: [StoredRow] = []
    }

    /// The logs.
    package var logs: [Log] = []
    /// The rows of `audit.tree_leaf`; the batches are looked up when it is read.
    package var entries: [StoredEntry] = []
    /// The rows of `audit.checkpoint`.
    package var checkpoints: [StoredCheckpoint] = []
    /// Rows that belong to nothing.
    package var strays: [StrayRow] = []
    /// The rows of `audit.dropped_month`; `nil` for those that the tree has.
    package var droppedMonths: [TreeEntry.Tombstone]?
    /// The tables of events; `nil` when that is not asked.
    package var relations: Set<String>?

    /// An empty trail.
    package init() {}

    /// The tombstone of a table such as `event_202611`, made as the database makes it from the rows
    /// that are there; `nil` when it is no table of a month.
    func tombstone(of relation: String, at moment: Instant) -> TreeEntry.Tombstone? {
        guard let month = Int32(relation.dropFirst(6)) else { return nil }
        var digest = MonthDigest()
        var places: [TreeEntry.Places] = []
        for log in logs {
            let id = log.genesis.genesis.logID
            for row in log.rows where row.relation == relation {
                guard let hash = MerkleHash(row.leafHash) else { return nil }
                digest.add(hash, id, row.sequence)
                if let last = places.last, last.logID == id, last.last + 1 == row.sequence {
                    places.removeLast()
                    places.append(.init(logID: id, first: last.first, last: row.sequence))
                } else {
                    places.append(.init(logID: id, first: row.sequence, last: row.sequence))
                }
            }
        }
        return TreeEntry.Tombstone(
            month: month,
            relation: relation,
            at: moment,
            content: .init(
                rowCount: digest.count,
                leafDigest: digest.finish(),
                places: places
            )
        )
    }
}

/// Writes a model as a gateway and a sequencer would, batch by batch.
package struct LedgerModelWriter: Sendable {
    /// What was written so far.
    package private(set) var model = LedgerModel()
    /// The checkpoints that left the database.
    package private(set) var outside: [Checkpoint] = []
    private var range = CompactRange()
    private var states: [LogWriterState] = []
    private var heartbeat: Int64 = 0
    /// The clock of the writers.
    package private(set) var now: Instant
    private var signer: NoteSigner

    /// Starts with no log.
    package init(signer: NoteSigner, at now: Instant) {
        self.signer = signer
        self.now = now
    }

    /// Opens a log and answers which it is.
    package mutating func open(
        _ random: inout CampaignNumbers,
        place: UInt8 = 0,
        previous: LogGenesis.Previous? = nil
    ) -> Int {
        let identity = LogIdentity(
            signer: signer,
            program: "model",
            place: [UInt8](repeating: place, count: 32),
            previous: previous
        )
        now = now.advanced(byMicroseconds: 1_000)
        let logID = UUIDBytes(high: random.next(), low: random.next())
        let state = identity.open(logID, .writer, at: now)
        states.append(state)
        model.logs.append(LedgerModel.Log(genesis: state.genesis))
        return states.count - 1
    }

    /// The end of a log.
    package func end(of log: Int) -> LogGenesis.Previous? { states[log].end }

    /// Writes a batch of rows and takes it into the tree.
    package mutating func write(_ count: Int, to log: Int, _ random: inout CampaignNumbers) {
        let rows = (0..<count).map { _ in SampleRows.row(at: now, &random) }
        now = now.advanced(byMicroseconds: 5_000)
        let stamped = states[log].form(rows.map(\.canonical), at: now)
        states[log].settled()
        let recordedAt = now.advanced(byMicroseconds: 300)
        let batch = stamped.batch
        if stamped.genesis != nil {
            append(.genesis(logID: batch.logID, hash: states[log].genesis.genesis.hash))
        }
        let entry = TreeEntry.Batch(
            logID: batch.logID,
            firstSequence: batch.firstSequence,
            lastSequence: batch.lastSequence,
            root: batch.root,
            recordedAt: recordedAt
        )
        let position = append(.batch(entry))
        model.logs[log].batches.append(
            StoredBatch(
                firstSequence: batch.firstSequence,
                lastSequence: batch.lastSequence,
                stampedAt: batch.stampedAt,
                previous: batch.previous.bytes,
                leafHashes: MerkleHash.bytes(of: batch.leafHashes),
                root: batch.root.bytes,
                signature: batch.signature,
                recordedAt: recordedAt,
                position: position
            )
        )
        for (row, place) in zip(rows, stamped.places) {
            let date = row.startedAt.date
            let relation = "event_" + padded(date.year, 4) + padded(date.month, 2)
            model.relations = (model.relations ?? ["event_default"]).union([relation])
            model.logs[log].rows.append(
                StoredRow(
                    sequence: place.sequence,
                    leafHash: place.leafHash,
                    recordedAt: recordedAt,
                    relation: relation,
                    row: row
                )
            )
        }
    }

    /// Drops the table of a month with its rows, as retention does, and leaves its tombstone.
    package mutating func drop(_ relation: String, from log: Int) {
        guard let stone = model.tombstone(of: relation, at: now) else { return }
        append(.tombstone(stone))
        model.droppedMonths = (model.droppedMonths ?? []) + [stone]
        model.logs[log].rows.removeAll { $0.relation == relation }
        model.relations?.remove(relation)
    }

    /// Leaves a sign of life and signs the tree.
    package mutating func checkpoint() {
        now = now.advanced(byMicroseconds: 10_000_000)
        heartbeat += 1
        append(.heartbeat(number: heartbeat, at: now))
        let checkpoint = Checkpoint(origin: signer.key.name, size: range.size, root: range.root)
        guard let note = checkpoint.signed(by: signer) else { return }
        model.checkpoints.append(
            StoredCheckpoint(size: range.size, note: Array(note.serialized.utf8))
        )
        outside.append(checkpoint)
    }

    /// Appends a leaf.
    @discardableResult
    package mutating func append(_ entry: TreeEntry) -> UInt64 {
        let position = range.size
        model.entries.append(
            StoredEntry(position: position, entry: entry.canonical, batch: nil)
        )
        range.append(entry.leafHash)
        return position
    }

    /// Signs with another key from here on.
    package mutating func change(to signer: NoteSigner) {
        self.signer = signer
    }

    /// Sets the clock of the writers.
    package mutating func setClock(_ moment: Instant) {
        now = moment
    }
}
