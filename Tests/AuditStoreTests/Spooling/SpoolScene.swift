import Audit
import AuditStore
import Basics
import Foundation
import Posix
import PostgreSQL
import Spool
import Testing

/// A server of one test's own, a database in it, and a folder for the spool.
final class SpoolScene: Sendable {
    let cluster: PrivateCluster
    let database: TestDatabase
    let folder: String
    let events = SpoolEvents()
    let states = SinkStates()

    init() throws {
        cluster = try PrivateCluster()
        database = try TestDatabase(server: cluster.settings)
        folder =
            FileManager.default.temporaryDirectory.path + "/limen-spooling-"
            + UUID().uuidString.prefix(8)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The installation of the tests.
    static func identity(segmentByteCount: Int = Limits.spoolSegmentBytes) throws -> SpoolIdentity {
        SpoolIdentity(
            installation: UUIDBytes(high: 4, low: 4),
            key: try #require(SpoolKey(secret: [UInt8](repeating: 3, count: 32))),
            segmentByteCount: segmentByteCount
        )
    }

    /// Opens the spool.
    func spool(
        _ folder: String? = nil,
        retryMilliseconds: Int = Limits.spoolRetryMilliseconds
    ) throws -> AuditSpool {
        let spool = try Spool.open(
            folder: folder ?? self.folder,
            SpoolConfiguration(identity: try Self.identity(), session: .version4Random())
        )
        return AuditSpool(spool, retryMilliseconds: retryMilliseconds) { [events] in
            events.add($0)
        }
    }

    /// Short times, so that a test need not wait for them; but a server that is only slow to take a
    /// connection, as on a busy machine, is not away.
    static var timing: AuditSinkTiming {
        var timing = AuditSinkTiming()
        timing.connectMilliseconds = 600_000
        timing.graceMilliseconds = 500
        timing.heartbeatMilliseconds = 20
        timing.backOffMillisecondsMax = 50
        return timing
    }

    /// Opens a sink with one writer.
    func sink(
        _ spool: AuditSpool?,
        timing: AuditSinkTiming = SpoolScene.timing
    ) throws -> PostgreSQLAuditSink {
        try database.sink(writers: 1, timing: timing, spool: spool) { [states] in states.add($0) }
    }

    /// Ends a sink and its spool when what was spooled lies in the database: on a busy machine a row
    /// takes that way while the server is there.
    func close(_ sink: PostgreSQLAuditSink, _ spool: AuditSpool) async throws {
        try await Patience.wait { spool.spool.isDrained }
        sink.close()
        spool.spool.close()
    }

    /// Appends a row and answers its name.
    static func append(to sink: PostgreSQLAuditSink) async throws -> UUIDBytes {
        let record = Records.small()
        try await sink.append(record)
        return record.eventID
    }

    /// The rows by time and place.
    func stored() throws -> [UUIDBytes] {
        let rows = try Connection.open(database.administrator).execute(
            "SELECT event_id FROM audit.event WHERE kind <> 'start' ORDER BY started_at, seq"
        )
        var ids: [UUIDBytes] = []
        for row in 0..<rows.rowCount {
            if let id = try rows.uuid(row, 0) { ids.append(id) }
        }
        return ids
    }

    /// How many rows do not stand right behind the one before them in their log.
    func gapCount() throws -> Int {
        try database.count(
            """
            SELECT count(*) FROM (
                SELECT seq - row_number() OVER (PARTITION BY log_id ORDER BY seq) AS step
                FROM audit.event WHERE log_id IS NOT NULL) AS places
            WHERE step <> -1
            """
        )
    }

    /// Lets every insert of an event fail as a server does that cannot write.
    func failWrites(sqlState: String) throws {
        try database.script(
            """
            CREATE OR REPLACE FUNCTION audit.fail_write() RETURNS trigger
            LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '\(sqlState)'; END $$;
            CREATE TRIGGER fail_write BEFORE INSERT ON audit.event
                FOR EACH STATEMENT EXECUTE FUNCTION audit.fail_write();
            """
        )
    }

    /// Lets every insert of an event of one status fail, and of no other.
    func failWrites(sqlState: String, status: Int) throws {
        try database.script(
            """
            CREATE OR REPLACE FUNCTION audit.fail_write() RETURNS trigger
            LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '\(sqlState)'; END $$;
            CREATE TRIGGER fail_write BEFORE INSERT ON audit.event
                FOR EACH ROW WHEN (NEW.status = \(status)) EXECUTE FUNCTION audit.fail_write();
            """
        )
    }

    /// Lets every insert of an event of one status fail, and counts them: a sequence keeps what a
    /// transaction that was rolled back has counted.
    func failAndCount(sqlState: String, status: Int) throws {
        try database.script(
            """
            CREATE SEQUENCE audit.tries MINVALUE 0;
            CREATE OR REPLACE FUNCTION audit.fail_write() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN
                PERFORM nextval('audit.tries');
                RAISE EXCEPTION 'no' USING ERRCODE = '\(sqlState)';
            END $$;
            CREATE TRIGGER fail_write BEFORE INSERT ON audit.event
                FOR EACH ROW WHEN (NEW.status = \(status)) EXECUTE FUNCTION audit.fail_write();
            """
        )
    }

    /// How often an insert has failed so.
    func tryCount() throws -> Int {
        try database.count("SELECT (last_value + is_called::int)::int FROM audit.tries")
    }

    /// Lets inserts be.
    ///
    /// `DROP TRIGGER` by itself locks the partitions before their parent, an insert the parent first:
    /// each would wait for the other.
    func letWrite() throws {
        try database.script(
            """
            LOCK TABLE audit.event IN ACCESS EXCLUSIVE MODE;
            DROP TRIGGER fail_write ON audit.event;
            """
        )
    }

    /// Ends the connections of the writer.
    func breakConnections() throws {
        try database.script(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND usename = 'limen_writer'
            """
        )
    }
}
