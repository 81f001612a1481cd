import Basics
import Spool
import Synchronization
import Testing

/// What the age of entries does to those that come: waiting ones end it after a week, held ones not.
@Suite("The age of held entries")
struct HeldAgeTests {
    /// A clock that a test sets.
    private final class Clock: Sendable {
        private let moment = Mutex(Instant(microseconds: 1_800_000_000_000_000))

        var now: Instant { moment.withLock { $0 } }

        func advance(days: Int) {
            moment.withLock { $0 = $0.advanced(byMicroseconds: Int64(days) * 86_400_000_000) }
        }
    }

    private static let other = UUIDBytes(high: 0x11, low: 0x21)

    private static func open(
        _ folder: String,
        _ clock: Clock,
        triedUntil: Instant? = nil
    ) throws -> Spool {
        var configuration = Samples.configuration(try Samples.identity(segment: 16_384))
        configuration.now = { clock.now }
        configuration.triedUntil = triedUntil
        return try Spool.open(folder: folder, configuration)
    }

    /// Takes some entries, of which the first is refused and the others wait behind it.
    private static func hold(_ count: Int, in spool: Spool) throws {
        for number in 0..<count { try spool.append(Samples.entry(number)) }
        let first = try #require(try spool.oldest(entryCountMax: 1).first)
        #expect(spool.hold(first))
        #expect(try spool.oldest(entryCountMax: 100).isEmpty)
        #expect(spool.isDrained)
    }

    @Test("A held entry ends nothing, however long it stays, and its alarm grows louder")
    func held() throws {
        try Samples.withFolder { folder in
            let clock = Clock()
            let spool = try Self.open(folder, clock)
            defer { spool.close() }
            try Self.hold(2, in: spool)
            #expect(spool.status(now: clock.now).alarms == [.held])
            for _ in 0..<5 {
                clock.advance(days: 8)
                let status = spool.status(now: clock.now)
                #expect(status.alarms == [.held, .heldLong])
                #expect(status.ageSeconds == 0)
                #expect(status.heldAgeSeconds >= 8 * 86_400)
                #expect(status.takesEntries)
                #expect(spool.takesEntries(now: clock.now))
                try spool.append(Samples.entry(7, log: Self.other))
                let entries = try spool.oldest(entryCountMax: 100)
                #expect(entries.map(\.entry.log) == [Self.other])
                spool.settle(entries)
            }
            #expect(spool.status(now: clock.now).heldEntryCount == 2)
        }
    }

    @Test("What waits beside a held entry ends it after a week, with an alarm of its own before")
    func waiting() throws {
        try Samples.withFolder { folder in
            let clock = Clock()
            let spool = try Self.open(folder, clock)
            defer { spool.close() }
            try Self.hold(2, in: spool)
            clock.advance(days: 30)
            // The database is away from now on: these wait, in the segment of the held ones.
            try spool.append(Samples.entry(7, log: Self.other))
            #expect(spool.status(now: clock.now).ageSeconds == 0)
            clock.advance(days: 5)
            #expect(spool.status(now: clock.now).alarms == [.held, .heldLong])
            try spool.append(Samples.entry(8, log: Self.other))
            clock.advance(days: 1)
            #expect(spool.status(now: clock.now).alarms == [.aging, .held, .heldLong])
            clock.advance(days: 1)
            let late = spool.status(now: clock.now)
            #expect(late.alarms == [.aging, .full, .held, .heldLong])
            #expect(late.ageSeconds == 7 * 86_400)
            #expect(throws: SpoolError(code: .tooOld)) {
                try spool.append(Samples.entry(9, log: Self.other))
            }
            // The database is back: what waited is sent, and the spool takes entries again.
            while case let entries = try spool.oldest(entryCountMax: 100), !entries.isEmpty {
                spool.settle(entries)
            }
            try spool.append(Samples.entry(9, log: Self.other))
            #expect(spool.status(now: clock.now).alarms == [.held, .heldLong])
        }
    }

    @Test("A held entry that is tried once more does not count as waiting meanwhile")
    func retried() throws {
        try Samples.withFolder { folder in
            let clock = Clock()
            let spool = try Self.open(folder, clock)
            defer { spool.close() }
            try Self.hold(3, in: spool)
            clock.advance(days: 8)
            spool.retryRefused()
            #expect(!spool.isDrained)
            let status = spool.status(now: clock.now)
            #expect(status.takesEntries)
            #expect(status.alarms == [.heldLong])
            try spool.append(Samples.entry(7, log: Self.other))
            clock.advance(days: 7)
            #expect(!spool.takesEntries(now: clock.now), "but what came since does")
        }
    }

    @Test("Through a start without the database it is known until when everything was tried")
    func restarted() throws {
        try Samples.withFolder { folder in
            let clock = Clock()
            let first = try Self.open(folder, clock)
            try Self.hold(3, in: first)
            let tried = clock.now
            clock.advance(days: 3)
            try first.append(Samples.entry(7, log: Self.other))
            first.close()
            clock.advance(days: 5)
            // Of the entries that are there, those of the first day are eight days old.
            let unknowing = try Self.open(folder, clock)
            #expect(!unknowing.takesEntries(now: clock.now))
            unknowing.close()
            let next = try Self.open(folder, clock, triedUntil: tried)
            defer { next.close() }
            let status = next.status(now: clock.now)
            #expect(status.takesEntries)
            #expect(status.ageSeconds == 5 * 86_400)
            #expect(status.heldAgeSeconds == 8 * 86_400)
            #expect(status.alarms == [.heldLong])
            try next.append(Samples.entry(8, log: Self.other))
            clock.advance(days: 2)
            #expect(!next.takesEntries(now: clock.now))
            // Nothing is left out on its account: everything comes out, in its order.
            var all: [Int] = []
            while case let entries = try next.oldest(entryCountMax: 100), !entries.isEmpty {
                all += entries.map { Samples.number($0.entry) }
                next.settle(entries)
            }
            #expect(all == [0, 1, 2, 7, 8])
            #expect(next.takesEntries(now: clock.now))
        }
    }
}
