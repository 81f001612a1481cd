import Basics
import Crypto
import Foundation
import Spool
import Synchronization
import Telemetry
import Testing

@testable import limen

@Suite("The watch over held entries")
struct HeldWatchTests {
    private final class Lines: Sendable {
        let events = Mutex<[LogEvent]>([])
        var count: Int { events.withLock { $0.count } }
    }

    @Test(
        "notes until when all was tried, says once a day what is held, and forgets it when landed"
    )
    func watch() throws {
        let folder =
            FileManager.default.temporaryDirectory.path + "/limen-held-"
            + UUID().uuidString.prefix(8)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let start = Instant(microseconds: 1_800_000_000_000_000)
        let key = try #require(SpoolKey(secret: [UInt8](repeating: 3, count: 32)))
        var configuration = SpoolConfiguration(
            identity: SpoolIdentity(installation: .version4(), key: key),
            session: .version4()
        )
        configuration.now = { start }
        let spool = try Spool.open(folder: folder, configuration)
        defer { spool.close() }
        let lines = Lines()
        let watch = HeldWatch(spool: spool, folder: folder) { event in
            lines.events.withLock { $0.append(event) }
        }
        func day(_ number: Int) -> Instant {
            start.advanced(byMicroseconds: Int64(number) * 86_400_000_000)
        }
        try spool.append(SpoolEntry(log: .version4(), rowCount: 1, bytes: [1]))
        watch.look(at: start)
        #expect(RefusedNotes.triedUntil(folder: folder) == nil, "it waits and was never tried")
        let entry = try #require(try spool.oldest(entryCountMax: 1).first)
        #expect(spool.hold(entry))
        watch.look(at: start)
        #expect(RefusedNotes.triedUntil(folder: folder) == start)
        #expect(lines.count == 0)
        for number in [1, 1, 2, 2, 9] { watch.look(at: day(number)) }
        #expect(lines.count == 3)
        #expect(HeldWatch.note(spool.status(now: day(9)))?.contains("for 216 hours") == true)
        spool.retryRefused()
        spool.settle(try spool.oldest(entryCountMax: 1))
        watch.look(at: day(9))
        #expect(RefusedNotes.triedUntil(folder: folder) == nil)
        #expect(HeldWatch.note(spool.status(now: day(9))) == nil)
    }
}
