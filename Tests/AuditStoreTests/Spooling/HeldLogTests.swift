import Audit
import AuditStore
import Basics
import Foundation
import Ledger
import Posix
import Spool
import Testing

/// A writer that lives on after an entry of its log was held.
@Suite(
    "Held logs",
    .serialized,
    .enabled(if: PrivateCluster.isPresent, "\(PrivateCluster.absence)")
)
struct HeldLogTests {
    private static let refusal =
        "ALTER TABLE audit.event ADD CONSTRAINT refused CHECK (status <> 299) NOT VALID"
    private static let mending = "ALTER TABLE audit.event DROP CONSTRAINT refused"

    /// Appends rows while the server is away; the one at `poison` is refused later.
    private static func append(
        _ count: Int,
        poison: Int? = nil,
        to sink: PostgreSQLAuditSink
    ) async throws -> [UUIDBytes] {
        var sent: [UUIDBytes] = []
        for number in 0..<count {
            var record = Records.small()
            record.status = number == poison ? 299 : 200
            try await sink.append(record)
            sent.append(record.eventID)
        }
        return sent
    }

    private static func verify(_ scene: SpoolScene) throws -> [LedgerFinding] {
        try LedgerStoreTests.verify(scene.database, []).findings
    }

    @Test(
        "Rows that come after a held entry land through every later outage, and the trail names it",
        arguments: [0, 1]
    )
    func goesOn(poison: Int) async throws {
        let scene = try SpoolScene()
        try scene.database.script(Self.refusal)
        let spool = try scene.spool()
        let sink = try scene.sink(spool)
        scene.cluster.kill()
        let first = try await Self.append(4, poison: poison, to: sink)
        try scene.cluster.restart()
        let heldCount = 4 - poison
        try await Patience.wait {
            spool.spool.isDrained
                && spool.spool.status(now: Clock.now()).heldEntryCount == heldCount
        }
        // The same writer, while the database is there and while it is away once more.
        let live = [try await SpoolScene.append(to: sink)]
        try await Patience.wait { spool.spool.isDrained }
        #expect(try scene.stored() == Array(first[..<poison]) + live)
        var later = live
        for _ in 0..<2 {
            scene.cluster.kill()
            later += try await Self.append(3, to: sink)
            try scene.cluster.restart()
            try await Patience.wait {
                spool.spool.isDrained && (try? scene.stored().count) == poison + later.count
            }
        }
        #expect(try scene.stored() == Array(first[..<poison]) + later, "nothing waits behind it")
        #expect(spool.spool.status(now: Clock.now()).heldEntryCount == heldCount)
        #expect(try scene.gapCount() == 0)
        let log = try #require(
            scene.events.all.compactMap { event in
                if case .held(let entry) = event { entry.log } else { nil }
            }.first
        )
        let findings = try Self.verify(scene)
        #expect(findings.map(\.damage) == [.truncated], "acknowledged rows are not in the trail")
        #expect(findings.first?.row == RowName(logID: log, sequence: Int64(poison)))

        try scene.database.script(Self.mending)
        spool.retryRefused()
        try await Patience.wait {
            spool.spool.isDrained && spool.spool.status(now: Clock.now()).heldEntryCount == 0
        }
        later.append(try await SpoolScene.append(to: sink))
        try await scene.close(sink, spool)
        #expect(try scene.stored() == first + later, "each once, in its order")
        #expect(try scene.gapCount() == 0)
        #expect(try Self.verify(scene) == [])
        #expect(try scene.database.count("SELECT count(*) FROM audit.log") == 2)
    }

    @Test("A held row of one writer moves no other writer to another log")
    func otherWriters() async throws {
        let scene = try SpoolScene()
        try scene.database.script(Self.refusal)
        let spool = try scene.spool()
        let sink = try scene.database.sink(writers: 2, timing: SpoolScene.timing, spool: spool)
        scene.cluster.kill()
        _ = try await Self.append(6, poison: 2, to: sink)
        try scene.cluster.restart()
        try await Patience.wait {
            spool.spool.isDrained && spool.spool.status(now: Clock.now()).heldEntryCount > 0
        }
        let held = try #require(spool.spool.heldLogs.first)
        for _ in 0..<8 { _ = try await SpoolScene.append(to: sink) }
        sink.close()
        spool.spool.close()
        #expect(spool.spool.heldLogs == [held])
        #expect(try scene.database.count("SELECT count(DISTINCT log_id) FROM audit.event") <= 3)
        #expect(try scene.gapCount() == 0)
        #expect(try Self.verify(scene).allSatisfy { $0.row?.logID == held })
    }
}
