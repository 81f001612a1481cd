import Audit
import AuditStore
import Basics
import Crypto
import PostgreSQL
import Testing
import Vault

/// Writers that need the same new keys in another order.
@Suite("Order of keys", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct KeyOrderTests {
    @Test("Two writers that send the same keys in opposite orders wait, and neither is thrown out")
    func oppositeOrders() async throws {
        // A key is sealed with for a minute: where it takes longer to begin, once more.
        for _ in 0..<10 where try await Self.haveWaited() { return }
        Issue.record("no writer began within the life of a key")
    }

    /// Whether both came to wait for a key that was held up, and what that led to.
    private static func haveWaited() async throws -> Bool {
        let database = try TestDatabase()
        let sealer = RecordSealer(TestDatabase.ring)
        // Both wait for as long as the test needs, on a busy machine too.
        var timing = AuditSinkTiming()
        timing.appendMilliseconds = 600_000
        timing.graceMilliseconds = 600_000
        let sinks = try (0..<2).map { _ in
            try PostgreSQLAuditSink.open(
                database.login("limen_writer"),
                sealer: sealer,
                migrations: TestDatabase.migrations,
                identity: TestDatabase.identity,
                writerCount: 1,
                timing: timing
            )
        }
        defer { for sink in sinks { sink.close() } }
        let cards = (0..<3).map { _ in UUIDBytes.version4() }
        let forwards = Records.feedback(on: cards)
        let backwards = Records.feedback(on: cards.reversed(), at: forwards.startedAt)
        // The keys are made at the first sealing and are the same at the next.
        let keys = try sealer.seal(forwards).newKeys
        try #require(keys.count == 3)
        // Whoever comes to the second key waits for this one, which holds the others up.
        let blocker = try Connection.open(database.administrator)
        try blocker.runScript(
            """
            BEGIN;
            INSERT INTO audit.data_key (
                tenant, key_id, subject, month, wrapping_key, wrapped, created_at)
            VALUES ('anna', '\(keys[1].keyID.text)', '', '2020-01-01', 'k',
                decode(repeat('00', 25), 'hex'), now());
            """
        )
        async let first: Void = sinks[0].append(forwards)
        async let second: Void = sinks[1].append(backwards)
        try await Patience.wait(until: {
            let isPast = try database.count("SELECT count(*) FROM audit.feedback") > 0
            return try isPast
                || database.count(
                    """
                    SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                    WHERE NOT l.granted AND a.datname = current_database()
                    """
                ) == 2
        })
        let hadNewKeys = try database.count("SELECT count(*) FROM audit.feedback") > 0
        try blocker.runScript("ROLLBACK")
        try await first
        try await second
        if hadNewKeys { return false }
        for sink in sinks {
            #expect(sink.statistics.resentRowCount == 0, "a deadlock ends one of the two")
            #expect(sink.statistics.connectionLossCount == 0)
        }
        #expect(try database.count("SELECT count(*) FROM audit.data_key") == 3)
        #expect(try database.count("SELECT count(*) FROM audit.feedback") == 6)
        return true
    }
}
