import Basics
import Crypto
import Ledger
import PostgreSQL
import Synchronization
import Testing

@testable import AuditStore

/// A database restored from last week, with and without a word of its operator, and keys that begin.
@Suite("Restored databases", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct RestoredTests {
    static func sequencer(
        _ database: TestDatabase,
        _ signer: NoteSigner = TestDatabase.signer,
        known: Checkpoint?
    ) throws -> Sequencer {
        try Sequencer(
            database.login("limen_chain"),
            identity: LogIdentity(
                signer: signer,
                program: "test",
                place: [UInt8](repeating: 1, count: 32)
            ),
            known: known,
            periodMilliseconds: 1_000
        ) { _ in }
    }

    static func append(_ count: Int, _ database: TestDatabase) async throws {
        let sink = try database.sink(writers: 1)
        for _ in 0..<count { try await sink.append(Records.small()) }
        sink.close()
    }

    /// A trail of which the last two checkpoints and rows are gone, as a backup of last week has it.
    static func lastWeek() async throws -> (database: TestDatabase, copies: [Checkpoint]) {
        let database = try TestDatabase()
        var copies: [Checkpoint] = []
        for round in 0..<3 {
            try await append(4, database)
            if round == 0 {
                try database.script(
                    """
                    CREATE SCHEMA kept;
                    CREATE TABLE kept.sequencer AS TABLE audit.sequencer;
                    CREATE TABLE kept.moment AS SELECT max(recorded_at) AS at FROM audit.event;
                    """
                )
                // What is not folded yet when the backup is made is folded by the restored state.
            }
            let known = copies.last
            copies.append(try #require(try LedgerStoreTests.sign(database, known: known)))
        }
        try LedgerStoreTests.tamper(
            database,
            """
            DELETE FROM audit.event WHERE recorded_at > (SELECT at FROM kept.moment);
            DELETE FROM audit.batch WHERE recorded_at > (SELECT at FROM kept.moment);
            DELETE FROM audit.log l WHERE NOT EXISTS (
                SELECT FROM audit.batch b WHERE b.log_id = l.log_id);
            DELETE FROM audit.tree_leaf;
            DELETE FROM audit.tree_node;
            DELETE FROM audit.checkpoint;
            UPDATE audit.sequencer s SET size = k.size, hashes = k.hashes, heartbeat = k.heartbeat,
                is_adoption_complete = k.is_adoption_complete, tombstones = k.tombstones
            FROM kept.sequencer k;
            DELETE FROM audit.unfolded;
            INSERT INTO audit.unfolded (log_id, first_seq)
                SELECT log_id, first_seq FROM audit.batch ORDER BY recorded_at, first_seq;
            DROP SCHEMA kept CASCADE;
            """
        )
        return (database, copies)
    }

    @Test("Without a word a database of last week is signed by nobody and called rolled back")
    func silent() async throws {
        let (database, copies) = try await Self.lastWeek()
        #expect(throws: LedgerStateError.rolledBack) {
            try LedgerStoreTests.sign(database, known: copies.last)
        }
        #expect(
            try LedgerStoreTests.verify(database, copies).findings.map(\.damage) == [.rolledBack]
        )
    }

    @Test("A restored database that its operator has put on record verifies, and goes on")
    func onRecord() async throws {
        let (database, copies) = try await Self.lastWeek()
        let restored = try #require(
            try Self.sequencer(database, known: copies.last).record(.restored)
        )
        try await Self.append(3, database)
        let later = try #require(try LedgerStoreTests.sign(database, known: restored))
        let report = try LedgerStoreTests.verify(database, copies + [restored, later])
        #expect(report.findings == [])
        #expect(report.rowCount == 7)
        #expect(report.outsideCount == 2)
        #expect(report.restoredCopyCount == 3)
        #expect(report.notes.count == 1)
        #expect(report.notes.first?.contains("restored database") == true)
        // What came after it is guarded as before.
        try LedgerStoreTests.tamper(
            database,
            "DELETE FROM audit.event WHERE recorded_at = (SELECT max(recorded_at) FROM audit.event)"
        )
        #expect(
            try LedgerStoreTests.verify(database, copies + [later]).findings.map(\.damage)
                == [.truncated]
        )
    }

    /// Appends a leaf to the tree as it is stored, as whoever has the login of the sequencer can.
    private static func append(_ entry: TreeEntry, to database: TestDatabase) throws {
        let connection = try Connection.open(database.login("limen_chain"))
        let found = try connection.execute("SELECT entry FROM audit.tree_leaf ORDER BY position")
        var tree = FoldedTree(
            SequencerState(
                range: CompactRange(),
                heartbeat: 0,
                isAdoptionComplete: true,
                tombstones: 0
            )
        )
        for row in 0..<found.rowCount {
            tree.state.range.append(MerkleHash.leaf(found.bytes(row, 0) ?? []))
        }
        tree.state.heartbeat = Int64(
            try database.count("SELECT heartbeat::int FROM audit.sequencer")
        )
        tree.append(entry)
        try tree.store(on: connection)
    }

    @Test(
        "A leaf that only the login of the sequencer has written excuses nothing, signed over or not"
    )
    func forged() async throws {
        let (database, copies) = try await Self.lastWeek()
        let lost = try #require(copies.last)
        let kept = try #require(try LedgerStoreTests.sign(database))
        let now = Instant(microseconds: 1_763_700_000_000_000)
        let thief = try #require(NoteSigner(name: "test", seed: [UInt8](repeating: 9, count: 32)))
        try Self.append(
            .restored(
                .init(
                    losing: lost,
                    keeping: .init(size: kept.size, root: kept.root),
                    by: thief,
                    at: now
                )
            ),
            to: database
        )
        // The sequencer is made to sign over it, as one that knows no later copy would.
        let over = try #require(try LedgerStoreTests.sign(database, known: kept))
        let report = try LedgerStoreTests.verify(database, copies + [over])
        #expect(report.restoredCopyCount == 0)
        #expect(report.findings.contains { $0.damage == .inserted }, "\(report.findings)")
        #expect(report.findings.contains { $0.text.contains("no trusted key has signed that") })
        // The form of earlier versions, which nobody signs, would count: nothing is signed over it.
        try Self.append(
            .restored(.init(size: lost.size, root: lost.root, at: now)),
            to: database
        )
        #expect(throws: LedgerStateError.unsignedRestore) {
            try LedgerStoreTests.sign(database, known: over)
        }
    }

    @Test("A gateway with the key and no copy signs over no leaf that nobody has signed")
    func nothingKnown() async throws {
        let (database, copies) = try await Self.lastWeek()
        let lost = try #require(copies.last)
        let kept = try #require(try LedgerStoreTests.sign(database))
        try Self.append(
            .restored(
                .init(
                    size: lost.size,
                    root: lost.root,
                    at: Instant(microseconds: 1_763_700_000_000_000)
                )
            ),
            to: database
        )
        func signNothing() {
            #expect(throws: LedgerStateError.unsignedRestore) {
                try LedgerStoreTests.sign(database)
            }
        }
        signNothing()
        // Nor when nothing in the database says any more what was signed, or another key does.
        let thief = try #require(NoteSigner(name: "test", seed: [UInt8](repeating: 9, count: 32)))
        let over = Checkpoint(
            origin: "test",
            size: UInt64(try database.count("SELECT size::int FROM audit.sequencer")),
            root: kept.root
        )
        let note = try #require(over.signed(by: thief)?.serialized)
        try LedgerStoreTests.tamper(
            database,
            "INSERT INTO audit.checkpoint (size, note) VALUES (\(over.size), '\(note)')"
        )
        signNothing()
        try LedgerStoreTests.tamper(database, "DELETE FROM audit.checkpoint")
        signNothing()
        let report = try LedgerStoreTests.verify(database, copies + [kept])
        #expect(report.restoredCopyCount == 0)
        #expect(report.findings.contains { $0.text.contains("no checkpoint that holds it") })
    }

    @Test("A gateway without a copy takes the newest signed checkpoint inside at its word")
    func insideAlone() async throws {
        let database = try TestDatabase()
        try await Self.append(3, database)
        let first = try #require(try LedgerStoreTests.sign(database))
        try database.script("CREATE TABLE public.kept AS TABLE audit.sequencer")
        try await Self.append(3, database)
        let second = try #require(try LedgerStoreTests.sign(database))
        #expect(second.size > first.size, "a tree that goes on is signed")
        try LedgerStoreTests.tamper(
            database,
            """
            DELETE FROM audit.tree_leaf WHERE position >= \(first.size);
            UPDATE audit.sequencer s SET size = k.size, hashes = k.hashes,
                heartbeat = k.heartbeat FROM public.kept k;
            """
        )
        // Its end was cut off, and the checkpoint of it forgotten there.
        #expect(throws: LedgerStateError.rolledBack) { try LedgerStoreTests.sign(database) }
    }

    @Test("What an earlier turn has looked through is looked through again only when it is another")
    func lookedThrough() async throws {
        let database = try TestDatabase()
        try await Self.append(3, database)
        let connection = try Connection.open(database.login("limen_chain"))
        let keys = [TestDatabase.signer.key]
        func fold(reached: Checkpoint?) throws -> Checkpoint {
            var adoption: LogWriterState?
            let ending = try SequencerRound.run(
                on: connection,
                TestDatabase.identity,
                adoption: &adoption,
                knowledge: TreeKnowledge(known: nil, reached: reached, keys: keys),
                isCheckpointDue: false
            )
            guard case .folded(let state, _, _) = ending else { throw LedgerStateError.unreadable }
            return Checkpoint(origin: "", size: state.range.size, root: state.range.root)
        }
        let first = try fold(reached: nil)
        try database.script("CREATE TABLE public.kept AS TABLE audit.sequencer")
        try await Self.append(3, database)
        let second = try fold(reached: first)
        #expect(second.size > first.size)
        // As a leaf that is there already it would be found by whoever looks.
        let leaf = TreeEntry.restored(
            .init(size: 99, root: first.root, at: Instant(microseconds: 1_763_700_000_000_000))
        )
        try LedgerStoreTests.tamper(
            database,
            """
            UPDATE audit.tree_leaf SET entry = '\\x\(Hexadecimal.text(leaf.canonical))'
            WHERE position = 0
            """
        )
        #expect(try fold(reached: second) == second)
        #expect(throws: LedgerStateError.unsignedRestore) { try fold(reached: nil) }
        // A tree that was put back, unsigned as it was, is looked through whatever was reached.
        try LedgerStoreTests.tamper(
            database,
            """
            DELETE FROM audit.tree_leaf WHERE position >= \(first.size);
            UPDATE audit.sequencer s SET size = k.size, hashes = k.hashes FROM public.kept k;
            """
        )
        #expect(throws: LedgerStateError.unsignedRestore) { try fold(reached: second) }
        #expect(try fold(reached: first) == first)
    }

    @Test("That nothing is known of a trail that was signed is told, once, and else not")
    func unknownPast() async throws {
        let database = try TestDatabase()
        let told = Mutex(0)
        func sequencer(known: Checkpoint?) throws -> Sequencer {
            try Sequencer(
                database.login("limen_chain"),
                identity: TestDatabase.identity,
                known: known,
                periodMilliseconds: 1_000
            ) { event in
                if case .nothingKnown = event { told.withLock { $0 += 1 } }
            }
        }
        try await Self.append(2, database)
        let first = try sequencer(known: nil)
        let signed = try #require(try first.signNow())
        _ = try first.signNow()
        #expect(told.withLock { $0 } == 0, "nothing was there to be known")
        _ = try sequencer(known: signed).signNow()
        #expect(told.withLock { $0 } == 0)
        let stranger = try sequencer(known: nil)
        _ = try stranger.signNow()
        _ = try stranger.signNow()
        #expect(told.withLock { $0 } == 1)
    }

    @Test("The word for one restore does not cover a second roll-back")
    func second() async throws {
        let (database, copies) = try await Self.lastWeek()
        let restored = try #require(
            try Self.sequencer(database, known: copies.last).record(.restored)
        )
        var known = restored
        var later: [Checkpoint] = []
        for _ in 0..<3 {
            try await Self.append(2, database)
            known = try #require(try LedgerStoreTests.sign(database, known: known))
            later.append(known)
        }
        // Not even while the tree is smaller than the one that was lost.
        #expect(known.size < (copies.last?.size ?? 0))
        try LedgerStoreTests.tamper(
            database,
            """
            DELETE FROM audit.tree_leaf WHERE position >= \(restored.size);
            DELETE FROM audit.checkpoint WHERE size > \(restored.size);
            DELETE FROM audit.batch b WHERE NOT EXISTS (SELECT FROM audit.tree_leaf t
                WHERE t.log_id = b.log_id AND t.first_seq = b.first_seq);
            DELETE FROM audit.event e WHERE NOT EXISTS (SELECT FROM audit.batch b
                WHERE b.log_id = e.log_id AND e.seq BETWEEN b.first_seq AND b.last_seq);
            DELETE FROM audit.log l WHERE NOT EXISTS (
                SELECT FROM audit.batch b WHERE b.log_id = l.log_id);
            """
        )
        let report = try LedgerStoreTests.verify(database, copies + [restored] + later)
        #expect(report.findings.contains { $0.damage == .rolledBack }, "\(report.findings)")
    }

    @Test("A trail knows the keys that signed it or that its tree names, and no other")
    func standing() async throws {
        let database = try TestDatabase()
        let writer = database.login("limen_writer")
        let key = TestDatabase.signer.key.bytes
        let next = try #require(NoteSigner(name: "test", seed: [UInt8](repeating: 8, count: 32)))
        #expect(try Sequencer.standing(of: key, writer) == .none)
        try await Self.append(2, database)
        #expect(try Sequencer.standing(of: key, writer) == .known)
        #expect(try Sequencer.standing(of: next.key.bytes, writer) == .other)
        #expect(try Sequencer.standing(of: [], writer) == .other)
        let changed = try #require(
            try Self.sequencer(database, known: nil).record(.keyChanged(next.key.bytes))
        )
        #expect(try Sequencer.standing(of: next.key.bytes, writer) == .known)
        // No key is known by its absence, whatever the tree names.
        #expect(try Sequencer.standing(of: [], writer) == .other)
        let later = try #require(
            try Self.sequencer(database, next, known: changed).signNow()
        )
        // Who has only the old public key trusts the new one by its word.
        let report = try LedgerStoreTests.verify(database, [changed, later])
        #expect(report.findings == [])
        #expect(report.checkpointCount == 2)
    }

    @Test("A key that nobody vouches for is known to who was given it, and named to the others")
    func begun() async throws {
        let (database, copies) = try await LedgerStoreTests.written(3)
        let next = try #require(NoteSigner(name: "test", seed: [UInt8](repeating: 8, count: 32)))
        let begun = try #require(
            try Self.sequencer(database, next, known: copies[0]).record(.keyBegun)
        )
        #expect(
            Set(try LedgerStoreTests.verify(database, copies).findings.map(\.damage))
                == [.unknownKey]
        )
        var verifier = LedgerVerifier(
            try PostgreSQLLedgerSource(database.login("limen_verifier")),
            knowledge: .init(keys: [TestDatabase.signer.key, next.key]),
            outside: OutsideCheckpoints(copies + [begun])
        )
        let report = try verifier.run()
        #expect(report.findings == [])
        #expect(report.notes.first?.contains("no earlier key vouches") == true)
    }
}
