import Audit
import AuditStore
import Basics
import Foundation
import Posix
import PostgreSQL
import Spool
import Synchronization
import Testing

/// PostgreSQL is away and the local spool takes its place.
@Suite(
    "Spooling",
    .serialized,
    .enabled(if: PrivateCluster.isPresent, "\(PrivateCluster.absence)")
)
struct SpoolingTests {
    private let folder =
        FileManager.default.temporaryDirectory.path + "/limen-spooling-"
        + UUID().uuidString.prefix(8)

    private static let identity: SpoolIdentity? = {
        guard let key = SpoolKey(secret: [UInt8](repeating: 3, count: 32)) else { return nil }
        return SpoolIdentity(installation: UUIDBytes(high: 4, low: 4), key: key)
    }()

    private func openSpool(_ events: SpoolEvents) throws -> AuditSpool {
        let identity = try #require(Self.identity)
        let spool = try Spool.open(
            folder: folder,
            SpoolConfiguration(identity: identity, session: .version4Random())
        )
        return AuditSpool(spool) { events.add($0) }
    }

    private var timing: AuditSinkTiming {
        var timing = AuditSinkTiming()
        timing.graceMilliseconds = 500
        return timing
    }

    @Test("Rows that come while the server is away are durable at once and land once, in order")
    func outage() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cluster = try PrivateCluster()
        let database = try TestDatabase(server: cluster.settings)
        let events = SpoolEvents()
        let shared = try openSpool(events)
        let sink = try database.sink(writers: 1, timing: timing, spool: shared)
        var sent: [UUIDBytes] = []
        for _ in 0..<20 { sent.append(try await Self.append(to: sink)) }
        cluster.kill()
        for _ in 0..<60 { sent.append(try await Self.append(to: sink)) }
        #expect(sink.isWritable)
        #expect(shared.spool.status(now: Clock.now()).rowCount > 0)
        try cluster.restart()
        try await Patience.wait { shared.spool.isDrained }
        for _ in 0..<20 { sent.append(try await Self.append(to: sink)) }
        try await Patience.wait { shared.spool.isDrained }
        let statistics = sink.statistics
        sink.close()
        shared.spool.close()
        let stored = try Self.stored(in: database)
        #expect(stored == sent, "every row once, in the order of its log")
        #expect(statistics.spooledRowCount >= 55)
        #expect(statistics.replayedRowCount >= statistics.spooledRowCount)
        #expect(events.all.first == .began)
        #expect(events.all.contains { if case .drained = $0 { true } else { false } })
        let gaps = try database.count(
            """
            SELECT count(*) FROM (
                SELECT seq - row_number() OVER (PARTITION BY log_id ORDER BY seq) AS step
                FROM audit.event WHERE log_id IS NOT NULL) AS places
            WHERE step <> -1
            """
        )
        #expect(gaps == 0, "the log has no gap")
    }

    @Test("What a process that ended has spooled, the next start brings, and then its own rows")
    func nextStart() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cluster = try PrivateCluster()
        let database = try TestDatabase(server: cluster.settings)
        let events = SpoolEvents()
        let first = try openSpool(events)
        let sink = try database.sink(writers: 1, timing: timing, spool: first)
        cluster.kill()
        var sent: [UUIDBytes] = []
        for _ in 0..<30 { sent.append(try await Self.append(to: sink)) }
        sink.close()
        first.spool.close()
        try cluster.restart()
        #expect(try Self.stored(in: database).count < 30)
        let second = try openSpool(events)
        let next = try database.sink(writers: 1, timing: timing, spool: second)
        for _ in 0..<10 { sent.append(try await Self.append(to: next)) }
        try await Patience.wait { second.spool.isDrained }
        next.close()
        second.spool.close()
        #expect(try Self.stored(in: database) == sent)
    }

    @Test("A full spool is told to those who append, and nothing that was acknowledged is lost")
    func full() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cluster = try PrivateCluster()
        let database = try TestDatabase(server: cluster.settings)
        let identity = try #require(Self.identity)
        var configuration = SpoolConfiguration(
            identity: SpoolIdentity(
                installation: identity.installation,
                key: identity.key,
                segmentByteCount: 65_536
            ),
            session: .version4Random()
        )
        configuration.bytesMax = 2 * 65_536
        let shared = AuditSpool(try Spool.open(folder: folder, configuration))
        let sink = try database.sink(writers: 1, timing: timing, spool: shared)
        cluster.kill()
        var sent: Set<UUIDBytes> = []
        var failure: AuditError?
        for _ in 0..<500 where failure == nil {
            do throws(AuditError) {
                let record = Records.small()
                try await sink.append(record)
                sent.insert(record.eventID)
            } catch {
                failure = error
            }
        }
        #expect(!sent.isEmpty)
        #expect(failure?.code == .unavailable || failure?.code == .timeout)
        try cluster.restart()
        try await Patience.wait { shared.spool.isDrained }
        sink.close()
        shared.spool.close()
        let stored = try Self.stored(in: database)
        #expect(sent.isSubset(of: stored))
        #expect(Set(stored).count == stored.count)
    }

    @Test(
        "A login for which durability is switched off is not trusted",
        arguments: ["ROLE", "DATABASE"]
    )
    func settings(_ place: String) throws {
        let cluster = try PrivateCluster()
        let database = try TestDatabase(server: cluster.settings)
        let subject = place == "ROLE" ? "ROLE limen_writer" : "DATABASE \(database.name)"
        try database.script("ALTER \(subject) SET synchronous_commit = off")
        #expect(throws: AuditStoreError(code: .notDurable, subject: "synchronous_commit")) {
            try database.sink()
        }
    }

    private static func append(to sink: PostgreSQLAuditSink) async throws -> UUIDBytes {
        let record = Records.small()
        try await sink.append(record)
        return record.eventID
    }

    private static func stored(in database: TestDatabase) throws -> [UUIDBytes] {
        let rows = try Connection.open(database.administrator).execute(
            "SELECT event_id FROM audit.event WHERE kind <> 'start' ORDER BY started_at, seq"
        )
        var ids: [UUIDBytes] = []
        for row in 0..<rows.rowCount {
            if let id = try rows.uuid(row, 0) { ids.append(id) }
        }
        return ids
    }
}

/// What the writers told of the spool.
final class SpoolEvents: Sendable {
    private let events = Mutex<[SpoolEvent]>([])

    var all: [SpoolEvent] { events.withLock { $0 } }

    func add(_ event: SpoolEvent) {
        events.withLock { $0.append(event) }
    }
}

extension UUIDBytes {
    /// A random name of a session.
    static func version4Random() -> UUIDBytes {
        UUIDBytes(high: RandomBytes.number(), low: RandomBytes.number())
    }
}
