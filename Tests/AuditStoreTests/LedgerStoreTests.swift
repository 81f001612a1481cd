import Audit
import Basics
import Ledger
import PostgreSQL
import Testing

@testable import AuditStore

/// The trail in a real database, tampered with by a superuser who disables every trigger.
@Suite("Ledger in PostgreSQL", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct LedgerStoreTests {
    /// Writes some rows and signs the tree.
    static func written(
        _ count: Int = 12
    ) async throws -> (database: TestDatabase, copies: [Checkpoint]) {
        let database = try TestDatabase()
        let sink = try database.sink(writers: 1)
        for number in 0..<count {
            try await sink.append(number.isMultiple(of: 3) ? Records.full() : Records.small())
        }
        sink.close()
        return (database, [try #require(try sign(database))])
    }

    /// A trail into which the sequencer has taken a row of a trigger, and signed it.
    static func adopting() async throws -> (
        database: TestDatabase, copies: [Checkpoint], later: Checkpoint
    ) {
        let (database, copies) = try await written(2)
        try database.script(
            """
            INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, card_ids,
                missing_inputs, flags)
            VALUES ('system', now(), gen_random_uuid(), 'model-change', 'done', 200, '{}', '{}', '{}')
            """
        )
        return (database, copies, try #require(try sign(database, known: copies[0])))
    }

    static func sign(_ database: TestDatabase, known: Checkpoint? = nil) throws -> Checkpoint? {
        let sequencer = try Sequencer(
            database.login("limen_chain"),
            identity: TestDatabase.identity,
            known: known,
            periodMilliseconds: 1_000
        ) { _ in }
        return try sequencer.signNow()
    }

    static func verify(
        _ database: TestDatabase,
        _ copies: [Checkpoint],
        since: Instant? = nil
    ) throws -> LedgerReport {
        var verifier = LedgerVerifier(
            try PostgreSQLLedgerSource(database.login("limen_verifier"), since: since),
            knowledge: .init(keys: [TestDatabase.signer.key], since: since),
            outside: OutsideCheckpoints(copies)
        )
        return try verifier.run()
    }

    /// A superuser's statements, with no trigger in the way.
    static func tamper(_ database: TestDatabase, _ statements: String) throws {
        try database.script(
            """
            ALTER TABLE audit.event DISABLE TRIGGER ALL;
            ALTER TABLE audit.card DISABLE TRIGGER ALL;
            ALTER TABLE audit.feedback DISABLE TRIGGER ALL;
            ALTER TABLE audit.batch DISABLE TRIGGER ALL;
            ALTER TABLE audit.log DISABLE TRIGGER ALL;
            ALTER TABLE audit.tree_leaf DISABLE TRIGGER ALL;
            ALTER TABLE audit.checkpoint DISABLE TRIGGER ALL;
            ALTER TABLE audit.sequencer DISABLE TRIGGER ALL;
            DO $$
            DECLARE
                name regclass;
            BEGIN
                FOR name IN SELECT inhrelid::regclass FROM pg_inherits LOOP
                    IF (SELECT relkind FROM pg_class WHERE oid = name) = 'r' THEN
                        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER ALL', name);
                    END IF;
                END LOOP;
            END $$;
            SET session_replication_role = replica;
            """ + statements
        )
    }

    @Test("What was written verifies, row by row, and the roles cannot do more than they should")
    func clean() async throws {
        let (database, copies) = try await Self.written()
        let report = try Self.verify(database, copies)
        #expect(report.findings == [])
        #expect(report.rowCount == 12)
        #expect(report.outsideCount == 1)
        #expect(report.checkpointCount == 1)
        #expect(throws: PostgreSQLError.self) {
            try database.script("DELETE FROM audit.batch", as: "limen_chain")
        }
        #expect(throws: PostgreSQLError.self) {
            try database.script("SELECT tenant FROM audit.batch", as: "limen_writer")
        }
        #expect(throws: PostgreSQLError.self) {
            try database.script(
                "INSERT INTO audit.checkpoint (size, note) VALUES (99, '')",
                as: "limen_verifier"
            )
        }
    }

    @Test(
        "Rows that another process has written are named by it alone, and all verifies",
        arguments: [1, 2]
    )
    func writtenByAnother(writers: Int) async throws {
        let database = try TestDatabase()
        let records = (0..<6).map { _ in Records.small() }
        let first = try database.sink(writers: 1)
        for record in records { try await first.append(record) }
        first.close()
        let copy = try #require(try Self.sign(database))
        // As a batch does that was killed: it sends what it had sent, among what is new.
        let second = try database.sink(writers: writers)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for record in records + (0..<6).map({ _ in Records.small() }) {
                group.addTask { try await second.append(record) }
            }
            try await group.waitForAll()
        }
        for record in records { try await second.append(record) }
        let statistics = second.statistics
        second.close()
        #expect(statistics.committedRowCount == 6)
        #expect(statistics.refusedRowCount == 0)
        let last = try #require(try Self.sign(database, known: copy))
        let report = try Self.verify(database, [copy, last])
        #expect(report.findings == [])
        #expect(report.rowCount == 12)
    }

    @Test(
        "A superuser's tampering is found, and called by its name",
        arguments: [
            ("UPDATE audit.event SET client = 'x' WHERE seq = 4", 4, .edited),
            (
                "UPDATE audit.event SET recorded_at = now() + interval '1 s' WHERE seq = 4", 4,
                .edited
            ),
            ("UPDATE audit.event SET leaf_hash = sha256('') WHERE seq = 4", 4, .edited),
            ("DELETE FROM audit.event WHERE seq = 4", 4, .deleted),
            ("DELETE FROM audit.event WHERE seq > 4", 5, .truncated),
            ("UPDATE audit.event SET tenant = 'berta' WHERE seq = 4", 4, .moved),
            ("UPDATE audit.event SET log_id = gen_random_uuid() WHERE seq = 4", 4, .deleted),
            ("DELETE FROM audit.batch WHERE first_seq = 4", 4, .deleted),
            ("UPDATE audit.batch SET stamped_at = now() WHERE first_seq = 4", 4, .edited),
            ("DELETE FROM audit.log", 0, .deleted),
            ("UPDATE audit.log SET program = 'x'", 0, .edited),
            (
                "DELETE FROM audit.card WHERE event_id IN (SELECT event_id FROM audit.event "
                    + "WHERE seq = 3)", 3, .edited
            ),
        ] as [(String, Int64, LedgerFinding.Damage)]
    )
    func tampered(statement: String, sequence: Int64, damage: LedgerFinding.Damage) async throws {
        let (database, copies) = try await Self.written()
        try Self.tamper(database, statement)
        let report = try Self.verify(database, copies)
        #expect(report.firstBadRow?.sequence == sequence)
        #expect(report.findings.contains { $0.damage == damage }, "\(report.findings)")
    }

    @Test("Since a moment, a log that was quiet has no rows to name, but those put behind its end")
    func quietLog() async throws {
        let (database, copies) = try await Self.written()
        let moment = Instant(
            microseconds: Int64(
                try database.count(
                    """
                    SELECT (extract(epoch FROM max(recorded_at)) * 1000000)::bigint + 1
                    FROM audit.event
                    """
                )
            )
        )
        let sink = try database.sink(writers: 1)
        try await sink.append(Records.small())
        sink.close()
        let later = try #require(try Self.sign(database, known: copies[0]))
        let report = try Self.verify(database, copies + [later], since: moment)
        #expect(report.findings == [])
        #expect(report.rowCount == 1)
        try Self.tamper(
            database,
            """
            UPDATE audit.event SET seq = 12, log_id = (
                SELECT log_id FROM audit.batch GROUP BY log_id ORDER BY max(last_seq) DESC LIMIT 1)
            WHERE recorded_at >= '\(moment.text)'
            """
        )
        let damaged = try Self.verify(database, copies + [later], since: moment)
        #expect(damaged.findings.contains { $0.damage == .inserted }, "\(damaged.findings)")
    }

    @Test("A row that somebody slips in without a place is not taken in, and is named")
    func slippedIn() async throws {
        let (database, copies) = try await Self.written()
        try database.script(
            """
            INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, card_ids,
                missing_inputs, flags)
            VALUES ('anna', now(), gen_random_uuid(), 'decision', 'no-cards', 200, '{}', '{}', '{}')
            """
        )
        let later = try #require(try Self.sign(database, known: copies[0]))
        let report = try Self.verify(database, copies + [later])
        #expect(report.findings.map(\.damage) == [.inserted])
        #expect(report.findings.first?.row?.tenant == "anna")
    }

    @Test("A row of a trigger is taken in by the sequencer, and guarded from then on")
    func adopted() async throws {
        let (database, copies, later) = try await Self.adopting()
        let report = try Self.verify(database, copies + [later])
        #expect(report.findings == [])
        #expect(report.rowCount == 3)
        try Self.tamper(
            database,
            "UPDATE audit.event SET recorded_at = recorded_at - interval '1 h' WHERE seq IS NULL"
        )
        #expect(try Self.verify(database, copies).findings.map(\.damage) == [.edited])
    }

    @Test("A row that the writer's login puts into the log of the sequencer is named")
    func slippedIntoSequencer() async throws {
        let (database, copies, later) = try await Self.adopting()
        let log = try #require(try database.column("SELECT log_id::text FROM audit.adopted").first)
        for sequence in [0, 7] {
            try database.script(
                """
                SET limen.tenant = 'anna';
                INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status,
                    card_ids, missing_inputs, flags, log_id, seq, leaf_hash)
                VALUES ('anna', now(), gen_random_uuid(), 'decision', 'no-cards', 200, '{}', '{}',
                    '{}', '\(log)', \(sequence), sha256('x'))
                """,
                as: "limen_writer"
            )
        }
        let report = try Self.verify(database, copies + [later])
        #expect(report.findings.map(\.damage) == [.inserted, .inserted], "\(report.findings)")
        #expect(report.findings.allSatisfy { $0.row?.tenant == "anna" })
    }

    @Test("A row of a number below every log's is named")
    func numberBelow() async throws {
        let (database, copies) = try await Self.written(2)
        try Self.tamper(
            database,
            """
            ALTER TABLE audit.event DROP CONSTRAINT event_seq_check;
            INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, card_ids,
                missing_inputs, flags, log_id, seq, leaf_hash)
            SELECT tenant, started_at, gen_random_uuid(), kind, outcome, status, '{}', '{}', '{}',
                log_id, -5, leaf_hash
            FROM audit.event LIMIT 1;
            """
        )
        let report = try Self.verify(database, copies)
        #expect(report.findings.map(\.damage) == [.inserted], "\(report.findings)")
    }

    @Test("An older state of the database is signed by nobody, and found by a copy outside")
    func rolledBack() async throws {
        let (database, copies) = try await Self.written()
        try Self.tamper(
            database,
            """
            DELETE FROM audit.checkpoint;
            DELETE FROM audit.tree_leaf WHERE position >= 5;
            DELETE FROM audit.batch WHERE (log_id, first_seq) NOT IN (
                SELECT log_id, first_seq FROM audit.tree_leaf WHERE log_id IS NOT NULL);
            DELETE FROM audit.event WHERE seq NOT IN (SELECT first_seq FROM audit.batch);
            DELETE FROM audit.card c WHERE NOT EXISTS (
                SELECT FROM audit.event e WHERE e.event_id = c.event_id);
            DELETE FROM audit.feedback f WHERE NOT EXISTS (
                SELECT FROM audit.event e WHERE e.event_id = f.event_id);
            UPDATE audit.sequencer SET size = 0, hashes = '';
            """
        )
        let found = try Self.verify(database, copies).findings.map(\.damage)
        #expect(found == [.rolledBack])
        #expect(throws: LedgerStateError.rolledBack) {
            try Self.sign(database, known: copies[0])
        }
    }

    @Test("A receipt of each row verifies without the database, and none of another row does")
    func receipts() async throws {
        let (database, _) = try await Self.written(6)
        let events = try database.column("SELECT event_id::text FROM audit.event")
        let keys = [TestDatabase.signer.key]
        for event in events {
            let id = try #require(UUIDBytes(text: event))
            let receipt = try ReceiptMaker.receipt(of: id, database.login("limen_verifier"))
            let read = try Receipt(json: Array(receipt.json.utf8))
            #expect(read == receipt)
            #expect(try read.verified(by: keys).row.eventID == id)
        }
        #expect(throws: ReceiptMaker.Refusal.noEvent) {
            try ReceiptMaker.receipt(
                of: UUIDBytes(high: 1, low: 1),
                database.login("limen_verifier")
            )
        }
        let first = try #require(events.first.flatMap { UUIDBytes(text: $0) })
        try Self.tamper(database, "UPDATE audit.event SET client = 'x'")
        let bent = try ReceiptMaker.receipt(of: first, database.login("limen_verifier"))
        #expect(throws: LedgerError(.receiptMalformed)) { try bent.verified(by: keys) }
    }

    @Test("A sequencer that goes on signs a tree that goes on from the one before")
    func goesOn() async throws {
        let (database, copies) = try await Self.written()
        var known = copies
        for _ in 0..<3 {
            let sink = try database.sink(writers: 2)
            for _ in 0..<5 { try await sink.append(Records.small()) }
            sink.close()
            known.append(try #require(try Self.sign(database, known: known.last)))
        }
        let report = try Self.verify(database, known)
        #expect(report.findings == [])
        #expect(report.outsideCount == 4)
        #expect(report.rowCount == 27)
    }
}
