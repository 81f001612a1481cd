import Audit
import AuditStore
import Basics
import Crypto
import JSON
import PostgreSQL
import Testing

@Suite("PostgreSQLAuditSink", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct SinkTests {
    @Test("A record comes back from the trail as it was given, to the byte")
    func everythingIsKept() async throws {
        let database = try TestDatabase()
        let sink = try database.sink()
        defer { sink.close() }
        let record = Records.full()
        try await sink.append(record)
        let query = try database.query("auditor_anna")
        let stored = try #require(try query.show(record.eventID))
        #expect(Self.json(stored.record) == Self.json(record))
        #expect(stored.recordedAt >= record.startedAt)
        #expect(stored.answers.isEmpty)
    }

    @Test("A record with nothing optional comes back with nothing optional")
    func nothingIsAdded() async throws {
        let database = try TestDatabase()
        let sink = try database.sink()
        defer { sink.close() }
        let record = Records.small()
        try await sink.append(record)
        let query = try database.query("auditor_anna")
        let stored = try #require(try query.show(record.eventID))
        #expect(Self.json(stored.record) == Self.json(record))
    }

    @Test("Every kind and every outcome that the program knows is accepted")
    func kindsAndOutcomes() async throws {
        let database = try TestDatabase()
        let sink = try database.sink()
        defer { sink.close() }
        for kind in AuditRecord.Kind.allCases {
            for outcome in AuditRecord.Outcome.allCases {
                var record = Records.small()
                record.kind = kind
                record.outcome = outcome
                try await sink.append(record)
            }
        }
        let expected = AuditRecord.Kind.allCases.count * AuditRecord.Outcome.allCases.count
        #expect(try database.count("SELECT count(*) FROM audit.event") == expected)
    }

    @Test("Ten thousand appends from many tasks are each resumed once and lie there once")
    func manyTasks() async throws {
        let database = try TestDatabase()
        let sink = try database.sink()
        let resumed = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<200 {
                group.addTask {
                    var count = 0
                    for number in 0..<50 {
                        let tenant = ["anna", "berta", "system"][(task + number) % 3]
                        var record = Records.small(tenant)
                        record.cardIDs = number % 2 == 0 ? [.version4()] : []
                        try await sink.append(record)
                        count += 1
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        let statistics = sink.statistics
        sink.close()
        #expect(resumed == 10_000)
        #expect(statistics.committedRowCount == 10_000)
        #expect(statistics.batchRowsHistogram.reduce(0, +) == statistics.batchCount)
        #expect(statistics.batchCount < 10_000, "rows are committed in groups")
        #expect(statistics.batchRowsLargest <= Limits.auditBatchRowsMax)
        #expect(try database.count("SELECT count(*) FROM audit.event") == 10_000)
        #expect(try database.count("SELECT count(DISTINCT event_id) FROM audit.event") == 10_000)
        #expect(try database.count("SELECT count(*) FROM audit.card") == 5_000)
    }

    @Test("A row that is refused does not take its neighbours with it")
    func oneBadRow() async throws {
        let database = try TestDatabase()
        let sink = try database.sink(writers: 1)
        let results = await withTaskGroup(of: (Int, AuditError?).self) { group in
            for number in 0..<400 {
                group.addTask {
                    var record = Records.small(number % 2 == 0 ? "anna" : "berta")
                    // Every fiftieth row has a pseudonym of the wrong length, or broken JSON.
                    if number % 50 == 10 { record.patientPseudonym = [1, 2, 3] }
                    if number % 50 == 35 { record.details = Array("{".utf8) }
                    do throws(AuditError) {
                        try await sink.append(record)
                        return (number, nil)
                    } catch {
                        return (number, error)
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        sink.close()
        let refused = results.compactMapValues { $0 }
        #expect(refused.count == 16)
        for (number, error) in refused {
            let state = number % 50 == 10 ? "23514" : "22P02"
            #expect(error == AuditError(code: .refused, sqlState: state))
        }
        #expect(try database.count("SELECT count(*) FROM audit.event") == 384)
        #expect(sink.statistics.refusedRowCount == 16)
    }

    @Test("The same record appended twice lies there once, and both appends succeed")
    func idempotence() async throws {
        let database = try TestDatabase()
        let sink = try database.sink()
        defer { sink.close() }
        var decision = Records.small()
        decision.outcome = .cards
        decision.cardIDs = [.version4()]
        let feedback = Records.feedback(on: decision.cardIDs)
        for record in [decision, decision, feedback, feedback] { try await sink.append(record) }
        #expect(try database.count("SELECT count(*) FROM audit.event") == 2)
        #expect(try database.count("SELECT count(*) FROM audit.card") == 1)
        #expect(try database.count("SELECT count(*) FROM audit.feedback") == 1)
    }

    @Test("A row outside every month lands in the default partition instead of failing")
    func defaultPartition() async throws {
        let database = try TestDatabase()
        let sink = try database.sink()
        defer { sink.close() }
        try await sink.append(Records.full(at: Instant(microseconds: 946_684_800_000_000)))
        #expect(try database.count("SELECT count(*) FROM audit.event_default") == 1)
        #expect(try database.count("SELECT count(*) FROM audit.card_default") == 2)
        let health = try Maintenance.health(
            database.login("limen_health"),
            migrations: TestDatabase.migrations
        )
        #expect(health.defaultBytes > 0)
    }

    @Test("A row larger than the limit is refused before it is sent")
    func tooLarge() async throws {
        let database = try TestDatabase()
        let sink = try database.sink()
        defer { sink.close() }
        var record = Records.small()
        record.details = Self.text(of: Limits.auditRowBytesMax)
        await #expect(throws: AuditError(code: .refused)) { try await sink.append(record) }
        record.details = Self.text(of: Limits.auditRowBytesMax - 1_000)
        try await sink.append(record)
    }

    /// A JSON text of so many bytes.
    private static func text(of byteCount: Int) -> [UInt8] {
        let quote = [UInt8(ascii: "\"")]
        return quote + [UInt8](repeating: UInt8(ascii: "x"), count: byteCount - 2) + quote
    }

    @Test("Closing writes what waits, and an append after it is unavailable")
    func closing() async throws {
        let database = try TestDatabase()
        let sink = try database.sink(writers: 1)
        let waiting = Task {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<500 { group.addTask { try await sink.append(Records.small()) } }
                try await group.waitForAll()
            }
        }
        try await Patience.wait { sink.statistics.committedRowCount != 0 }
        sink.close()
        // Those that were queued are written; those that came later are told so.
        let result = await waiting.result
        let written = try database.count("SELECT count(*) FROM audit.event")
        #expect(written == sink.statistics.committedRowCount)
        if case .failure(let error) = result {
            #expect(error as? AuditError == AuditError(code: .unavailable))
        }
        #expect(!sink.isWritable)
        #expect(sink.queuedCount == 0)
        await #expect(throws: AuditError(code: .unavailable)) {
            try await sink.append(Records.small())
        }
    }

    @Test("The sink does not start where a confirmed commit could be lost")
    func synchronousCommit() throws {
        let database = try TestDatabase()
        try database.script("ALTER DATABASE \(database.name) SET synchronous_commit = off")
        #expect(throws: AuditStoreError(code: .notDurable, subject: "synchronous_commit")) {
            _ = try database.sink()
        }
    }

    @Test("The sink does not start as a login that passes by row security")
    func tooPowerful() throws {
        let database = try TestDatabase()
        #expect(throws: AuditStoreError(code: .writerTooPowerful)) {
            _ = try PostgreSQLAuditSink.open(
                database.administrator,
                migrations: TestDatabase.migrations,
                identity: TestDatabase.identity
            )
        }
    }

    @Test("The sink does not start before the migrations are current")
    func notMigrated() throws {
        let empty = try TestDatabase(isMigrated: false)
        #expect(throws: AuditStoreError(code: .migrationsNotCurrent)) {
            _ = try empty.sink()
        }
        let database = try TestDatabase()
        #expect(throws: AuditStoreError(code: .migrationsNotCurrent)) {
            _ = try PostgreSQLAuditSink.open(
                database.login("limen_writer"),
                migrations: TestDatabase.migrations.dropLast(),
                identity: TestDatabase.identity
            )
        }
    }

    @Test("The sink does not start without a server")
    func noServer() throws {
        let settings = ConnectionSettings(
            conninfo: "host=127.0.0.1 port=1 user=limen_writer dbname=none"
        )
        #expect(
            throws: AuditStoreError(
                code: .database,
                cause: PostgreSQLError(code: .connectionFailed)
            )
        ) {
            _ = try PostgreSQLAuditSink.open(
                settings,
                migrations: TestDatabase.migrations,
                identity: TestDatabase.identity
            )
        }
    }

    static func json(_ record: AuditRecord) -> String {
        var writer = JSONWriter()
        record.write(to: &writer)
        return writer.text
    }
}
