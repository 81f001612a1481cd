import Audit
import AuditStore
import Basics
import Posix
import Testing

/// A gateway that was not told of a new epoch of pseudonyms, as the trail shows it.
@Suite("Stragglers of an epoch", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct StragglerTests {
    /// How many seconds ago the last straggler was; `nil` when there is none.
    ///
    /// The rows are decisions of epochs, so many seconds ago; one without an epoch is of the first.
    private static func last(
        of epoch: Int,
        in rows: [(epoch: Int?, secondsAgo: Int)]
    ) async throws -> Int? {
        while true {
            let database = try TestDatabase()
            let sink = try database.sink(writers: 1)
            // Only now: making a database can take longer than what is looked at.
            let now = Clock.now()
            for row in rows {
                let moment = now.advanced(byMicroseconds: -Int64(row.secondsAgo) * 1_000_000)
                var record = Records.full(at: moment)
                record.pseudonymEpoch = row.epoch
                try await sink.append(record)
            }
            sink.close()
            let found = try database.query().lastStraggler(tenant: "anna", epoch: epoch)
            // Two minutes are looked at: a machine that took one of them for this is asked again.
            if Clock.now().microseconds - now.microseconds > 60_000_000 { continue }
            return found.map { Int((now.microseconds - $0.microseconds) / 1_000_000) }
        }
    }

    @Test("A row of the epoch behind one of a later epoch shows one")
    func found() async throws {
        #expect(try await Self.last(of: 1, in: [(1, 50), (2, 40), (1, 30), (2, 20)]) == 30)
        #expect(try await Self.last(of: 1, in: [(3, 40), (nil, 20)]) == 20)
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
