import Audit
import AuditStore
import Basics
import Foundation
import Ledger
import PostgreSQL
import Synchronization
import Testing

@Suite(
    "Crashes",
    .serialized,
    .enabled(if: PrivateCluster.isPresent, "\(PrivateCluster.absence)")
)
struct CrashTests {
    @Test("A server that is killed three times under load loses no acknowledged row, doubles none")
    func killedUnderLoad() async throws {
        let cluster = try PrivateCluster()
        let database = try TestDatabase(server: cluster.settings)
        var timing = AuditSinkTiming()
        timing.graceMilliseconds = 600_000
        timing.appendMilliseconds = 600_000
        let sink = try database.sink(writers: 2, timing: timing)
        let ledger = Ledger()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<64 {
                group.addTask {
                    while !ledger.isEnding {
                        var record = Records.small(task % 2 == 0 ? "anna" : "berta")
                        record.cardIDs = [record.eventID]
                        do throws(AuditError) {
                            try await sink.append(record)
                            ledger.acknowledge(record.eventID)
                        } catch {
                            ledger.fail(record.eventID)
                        }
                    }
                }
            }
            group.addTask {
                defer { ledger.end() }
                for round in 1...3 {
                    try await Patience.wait { ledger.acknowledged.count >= 500 * round }
                    cluster.kill()
                    try cluster.restart()
                }
                try await Patience.wait { ledger.acknowledged.count >= 2_000 }
            }
            try await group.waitForAll()
        }
        let statistics = sink.statistics
        sink.close()
        let stored = try Self.storedIDs(in: database)
        let acked = ledger.acknowledged
        let lost = ledger.failed
        #expect(acked.count >= 2_000)
        #expect(Set(stored).count == stored.count, "no row lies there twice")
        #expect(acked.isSubset(of: Set(stored)), "no acknowledged row is lost")
        #expect(Set(stored).isSubset(of: acked.union(lost)), "no row that was never sent")
        #expect(statistics.connectionLossCount >= 3)
        let cards = try database.count(
            """
            SELECT count(*) FROM audit.event e FULL JOIN audit.card c
                ON c.tenant = e.tenant AND c.event_id = e.event_id
            WHERE e.event_id IS NULL OR c.event_id IS NULL
            """
        )
        #expect(cards == 0, "a row and its cards are there together or not at all")
    }

    @Test("While the server is away an append fails soon, and all is well when it is back")
    func away() async throws {
        let cluster = try PrivateCluster()
        let database = try TestDatabase(server: cluster.settings)
        var timing = AuditSinkTiming()
        timing.graceMilliseconds = 200
        timing.appendMilliseconds = 600_000
        let sink = try database.sink(writers: 2, timing: timing)
        defer { sink.close() }
        // On a busy machine a connection or a commit takes longer than the grace.
        let first = Records.small()
        try await Patience.wait { (try? await sink.append(first)) != nil && sink.isWritable }
        cluster.kill()
        // The first may find out by itself; it waits the grace. Then failing is at once.
        for _ in 0..<3 {
            await #expect(throws: AuditError(code: .unavailable)) {
                try await sink.append(Records.small())
            }
        }
        #expect(!sink.isWritable)
        #expect(sink.queuedCount == 0)
        try cluster.restart()
        try await Patience.wait { sink.isWritable }
        let last = Records.small()
        try await Patience.wait { (try? await sink.append(last)) != nil }
        // A row that had its place in the log when the server went lands, whatever its caller was told.
        let count = try database.count("SELECT count(*) FROM audit.event")
        #expect(count == 2 || count == 3)
    }

    @Test("A table that is locked makes appends time out; the rows are then not doubled")
    func locked() async throws {
        let cluster = try PrivateCluster()
        let database = try TestDatabase(server: cluster.settings)
        var timing = AuditSinkTiming()
        timing.graceMilliseconds = 100
        timing.appendMilliseconds = 60_000
        let sink = try database.sink(writers: 1, timing: timing)
        defer { sink.close() }
        try await Patience.wait { sink.isWritable }
        let blocker = try Connection.open(database.administrator)
        _ = try blocker.execute("BEGIN")
        _ = try blocker.execute("LOCK TABLE audit.event IN ACCESS EXCLUSIVE MODE")
        let record = Records.small()
        await #expect(throws: AuditError(code: .unavailable)) { try await sink.append(record) }
        #expect(!sink.isWritable)
        _ = try blocker.execute("ROLLBACK")
        try await Patience.wait { sink.isWritable }
        // The row may have landed after its task was told otherwise; sent again it is not doubled.
        try await Patience.wait { (try? await sink.append(record)) != nil }
        #expect(try database.count("SELECT count(*) FROM audit.event") == 1)
    }

    @Test("When every connection is cut by an administrator, the rows are sent again once")
    func terminated() async throws {
        let cluster = try PrivateCluster()
        let database = try TestDatabase(server: cluster.settings)
        var timing = AuditSinkTiming()
        timing.graceMilliseconds = 600_000
        timing.appendMilliseconds = 600_000
        let sink = try database.sink(writers: 2, timing: timing)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<32 {
                group.addTask { for _ in 0..<60 { try await sink.append(Records.small()) } }
            }
            group.addTask {
                for round in 1...5 {
                    try await Patience.wait { sink.statistics.committedRowCount >= 200 * round }
                    _ = try Connection.open(database.administrator).execute(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE usename = 'limen_writer'
                        """
                    )
                }
            }
            try await group.waitForAll()
        }
        let statistics = sink.statistics
        sink.close()
        #expect(try database.count("SELECT count(*) FROM audit.event") == 32 * 60)
        #expect(statistics.connectionLossCount >= 5)
        let copy = try #require(try LedgerStoreTests.sign(database))
        #expect(try LedgerStoreTests.verify(database, [copy]).findings == [])
    }

    /// What those who append were told.
    private final class Ledger: Sendable {
        private struct Book {
            var acknowledged: Set<UUIDBytes> = []
            var failed: Set<UUIDBytes> = []
            var isEnding = false
        }

        private let book = Mutex(Book())

        var acknowledged: Set<UUIDBytes> { book.withLock { $0.acknowledged } }
        var failed: Set<UUIDBytes> { book.withLock { $0.failed } }
        var isEnding: Bool { book.withLock { $0.isEnding } }

        func acknowledge(_ id: UUIDBytes) {
            book.withLock { _ = $0.acknowledged.insert(id) }
        }

        func fail(_ id: UUIDBytes) {
            book.withLock { _ = $0.failed.insert(id) }
        }

        func end() {
            book.withLock { $0.isEnding = true }
        }
    }

    private static func storedIDs(in database: TestDatabase) throws -> [UUIDBytes] {
        let rows = try Connection.open(database.administrator).execute(
            "SELECT event_id FROM audit.event"
        )
        var ids: [UUIDBytes] = []
        for row in 0..<rows.rowCount {
            if let id = try rows.uuid(row, 0) { ids.append(id) }
        }
        return ids
    }
}
