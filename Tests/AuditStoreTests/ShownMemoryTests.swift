import Audit
import AuditStore
import Basics
import Crypto
import PostgreSQL
import Synchronization
import Testing

/// What was shown, across instances and restarts, on a real server.
@Suite("PostgreSQLShownMemory", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct ShownMemoryTests {
    static func decision(
        _ subject: [UInt8],
        _ state: String,
        secondsAgo: Int64 = 0,
        tenant: String = "anna",
        withinSeconds: Int64 = 3_600
    ) -> AuditRecord {
        let moment = Records.now.advanced(byMicroseconds: -secondsAgo * 1_000_000)
        var record = Records.small(tenant, at: moment)
        record.shown = ShownAnswer(
            subject: subject,
            state: Array(state.utf8),
            forgottenAt: moment.advanced(byMicroseconds: withinSeconds * 1_000_000)
        )
        return record
    }

    static func memory(_ database: TestDatabase) async throws -> PostgreSQLShownMemory {
        var timing = ShownTiming()
        timing.answerMilliseconds = 5_000
        let memory = try PostgreSQLShownMemory.start(
            database.login("limen_gateway"),
            timing: timing
        )
        try await Patience.wait { memory.isConnected }
        return memory
    }

    static func last(
        _ memory: PostgreSQLShownMemory,
        _ subject: [UInt8],
        tenant: String = "anna",
        secondsAgo: Int64 = 3_600
    ) async throws -> String? {
        try await memory.last(
            subject,
            of: tenant,
            since: Records.now.advanced(byMicroseconds: -secondsAgo * 1_000_000),
            within: 5_000_000
        ).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("The last answer for a subject is found by another instance and after a restart")
    func found() async throws {
        let database = try TestDatabase()
        let sink = try database.sink(writers: 1)
        defer { sink.close() }
        let (one, other) = (RandomBytes.make(count: 32), RandomBytes.make(count: 32))
        try await sink.append(Self.decision(one, "newer", secondsAgo: 60))
        try await sink.append(Self.decision(one, "older", secondsAgo: 600))
        try await sink.append(Self.decision(other, "others", secondsAgo: 10))
        try await sink.append(Self.decision(one, "foreign", tenant: "berta"))
        for _ in 1...2 {
            let memory = try await Self.memory(database)
            defer { memory.close() }
            #expect(try await Self.last(memory, one) == "newer")
            #expect(try await Self.last(memory, other) == "others")
            #expect(try await Self.last(memory, one, tenant: "berta") == "foreign")
            #expect(try await Self.last(memory, one, secondsAgo: 30) == nil)
            #expect(try await Self.last(memory, RandomBytes.make(count: 32)) == nil)
            #expect(try await Self.last(memory, other, tenant: "berta") == nil)
        }
    }

    @Test("An answer and what it showed land together or not at all")
    func together() async throws {
        let database = try TestDatabase()
        let sink = try database.sink(writers: 1)
        defer { sink.close() }
        let subject = RandomBytes.make(count: 32)
        let record = Self.decision(subject, "state")
        try await sink.append(record)
        // Sent again after a lost reply, it is there once.
        try await sink.append(record)
        #expect(try database.count("SELECT count(*) FROM audit.shown") == 1)
        #expect(
            try database.count(
                "SELECT count(*) FROM audit.shown s JOIN audit.event e USING (tenant, event_id)"
            ) == 1
        )
        var broken = Self.decision([1, 2, 3], "state")
        broken.eventID = .version4()
        await #expect(throws: AuditError.self) { try await sink.append(broken) }
        #expect(try database.count("SELECT count(*) FROM audit.event") == 1)
    }

    @Test("Nobody can change it, read it at large, or remove what is not forgotten")
    func closed() async throws {
        let database = try TestDatabase()
        let sink = try database.sink(writers: 1)
        defer { sink.close() }
        let subject = RandomBytes.make(count: 32)
        try await sink.append(Self.decision(subject, "kept"))
        try await sink.append(
            Self.decision(subject, "gone", secondsAgo: 7_200, withinSeconds: 3_600)
        )
        let attempts: [(String, String)] = [
            ("limen_gateway", "SELECT * FROM audit.shown"),
            ("limen_gateway", "SELECT * FROM audit.event"),
            ("limen_writer", "SELECT * FROM audit.shown"),
            ("limen_writer", "SELECT audit.last_shown('anna', '\\x00', now())"),
            ("limen_writer", "DELETE FROM audit.shown"),
            ("limen_writer", "UPDATE audit.shown SET state = '\\x00'"),
            ("limen_gateway", "INSERT INTO audit.shown SELECT"),
            ("auditor_anna", "SELECT * FROM audit.shown"),
            ("auditor_anna", "SELECT audit.last_shown('anna', '\\x00', now())"),
        ]
        for (user, statement) in attempts {
            #expect(throws: PostgreSQLError.self, "\(user): \(statement)") {
                try database.script(statement, as: user)
            }
        }
        // The superuser too is told that nothing is changed.
        for statement in [
            "UPDATE audit.shown SET state = '\\x00'", "TRUNCATE audit.shown",
            "DELETE FROM audit.shown",
        ] {
            #expect(throws: PostgreSQLError.self, "\(statement)") {
                try database.script("SET session_replication_role = replica; " + statement)
            }
        }
        #expect(try Maintenance.purgeShown(database.login("limen_maintenance")) == 1)
        #expect(try database.count("SELECT count(*) FROM audit.shown") == 1)
    }

    @Test("Without the database every question is answered at once with an error")
    func away() async throws {
        let memory = try PostgreSQLShownMemory.start(
            ConnectionSettings(conninfo: "host=127.0.0.1 port=1 dbname=none")
        )
        defer { memory.close() }
        await #expect(throws: AuditError(code: .unavailable)) {
            try await memory.last([1], of: "anna", since: Records.now, within: 5_000_000)
        }
    }

    @Test("While the rows of answers wait elsewhere, what was shown last is not known")
    func spooled() async throws {
        let database = try TestDatabase()
        let sink = try database.sink(writers: 1)
        defer { sink.close() }
        let subject = RandomBytes.make(count: 32)
        try await sink.append(Self.decision(subject, "state"))
        // How often it is asked whether all rows are there, and which of the answers is no.
        let asked = Mutex((count: 0, no: 0))
        var timing = ShownTiming()
        timing.answerMilliseconds = 5_000
        let memory = try PostgreSQLShownMemory.start(
            database.login("limen_gateway"),
            timing: timing
        ) {
            asked.withLock { asked in
                asked.count += 1
                return asked.count != asked.no
            }
        }
        defer { memory.close() }
        try await Patience.wait { memory.isConnected }
        #expect(try await Self.last(memory, subject) == "state")
        for no in 1...2 {
            // Before the question, and after it: a row may have gone to the spool meanwhile.
            asked.withLock { $0 = (0, no) }
            await #expect(throws: AuditError(code: .unavailable)) {
                try await Self.last(memory, subject)
            }
        }
        asked.withLock { $0 = (0, 0) }
        #expect(try await Self.last(memory, subject) == "state")
    }

    @Test("Whoever cannot wait gets no answer, whatever the question before it waits for")
    func bounded() async throws {
        let database = try TestDatabase()
        var timing = ShownTiming()
        timing.answerMilliseconds = 600_000
        // The role of the gateway would give up by itself after two seconds.
        let memory = try PostgreSQLShownMemory.start(database.administrator, timing: timing)
        defer { memory.close() }
        try await Patience.wait { memory.isConnected }
        let blocker = try Connection.open(database.administrator)
        _ = try blocker.execute("BEGIN")
        _ = try blocker.execute("LOCK TABLE audit.shown IN ACCESS EXCLUSIVE MODE")
        async let patient = memory.last(
            [1],
            of: "anna",
            since: Records.now,
            within: 600_000_000
        )
        try await Patience.wait {
            try database.count(
                """
                SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                WHERE NOT l.granted AND d.datname = current_database()
                """
            ) > 0
        }
        for microseconds in [-1, 0, 1, 50_000] {
            await #expect(throws: AuditError(code: .timeout)) {
                try await memory.last([2], of: "anna", since: Records.now, within: microseconds)
            }
        }
        _ = try blocker.execute("ROLLBACK")
        #expect(try await patient == nil, "the one that could wait has its answer")
    }

    @Test("A connection that is cut is made again")
    func cut() async throws {
        let database = try TestDatabase()
        let memory = try await Self.memory(database)
        defer { memory.close() }
        let subject = RandomBytes.make(count: 32)
        #expect(try await Self.last(memory, subject) == nil)
        try database.script(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'limen_gateway'"
                + " AND datname = current_database()"
        )
        await #expect(throws: AuditError.self) { try await Self.last(memory, subject) }
        // It may take a while until the loss is noticed; then it connects anew and answers.
        try await Patience.wait { await Self.answers(memory, subject) }
        #expect(memory.isConnected)
    }

    private static func answers(
        _ memory: PostgreSQLShownMemory,
        _ subject: [UInt8]
    ) async -> Bool {
        do {
            return try await last(memory, subject) == nil
        } catch {
            return false
        }
    }
}
