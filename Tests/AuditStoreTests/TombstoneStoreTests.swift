import Basics
import Ledger
import PostgreSQL
import Testing

@testable import AuditStore

/// Months dropped in a real database, and what the verifier says of their tombstones.
@Suite("Tombstones in PostgreSQL", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct TombstoneStoreTests {
    /// Seven rows of March 2015 from before the ledger, taken in by the sequencer, and some of today.
    static func old() async throws -> (database: TestDatabase, known: Checkpoint) {
        let database = try TestDatabase()
        try database.script(
            """
            SET ROLE limen_owner;
            SELECT audit.add_month('event', '2015-03-01');
            RESET ROLE;
            INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, card_ids,
                missing_inputs, flags)
            SELECT 'anna', '2015-03-05'::timestamptz + n * interval '1 day', gen_random_uuid(),
                'decision', 'no-cards', 200, '{}', '{}', '{}'
            FROM generate_series(1, 7) n;
            """
        )
        let sink = try database.sink(writers: 1)
        for _ in 0..<3 { try await sink.append(Records.small()) }
        sink.close()
        return (database, try #require(try LedgerStoreTests.sign(database)))
    }

    @Test("A month that retention dropped verifies, and its digest is that of the batches")
    func dropped() async throws {
        let (database, known) = try await Self.old()
        try database.script("CALL audit.drop_months_before('2015-04-01')", as: "limen_retention")
        // The tombstone counts before the tree has it too.
        #expect(try LedgerStoreTests.verify(database, [known]).findings == [])
        let later = try #require(try LedgerStoreTests.sign(database, known: known))
        let report = try LedgerStoreTests.verify(database, [known, later])
        #expect(report.findings == [])
        #expect(report.droppedRowCount == 7)
        // The event by which the tenant is told of it is signed like any other row.
        #expect(report.rowCount == 11)
        try LedgerStoreTests.tamper(
            database,
            """
            ALTER TABLE audit.dropped_month DISABLE TRIGGER ALL;
            UPDATE audit.dropped_month SET row_count = 6;
            """
        )
        #expect(
            try LedgerStoreTests.verify(database, [later]).findings.map(\.damage) == [.edited]
        )
    }

    @Test("A table that was dropped without a tombstone is named, and a made-up tombstone too")
    func undocumented() async throws {
        let (database, known) = try await Self.old()
        try LedgerStoreTests.tamper(database, "DROP TABLE audit.event_201503;")
        let report = try LedgerStoreTests.verify(database, [known])
        #expect(Set(report.findings.map(\.damage)) == [.deleted])
        #expect(report.firstBadRow?.sequence == 0)
        // A count that is not true comes into the tree and is found there.
        try database.script(
            """
            SET ROLE limen_owner;
            INSERT INTO audit.dropped_month (month, relation, row_count, leaf_digest, places)
            SELECT '2015-03-01', 'event_201503', 5, sha256(''), uuid_send(log_id) || int8send(0)
                || int8send(6) FROM audit.log WHERE kind = 2;
            """
        )
        let later = try #require(try LedgerStoreTests.sign(database, known: known))
        let second = try LedgerStoreTests.verify(database, [later])
        #expect(second.findings.map(\.damage) == [.edited])
        #expect(second.findings.first?.text.contains("event_201503") == true)
    }

    /// Old rows of four months of 2015, all in the tree, and none of them dropped yet.
    static func fourMonths() async throws -> (database: TestDatabase, known: Checkpoint) {
        let database = try TestDatabase()
        try database.script(
            """
            SET ROLE limen_owner;
            SELECT audit.add_month('event', make_date(2015, n, 1)) FROM generate_series(2, 5) n;
            RESET ROLE;
            INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, card_ids,
                missing_inputs, flags)
            SELECT 'anna', make_timestamptz(2015, n, 5, 0, 0, 0, 'UTC'), gen_random_uuid(),
                'decision', 'no-cards', 200, '{}', '{}', '{}'
            FROM generate_series(2, 5) n, generate_series(1, 2);
            """
        )
        let sink = try database.sink(writers: 1)
        try await sink.append(Records.small())
        sink.close()
        return (database, try #require(try LedgerStoreTests.sign(database)))
    }

    /// Moves what is on record of a drop, as if the clock of the database had been off then.
    static func shift(_ month: Int, byHours hours: Int, _ database: TestDatabase) throws {
        // The other triggers stay: rows of later drops wait for their places by one of them.
        try database.script(
            """
            ALTER TABLE audit.dropped_month DISABLE TRIGGER ALL;
            UPDATE audit.dropped_month SET dropped_at = dropped_at + interval '\(hours) hours'
            WHERE month = make_date(2015, \(month), 1);
            """
        )
    }

    @Test("Each dropped month has one leaf, though the clock stepped back between them")
    func clockSteppedBack() async throws {
        let (database, known) = try await Self.fourMonths()
        try database.script("CALL audit.drop_months_before('2015-03-01')", as: "limen_retention")
        // The clock was two hours ahead when this month was dropped, and was set back then.
        try Self.shift(2, byHours: 2, database)
        var copies = [known, try #require(try LedgerStoreTests.sign(database, known: known))]
        for month in [4, 5, 6] {
            try database.script(
                "CALL audit.drop_months_before(make_date(2015, \(month), 1))",
                as: "limen_retention"
            )
            if month == 5 { try Self.shift(4, byHours: -5, database) }
            copies.append(try #require(try LedgerStoreTests.sign(database, known: copies.last)))
        }
        // A turn that finds nothing new adds nothing.
        copies.append(try #require(try LedgerStoreTests.sign(database, known: copies.last)))
        let report = try LedgerStoreTests.verify(database, copies)
        #expect(report.findings == [])
        #expect(report.droppedRowCount == 8)
        #expect(
            try database.column(
                """
                SELECT first_seq::text FROM audit.tree_leaf
                WHERE get_byte(entry, 0) = 9 ORDER BY position
                """
            ) == ["201502", "201503", "201504", "201505"]
        )
    }

    @Test("The leaves that an earlier version left, which hold no number, are not left again")
    func earlierLeaves() async throws {
        let (database, known) = try await Self.fourMonths()
        try database.script("CALL audit.drop_months_before('2015-04-01')", as: "limen_retention")
        let earlier = try #require(try LedgerStoreTests.sign(database, known: known))
        try database.script(
            """
            ALTER TABLE audit.tree_leaf DISABLE TRIGGER ALL;
            UPDATE audit.tree_leaf SET first_seq = NULL WHERE log_id IS NULL;
            """
        )
        var copies = [known, earlier]
        copies.append(try #require(try LedgerStoreTests.sign(database, known: copies.last)))
        try database.script("CALL audit.drop_months_before('2015-05-01')", as: "limen_retention")
        try Self.shift(4, byHours: -9, database)
        copies.append(try #require(try LedgerStoreTests.sign(database, known: copies.last)))
        let report = try LedgerStoreTests.verify(database, copies)
        #expect(report.findings == [])
        #expect(report.droppedRowCount == 6)
        #expect(
            try database.column(
                """
                SELECT coalesce(first_seq::text, 'none') FROM audit.tree_leaf
                WHERE get_byte(entry, 0) = 9 ORDER BY position
                """
            ) == ["none", "none", "201504"]
        )
    }

    @Test("Rows of a table of today that is gone are called by the table that is missing")
    func today() async throws {
        let (database, known) = try await Self.old()
        let month = try database.column("SELECT DISTINCT tableoid::regclass::text FROM audit.event")
            .filter { $0 != "audit.event_201503" }
        try LedgerStoreTests.tamper(database, "DROP TABLE \(month[0]);")
        let report = try LedgerStoreTests.verify(database, [known])
        let bare = month[0].dropping(prefix: "audit.")
        #expect(
            report.findings.contains { $0.damage == .deleted && $0.text.contains(bare) },
            "\(report.findings)"
        )
    }
}

extension String {
    fileprivate func dropping(prefix: String) -> String {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
    }
}
