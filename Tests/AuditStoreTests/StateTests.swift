import Audit
import AuditStore
import PostgreSQL
import Synchronization
import Testing

/// What the sink says of itself while the server cannot write, and why.
@Suite("Sink state", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct StateTests {
    /// What the sink told, in its order.
    private final class Notes: Sendable {
        private let list = Mutex<[AuditStoreError?]>([])

        var all: [AuditStoreError?] { list.withLock { $0 } }

        func take(_ problem: AuditStoreError?) { list.withLock { $0.append(problem) } }
    }

    private static var timing: AuditSinkTiming {
        var timing = AuditSinkTiming.patient
        timing.heartbeatMilliseconds = 20
        timing.backOffMillisecondsMax = 50
        return timing
    }

    private static let full = PostgreSQLError(code: .statementFailed, sqlState: "53100")

    @Test(
        "After a full disk the sink is not writable, by probes too, until the server writes again"
    )
    func fullDisk() async throws {
        let database = try TestDatabase()
        let notes = Notes()
        let sink = try database.sink(timing: Self.timing) { notes.take($0) }
        defer { sink.close() }
        try await sink.append(Records.small())
        try Self.failWrites(in: database, sqlState: "53100")
        await #expect(throws: AuditError(code: .unavailable, sqlState: "53100")) {
            try await sink.append(Records.small())
        }
        try await Patience.wait { notes.all.count == 1 }
        #expect(!sink.isWritable)
        // The probe writes too: it fails for as long as the server does.
        let connection = try Connection.open(database.administrator)
        let before = try Self.attempts(connection)
        try await Patience.wait { try Self.attempts(connection) >= before + 2 }
        #expect(!sink.isWritable)
        #expect(notes.all == [AuditStoreError(code: .database, cause: Self.full)])
        try database.script("DROP TRIGGER fail_write ON audit.event")
        try await Patience.wait { sink.isWritable && notes.all.count == 2 }
        #expect(notes.all.last == .some(nil))
        #expect(try database.count("SELECT count(*) FROM audit.event") == 1, "probes leave no row")
        try await sink.append(Records.small())
    }

    @Test("A row that the server refuses for its own sake leaves the sink writable")
    func refusedRow() async throws {
        let database = try TestDatabase()
        let notes = Notes()
        let sink = try database.sink(timing: Self.timing) { notes.take($0) }
        var record = Records.small()
        record.patientPseudonym = [1]
        await #expect(throws: AuditError(code: .refused, sqlState: "23514")) {
            try await sink.append(record)
        }
        #expect(sink.isWritable)
        sink.close()
        #expect(notes.all == [])
    }

    @Test("A server that comes back without durability is told by its setting")
    func notDurable() async throws {
        let database = try TestDatabase()
        let notes = Notes()
        let sink = try database.sink(timing: Self.timing) { notes.take($0) }
        defer { sink.close() }
        try await sink.append(Records.small())
        try database.script("ALTER DATABASE \(database.name) SET synchronous_commit = off")
        try Self.breakConnections(of: database)
        let reason = AuditStoreError(code: .notDurable, subject: "synchronous_commit")
        try await Patience.wait { notes.all.last == reason }
        #expect(!sink.isWritable)
        try database.script("ALTER DATABASE \(database.name) RESET synchronous_commit")
        try await Patience.wait { sink.isWritable && notes.all.last == .some(nil) }
    }

    @Test(
        "A SQLSTATE says whether the server could not write",
        arguments: [
            ("25006", true), ("53100", true), ("53200", true), ("58030", true), ("XX001", true),
            ("23514", false), ("22P02", false), ("25P02", false), ("40001", false), ("55P03", true),
            ("57014", true), ("57P01", true), ("57P03", true), ("55000", false), ("57000", false),
        ]
    )
    func writeFailures(sqlState: String, isWriteFailure: Bool) {
        let error = PostgreSQLError(code: .statementFailed, sqlState: sqlState)
        #expect(error.isWriteFailure == isWriteFailure)
    }

    /// Lets every insert of an event fail as a full disk does.
    private static func failWrites(in database: TestDatabase, sqlState: String) throws {
        try database.script(
            """
            CREATE SEQUENCE audit.attempt;
            CREATE FUNCTION audit.fail_write() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN PERFORM nextval('audit.attempt'); RAISE EXCEPTION 'no' USING ERRCODE = '\(sqlState)'; END $$;
            CREATE TRIGGER fail_write BEFORE INSERT ON audit.event
                FOR EACH STATEMENT EXECUTE FUNCTION audit.fail_write();
            """
        )
    }

    /// How many inserts were tried: a sequence counts what is rolled back too.
    private static func attempts(_ connection: borrowing Connection) throws -> Int {
        try connection.execute("SELECT last_value FROM audit.attempt").integer(0, 0) ?? 0
    }

    private static func breakConnections(of database: TestDatabase) throws {
        try database.script(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND usename = 'limen_writer'
            """
        )
    }
}
