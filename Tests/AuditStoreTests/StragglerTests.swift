import Audit
import AuditStore
import Basics
import Posix
import Testing

/// A gateway that was not told of a new epoch of pseudonyms, as the trail shows it.
@Suite("Stragglers of an epoch", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct StragglerTests {
    private static let now = Clock.now()

    /// Decisions of epochs, so many seconds ago; one without an epoch is of the first.
    private static func last(
        of epoch: Int,
        in rows: [(epoch: Int?, secondsAgo: Int)]
    ) async throws -> Instant? {
        let database = try TestDatabase()
        let sink = try database.sink(writers: 1)
        for row in rows {
            var record = Records.full(at: moment(row.secondsAgo))
            record.pseudonymEpoch = row.epoch
            try await sink.append(record)
        }
        sink.close()
        return try database.query().lastStraggler(tenant: "anna", epoch: epoch)
    }

    private static func moment(_ secondsAgo: Int) -> Instant {
        now.advanced(byMicroseconds: -Int64(secondsAgo) * 1_000_000)
    }

    @Test("A row of the epoch behind one of a later epoch shows one")
    func found() async throws {
        let last = try await Self.last(of: 1, in: [(1, 50), (2, 40), (1, 30), (2, 20)])
        #expect(last == Self.moment(30))
        #expect(try await Self.last(of: 1, in: [(3, 40), (nil, 20)]) == Self.moment(20))
    }

    @Test("A change that every gateway has made shows none")
    func none() async throws {
        #expect(try await Self.last(of: 1, in: [(1, 50), (1, 45), (2, 40), (2, 30)]) == nil)
        #expect(try await Self.last(of: 1, in: [(1, 20)]) == nil)
        #expect(try await Self.last(of: 2, in: [(2, 40), (1, 30)]) == nil)
        // Whoever was late and has caught up holds nothing up after two minutes.
        #expect(try await Self.last(of: 1, in: [(2, 400), (1, 300)]) == nil)
    }
}
