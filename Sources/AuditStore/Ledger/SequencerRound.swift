import Audit
import Basics
import Crypto
import Ledger
import PostgreSQL

/// One turn of the sequencer: what waits goes into the tree, and the tree is signed.
///
/// Everything is one transaction. Who is elected holds the one row of `audit.sequencer`; the others
/// pass by (SKIP LOCKED) and try again at their next turn.
struct SequencerRound {
    /// How a turn ended.
    enum Ending {
        /// Another gateway has the turn.
        case passed
        /// This was folded; `checkpoint` when the tree was signed, and the rows that were left
        /// because they cannot be read.
        case folded(SequencerState, checkpoint: SignedNote?, unreadable: [UUIDBytes])
    }

    private let identity: LogIdentity
    private let knowledge: TreeKnowledge
    private let isCheckpointDue: Bool
    private let deed: LedgerDeed?
    private var tree: FoldedTree
    private let now: Instant
    /// The log of rows that came without a place, as far as this program has opened one.
    private var adoption: LogWriterState?
    /// The events that came without a place and cannot be read.
    private var unreadable: [UUIDBytes] = []

    /// Takes a turn.
    ///
    /// The tree must go on from the last checkpoint that is known outside the database, or, where
    /// none is, from the newest inside that a trusted key has signed; when it does not, nothing is
    /// signed, and a `LedgerStateError` says so.
    static func run(
        on connection: borrowing Connection,
        _ identity: LogIdentity,
        adoption: inout LogWriterState?,
        knowledge: TreeKnowledge,
        isCheckpointDue: Bool,
        deed: LedgerDeed? = nil
    ) throws -> Ending {
        // A log of which it is not known where it ends is not written on.
        let before = adoption
        adoption = nil
        _ = try connection.execute("BEGIN")
        do {
            let (ending, log) = try turn(
                on: connection,
                identity,
                before,
                knowledge,
                isCheckpointDue,
                deed
            )
            _ = try connection.execute("COMMIT")
            adoption = log
            return ending
        } catch {
            if !connection.isBroken { _ = try? connection.execute("ROLLBACK") }
            throw error
        }
    }

    private static func turn(
        on connection: borrowing Connection,
        _ identity: LogIdentity,
        _ adoption: LogWriterState?,
        _ knowledge: TreeKnowledge,
        _ isCheckpointDue: Bool,
        _ deed: LedgerDeed?
    ) throws -> (Ending, LogWriterState?) {
        let found = try connection.execute(LedgerStatements.take)
        guard found.rowCount == 1 else { return (.passed, adoption) }
        guard let size = try found.integer(0, 0), let bytes = found.bytes(0, 1),
            let hashes = MerkleHash.list(bytes),
            let range = CompactRange(size: UInt64(clamping: size), hashes: hashes),
            let heartbeat = try found.integer(0, 2), (0..<Int.max).contains(heartbeat),
            let isComplete = try found.bool(0, 3),
            let tombstones = try found.integer(0, 4), let now = try found.instant(0, 5)
        else { throw LedgerStateError.unreadable }
        let state = SequencerState(
            range: range,
            heartbeat: Int64(heartbeat),
            isAdoptionComplete: isComplete,
            tombstones: Int32(clamping: tombstones)
        )
        var round = SequencerRound(
            identity: identity,
            knowledge: knowledge,
            isCheckpointDue: isCheckpointDue,
            deed: deed,
            tree: FoldedTree(state),
            now: now,
            adoption: adoption
        )
        try round.verifyKnown(on: connection)
        let ending = try round.fold(on: connection)
        return (ending, round.adoption)
    }

    /// The tree must be the one that is known outside, or go on from it.
    private func verifyKnown(on connection: borrowing Connection) throws {
        // That the state is another one is what the operator puts on record.
        if deed == .restored { return }
        let base = try knowledge.base(on: connection)
        if let base, try !goesOn(from: base, on: connection) {
            throw base.size > tree.state.range.size
                ? LedgerStateError.rolledBack : LedgerStateError.forked
        }
        var seenSize = base?.size ?? 0
        if let reached = knowledge.reached, reached.size > seenSize,
            try goesOn(from: reached, on: connection)
        {
            seenSize = reached.size
        }
        // Such a leaf of an earlier version would count below the checkpoint that is signed next.
        var places = Parameters()
        places.add(int64: Int64(clamping: seenSize))
        places.add(int64: Int64(clamping: tree.state.range.size))
        let found = try connection.execute(LedgerStatements.unsignedRestores, places)
        guard try found.integer(0, 0) == 0 else { throw LedgerStateError.unsignedRestore }
    }

    /// Whether the tree holds an earlier state of itself.
    private func goesOn(
        from earlier: Checkpoint,
        on connection: borrowing Connection
    ) throws -> Bool {
        let range = tree.state.range
        guard earlier.size <= range.size,
            let plan = MerkleProof.consistency(from: earlier.size, to: range.size)
        else { return false }
        return MerkleProof.isConsistent(
            from: earlier.size,
            root: earlier.root,
            to: range.size,
            root: range.root,
            by: try plan.hashes { try LedgerReader.node($0, on: connection) }
        )
    }

    private mutating func fold(on connection: borrowing Connection) throws -> Ending {
        // Before anything else: what stands before this leaf is what the restored state has.
        if deed == .restored { append(deed) }
        let placed = try adopt(on: connection)
        let folded = try takeBatches(on: connection)
        try addTombstones(on: connection)
        let isDrained = placed < 200 && folded < 1_000
        if isDrained, placed == 0, !tree.state.isAdoptionComplete {
            tree.append(.adoptionComplete(at: now))
            tree.state.isAdoptionComplete = true
        }
        var note: SignedNote?
        if isCheckpointDue {
            if deed != .restored { append(deed) }
            tree.state.heartbeat += 1
            tree.append(.heartbeat(number: tree.state.heartbeat, at: now))
            let checkpoint = Checkpoint(
                origin: identity.signer.key.name,
                size: tree.state.range.size,
                root: tree.state.range.root
            )
            note = checkpoint.signed(by: identity.signer)
            try tree.store(on: connection)
            var values = Parameters()
            values.add(int64: Int64(clamping: checkpoint.size))
            values.add(text: note?.serialized)
            _ = try connection.execute(LedgerStatements.addCheckpoint, values)
        } else {
            try tree.store(on: connection)
        }
        return .folded(tree.state, checkpoint: note, unreadable: unreadable)
    }

    private mutating func append(_ deed: LedgerDeed?) {
        let entry = deed?.entry(identity, knowledge.known, behind: tree.state.range, at: now)
        if let entry { tree.append(entry) }
    }

    /// A leaf for each month that was dropped since.
    private mutating func addTombstones(on connection: borrowing Connection) throws {
        let found = try connection.execute(LedgerStatements.withoutLeaf)
        guard found.rowCount > 0 else { return }
        let numbered = try connection.execute(LedgerStatements.numberedLeaves)
        let earlier = Int(tree.state.tombstones) - (try numbered.integer(0, 0) ?? 0)
        var known: Set<String> = []
        if earlier > 0 {
            // Leaves of earlier versions hold no number: these months have theirs, or one is new.
            guard found.rowCount > earlier else { return }
            let leaves = try connection.execute(LedgerStatements.unnumberedLeaves)
            for row in 0..<leaves.rowCount {
                let entry = try? TreeEntry(canonical: leaves.bytes(row, 0) ?? [])
                if case .tombstone(let stone)? = entry { known.insert(stone.relation) }
            }
        }
        for row in 0..<found.rowCount {
            let stone = try LedgerReader.tombstone(found, row)
            guard !known.contains(stone.relation) else { continue }
            tree.append(.tombstone(stone))
            tree.state.tombstones += 1
        }
    }

    // MARK: Batches

    /// Takes the batches that wait into the tree, each log with its beginning before its first.
    private mutating func takeBatches(on connection: borrowing Connection) throws -> Int {
        let found = try connection.execute(LedgerStatements.unfolded)
        guard found.rowCount > 0 else { return 0 }
        var batches: [TreeEntry.Batch] = []
        var arrivals: [String] = []
        for row in 0..<found.rowCount {
            if let arrival = try found.integer(row, 0) { arrivals.append(String(arrival)) }
            // A batch that is gone since is for the verifier to name.
            guard let logID = try found.uuid(row, 1), let first = try found.integer(row, 2),
                let last = try found.integer(row, 3), let bytes = found.bytes(row, 4),
                let root = MerkleHash(bytes), let recordedAt = try found.instant(row, 5)
            else { continue }
            batches.append(
                TreeEntry.Batch(
                    logID: logID,
                    firstSequence: Int64(first),
                    lastSequence: Int64(last),
                    root: root,
                    recordedAt: recordedAt
                )
            )
        }
        let geneses = try geneses(
            of: batches.filter { $0.firstSequence == 0 }.map(\.logID),
            on: connection
        )
        for batch in batches {
            if batch.firstSequence == 0, let hash = geneses[batch.logID] {
                tree.append(.genesis(logID: batch.logID, hash: hash))
            }
            tree.append(.batch(batch))
        }
        var taken = Parameters()
        taken.add(arrayText: arrivals)
        _ = try connection.execute(LedgerStatements.folded, taken)
        return found.rowCount
    }

    private func geneses(
        of logs: [UUIDBytes],
        on connection: borrowing Connection
    ) throws -> [UUIDBytes: MerkleHash] {
        guard !logs.isEmpty else { return [:] }
        var values = Parameters()
        values.add(uuids: logs)
        let found = try connection.execute(LedgerStatements.logsNamed, values)
        var hashes: [UUIDBytes: MerkleHash] = [:]
        for row in 0..<found.rowCount {
            let genesis = try LedgerReader.genesis(found, row).genesis
            hashes[genesis.logID] = genesis.hash
        }
        return hashes
    }

    // MARK: Rows without a place

    /// Gives rows that came without a place one in a log of the sequencer's own.
    ///
    /// Those are the rows from before the ledger, once, and the kinds that no writer makes. Any
    /// other is left without a place, and the verifier names it; so is one that cannot be read,
    /// which holds up none of the others.
    private mutating func adopt(on connection: borrowing Connection) throws -> Int {
        let found = try connection.execute(LedgerStatements.unplaced)
        guard found.rowCount > 0 else { return 0 }
        var rows: [AuditRow] = []
        var times: [Instant] = []
        var arrivals: [String] = []
        for row in 0..<found.rowCount {
            if let arrival = try found.integer(row, 51) { arrivals.append(String(arrival)) }
            guard found.bytes(row, 0) != nil, let recordedAt = try found.instant(row, 52) else {
                continue
            }
            do throws(PostgreSQLError) {
                let read = try RowReader.row(found, row)
                guard !tree.state.isAdoptionComplete || AdoptedKind(rawValue: read.kind) != nil
                else { continue }
                rows.append(read)
                times.append(recordedAt)
            } catch {
                if let eventID = try found.uuid(row, 2) { unreadable.append(eventID) }
            }
        }
        try addParts(to: &rows, &times, on: connection)
        if !rows.isEmpty { try place(rows, times, on: connection) }
        var taken = Parameters()
        taken.add(arrayText: arrivals)
        _ = try connection.execute(LedgerStatements.placed, taken)
        return found.rowCount
    }

    /// Adds the cards and the feedback of some rows; rows whose parts cannot be read are left out.
    private mutating func addParts(
        to rows: inout [AuditRow],
        _ times: inout [Instant],
        on connection: borrowing Connection
    ) throws(PostgreSQLError) {
        var whole = rows
        do throws(PostgreSQLError) {
            try RowReader.addParts(to: &whole, on: connection)
            rows = whole
            return
        } catch {
            guard error.code == .unexpectedResult, !connection.isBroken else { throw error }
        }
        // One of them is at fault: each is read alone, so that it is known which.
        whole = []
        var kept: [Instant] = []
        for (row, time) in zip(rows, times) {
            var alone = [row]
            do throws(PostgreSQLError) {
                try RowReader.addParts(to: &alone, on: connection)
                whole += alone
                kept.append(time)
            } catch {
                guard error.code == .unexpectedResult, !connection.isBroken else { throw error }
                unreadable.append(row.eventID)
            }
        }
        rows = whole
        times = kept
    }

    private mutating func place(
        _ rows: [AuditRow],
        _ times: [Instant],
        on connection: borrowing Connection
    ) throws {
        var log = adoption ?? identity.open(.version4(), .adoption, at: now)
        let stamped = log.form(rows.map(\.canonical), at: now, recordedAt: times)
        log.settled()
        adoption = log
        if let genesis = stamped.genesis {
            _ = try connection.execute(LedgerStatements.addLog, genesis.parameters)
        }
        _ = try connection.execute(LedgerStatements.addBatch, stamped.batch.parameters)
        let places = zip(rows, stamped.places).map { row, place in
            var values = Parameters()
            values.add(uuid: place.logID)
            values.add(int64: place.sequence)
            values.add(bytes: place.leafHash)
            values.add(text: row.tenant)
            values.add(instant: row.startedAt)
            values.add(uuid: row.eventID)
            return values
        }
        _ = try connection.execute(LedgerStatements.addAdopted, Parameters(transposing: places))
    }
}

/// Where the sequencer stands.
struct SequencerState: Equatable {
    var range: CompactRange
    var heartbeat: Int64
    var isAdoptionComplete: Bool
    var tombstones: Int32
}

/// Why the sequencer signs nothing.
package enum LedgerStateError: Error, Equatable, Sendable {
    /// What is stored of the tree cannot be read.
    case unreadable
    /// The tree is smaller than the last checkpoint that is known outside.
    case rolledBack
    /// The tree does not go on from the last checkpoint that is known outside.
    case forked
    /// A leaf since then says that a restored database is in force, and nobody has signed it.
    case unsignedRestore
}
