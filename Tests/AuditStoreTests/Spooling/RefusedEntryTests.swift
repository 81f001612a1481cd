import Audit
import AuditStore
import Basics
import Foundation
import Posix
import PostgreSQL
import Spool
import Synchronization
import Testing

/// A row that was acknowledged and that the database refuses.
@Suite(
    "Refused entries",
    .serialized,
    .enabled(if: PrivateCluster.isPresent, "\(PrivateCluster.absence)")
)
struct RefusedEntryTests {
    @Test("A refused entry stays with its log, is named without its content, and lands when mended")
    func mended() async throws {
        let scene = try SpoolScene()
        let first = try scene.spool()
        let sink = try scene.sink(first)
        scene.cluster.kill()
        var sent: [UUIDBytes] = []
        for number in 0..<9 {
            var record = Records.small()
            record.status = number == 4 ? 299 : 200
            try await sink.append(record)
            sent.append(record.eventID)
        }
        sink.close()
        first.spool.close()
        try scene.cluster.restart()
        try scene.database.script(
            "ALTER TABLE audit.event ADD CONSTRAINT refused CHECK (status <> 299) NOT VALID"
        )
        let second = try scene.spool()
        let next = try scene.sink(second)
        try await Patience.wait { second.spool.status(now: Clock.now()).heldEntryCount == 5 }
        // What comes later goes on: it is of another log.
        sent.append(try await SpoolScene.append(to: next))
        try await Patience.wait { second.spool.isDrained }
        #expect(try scene.stored() == Array(sent[..<4]) + [sent[9]])
        let refused = scene.events.all.compactMap { event -> RefusedEntry? in
            if case .held(let entry) = event { entry } else { nil }
        }
        let entry = try #require(refused.first)
        #expect(refused.count == 1, "what only waits behind it is not refused")
        #expect(entry.sqlState == "23514")
        #expect(entry.sentence.contains("constraint"))
        #expect(RefusedEntry(line: entry.line[...]) == entry)
        #expect(second.spool.status(now: Clock.now()).alarms == [.held])
        func drained() -> [SpoolEvent] {
            scene.events.all.filter { event in
                switch event {
                case .drained, .drainedExceptHeld: true
                case .began, .refused, .held, .retried, .clockSetBack, .damaged: false
                }
            }
        }
        let parted = SpoolEvent.drainedExceptHeld(rowCount: 4, heldEntryCount: 5)
        #expect(drained() == [parted], "nobody says that all rows are in the trail")
        // Asked for too early it is refused again, and stays.
        second.retryRefused()
        _ = try await SpoolScene.append(to: next)
        try await Patience.wait { second.spool.status(now: Clock.now()).heldEntryCount == 5 }
        #expect(scene.events.all.count { $0 == .held(entry) } == 2)
        #expect(scene.events.all.count { $0 == .retried } == 1)
        #expect(drained() == [parted])
        try scene.database.script("ALTER TABLE audit.event DROP CONSTRAINT refused")
        second.retryRefused()
        try await Patience.wait {
            second.spool.isDrained && second.spool.status(now: Clock.now()).heldEntryCount == 0
        }
        next.close()
        second.spool.close()
        let landed = drained().dropFirst().map { event in
            if case .drained(let rowCount) = event { rowCount } else { 0 }
        }
        #expect(landed.last ?? 0 > 0, "now all of them are")
        #expect(try Array(scene.stored().prefix(9)) == Array(sent[..<9]), "each once, in its order")
        #expect(try scene.stored().count == 11)
        #expect(try scene.gapCount() == 0)
    }

    @Test("Asked for in the middle of a replay, nothing goes before what was refused")
    func overtaking() async throws {
        let scene = try SpoolScene()
        let first = try scene.spool()
        let sink = try scene.sink(first)
        scene.cluster.kill()
        var sent: [UUIDBytes] = []
        for number in 0..<9 {
            var record = Records.small()
            record.status = number == 4 ? 299 : 200
            try await sink.append(record)
            sent.append(record.eventID)
        }
        sink.close()
        first.spool.close()
        try scene.cluster.restart()
        try scene.database.script(
            "ALTER TABLE audit.event ADD CONSTRAINT refused CHECK (status <> 299) NOT VALID"
        )
        let asker = Asker()
        let second = AuditSpool(
            try Spool.open(
                folder: scene.folder,
                SpoolConfiguration(
                    identity: try SpoolScene.identity(),
                    session: .version4Random()
                )
            ),
            onEvent: { event in
                // The first time that it is told, between this entry and the next.
                if case .held = event { asker.askOnce() }
            }
        )
        asker.spool.withLock { $0 = second }
        let next = try scene.sink(second)
        try await Patience.wait { second.spool.status(now: Clock.now()).heldEntryCount == 5 }
        #expect(try scene.stored() == Array(sent[..<4]), "what follows it in its log waits")
        next.close()
        second.spool.close()
    }

    /// Asks for what was refused, once.
    private final class Asker: Sendable {
        let spool = Mutex<AuditSpool?>(nil)

        func askOnce() {
            let spool = spool.withLock { $0.take() }
            spool?.retryRefused()
        }
    }

    @Test(
        "A note that is none is not read as one",
        arguments: ["", "1 2", "a b c d e f", "1 2 x 3 4 23514", "1 2 3 4 5 6 7"]
    )
    func notes(line: String) {
        #expect(RefusedEntry(line: line[...]) == nil)
    }
}
