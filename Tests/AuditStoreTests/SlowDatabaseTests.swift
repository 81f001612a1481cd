import AuditStore
import Basics
import Gateway
import HTTPMessages
import JSON
import Posix
import PostgreSQL
import Synchronization
import Telemetry
import Testing

/// What a caller gets while the database takes its time over the rows.
@Suite("A slow database", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct SlowDatabaseTests {
    /// A clock that stands still, and moves as the test says.
    private final class MovedClock: Sendable {
        private let start = Clock.now()
        private let ahead = Atomic<Int64>(0)
        func read() -> Instant {
            start.advanced(byMicroseconds: ahead.load(ordering: .sequentiallyConsistent))
        }
        func advance(seconds: Int64) {
            ahead.store(seconds * 1_000_000, ordering: .sequentiallyConsistent)
        }
    }

    private static let body = #"""
        {"hook":"patient-view","hookInstance":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
         "context":{"userId":"Practitioner/pr1","patientId":"p1"},
         "prefetch":{"patient":{"resourceType":"Patient","id":"p1","birthDate":"1960-01-01"},
          "observations":{"resourceType":"Bundle","type":"searchset","total":0}}}
        """#

    private static func timing(milliseconds: Int) -> AuditSinkTiming {
        var timing = AuditSinkTiming()
        timing.graceMilliseconds = milliseconds
        timing.appendMilliseconds = milliseconds
        return timing
    }

    /// How many transactions of the database wait for a lock.
    private static func waiting(_ database: TestDatabase) throws -> Int {
        try database.count(
            """
            SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
            WHERE NOT l.granted AND d.datname = current_database()
            """
        )
    }

    @Test("An answer whose row lands behind the deadline is what the row says, counted and logged")
    func late() async throws {
        let clock = MovedClock()
        let fixture = try AuditGateway(timing: Self.timing(milliseconds: 600_000)) {
            clock.read()
        }
        let blocker = try Connection.open(fixture.database.administrator)
        _ = try blocker.execute("BEGIN")
        _ = try blocker.execute("LOCK TABLE audit.event IN ACCESS EXCLUSIVE MODE")
        async let waited = fixture.send("POST", "/cds-services/qsofa", Self.body, as: "ward-anna")
        try await Patience.wait { try Self.waiting(fixture.database) > 0 }
        clock.advance(seconds: 3)
        _ = try blocker.execute("ROLLBACK")
        let response = await waited
        #expect(response.status == 200)
        #expect(try AuditGateway.json(response)["cards"]?.elements.count(where: { _ in true }) == 1)
        let rows = try fixture.database.column("SELECT outcome || ' ' || status FROM audit.event")
        #expect(rows == ["incomplete 200"])
        let metrics = fixture.registry.text
        #expect(metrics.contains(#"limen_answers_late_total{service="qsofa"} 1"#))
        let told = fixture.lines.saying("answered behind the deadline")
        #expect(told.count == 1)
        #expect(told.allSatisfy { $0.contains(#""limen.deadline_us":400000"#) }, "\(told)")
        #expect(told.allSatisfy { !$0.contains("p1") }, "\(told)")
        #expect(fixture.lines.saying(#""answered""#).isEmpty)
    }

    @Test("An answer whose row takes longer than an append may is not given")
    func tooLate() async throws {
        let fixture = try AuditGateway(timing: Self.timing(milliseconds: 100))
        let blocker = try Connection.open(fixture.database.administrator)
        _ = try blocker.execute("BEGIN")
        _ = try blocker.execute("LOCK TABLE audit.event IN ACCESS EXCLUSIVE MODE")
        let response = await fixture.send(
            "POST",
            "/cds-services/qsofa",
            Self.body,
            as: "ward-anna"
        )
        _ = try blocker.execute("ROLLBACK")
        #expect(response.status == 503)
        #expect(try AuditGateway.json(response)["cards"] == nil)
        #expect(!fixture.registry.text.contains("limen_answers_late_total{"))
        #expect(fixture.lines.saying("audit row not durable").count == 1)
    }
}
