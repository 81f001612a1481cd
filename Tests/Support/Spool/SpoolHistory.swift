import Basics
import Spool

/// One seeded life of a spool on a simulated disk, with crashes, faults and replays.
///
/// What it must show: every entry whose caller was told that it is durable comes out again, in its
/// order, each once in one recovery; nothing comes out that was never given; and no crash, however
/// it tears the files, is taken for damage.
package struct SpoolHistory {
    /// What went wrong, if anything did.
    package enum Violation: String, Error {
        case lost = "an acknowledged entry is gone"
        case doubled = "an entry comes out twice"
        case disordered = "entries come out in another order"
        case invented = "an entry comes out that was never given"
        case falseAlarm = "a crash was taken for damage"
        case silent = "damage was found by nobody"
        case unreadable = "a whole segment could not be read"
    }

    /// What one history was made of.
    package struct Summary: Sendable {
        package var acknowledged = 0
        package var rejected = 0
        package var crashes = 0
        package var restarts = 0
        package var torn = 0
        package var replayed = 0
        package var damaged = 0
        package var found = 0

        package init() {}

        package static func += (sum: inout Summary, other: Summary) {
            sum.acknowledged += other.acknowledged
            sum.rejected += other.rejected
            sum.crashes += other.crashes
            sum.restarts += other.restarts
            sum.torn += other.torn
            sum.replayed += other.replayed
            sum.damaged += other.damaged
            sum.found += other.found
        }
    }

    /// The entries that came out of one recovery, or since one start.
    private struct Output {
        private(set) var ids: Set<UInt64> = []
        private var last: UInt64 = 0

        /// Takes what came out next: each entry was given, and comes once and in its order.
        mutating func take(_ id: UInt64, of givenCount: UInt64) throws(Violation) {
            guard id >= 1, id <= givenCount else { throw .invented }
            guard ids.insert(id).inserted else { throw .doubled }
            guard id > last else { throw .disordered }
            last = id
        }
    }

    private static let block = 128
    private static let segment = block * 16
    private static let log = UUIDBytes(high: 1, low: 2)

    private let disk: SimulatedDisk
    private let identity: SpoolIdentity
    private let damages: Bool
    private let bytesMax: Int
    private var random: SplitMix
    private var writer: SpoolWriter
    private var backlog = SpoolReplay()
    private var clock: Int64 = 1_000_000
    private var sessionCount: UInt64 = 0
    private var givenCount: UInt64 = 0
    /// What was acknowledged and is not in the database, in the order of the acknowledgements.
    private var owed: [UInt64] = []
    /// What came out since the last start.
    ///
    /// What a crash brings back, since its removal was not durable, comes out once more after that.
    private var replayed = Output()
    package private(set) var summary = Summary()

    /// Runs a history.
    ///
    /// - Parameters:
    ///   - seed: Names the history.
    ///   - damages: Whether bits of durable files flip as well; then loss must be said, that is all.
    /// - Returns: What the history was made of.
    /// - Throws: what it has shown to be wrong.
    package static func run(
        seed: UInt64,
        damages: Bool = false
    ) throws(Violation) -> Summary {
        var history = SpoolHistory(seed: seed, damages: damages)
        try history.live()
        return history.summary
    }

    private init(seed: UInt64, damages: Bool) {
        self.damages = damages
        random = SplitMix(seed: seed &* 2 &+ (damages ? 1 : 0))
        disk = SimulatedDisk(seed: random.next())
        bytesMax = Self.segment * (3 + random.below(12))
        identity = Self.identity
        writer = SpoolWriter(
            disk: disk,
            identity: identity,
            session: UUIDBytes(high: 0, low: 0),
            firstNumber: 1,
            foundByteCount: 0,
            bytesMax: bytesMax
        )
    }

    /// The identity of all histories; making a key is slow.
    private static let identity: SpoolIdentity = {
        guard let key = SpoolKey(secret: [UInt8](repeating: 9, count: 32)) else {
            preconditionFailure("32 bytes are a secret")
        }
        return SpoolIdentity(
            installation: UUIDBytes(high: 7, low: 7),
            key: key,
            segmentByteCount: segment,
            blockByteCount: block
        )
    }()

    private mutating func live() throws(Violation) {
        disk.setFaultRarity([0, 0, 6, 15, 40][random.below(5)])
        for _ in 0..<(5 + random.below(40)) {
            if random.once(in: 12) { disk.crash(atStep: 1 + random.below(12)) }
            switch random.below(12) {
            case 0..<7: try write()
            case 7, 8: writer.seal()
            case 9, 10: try replay()
            case _:
                if random.once(in: 2) {
                    disk.crash()
                } else {
                    // kill -9 of the process alone: what was written is in the cache of the kernel.
                    try reopen()
                }
            }
            if disk.isDown {
                summary.crashes += 1
                disk.restart()
                try reopen()
            }
        }
        disk.setFaultRarity(0)
        disk.crash()
        disk.restart()
        try reopen()
        while try replay() {}
        if !damages, !owed.isEmpty { throw .lost }
    }

    private mutating func write() throws(Violation) {
        var entries: [SpoolEntry] = []
        var ids: [UInt64] = []
        for _ in 0..<(1 + random.below(3)) {
            givenCount += 1
            ids.append(givenCount)
            entries.append(Self.entry(givenCount, fillerCount: random.below(300)))
        }
        // The clock goes on, stands still, or is set back.
        clock += Int64(random.below(2_000)) - 500
        do throws(SpoolError) {
            let place = try writer.write(entries, now: Instant(microseconds: clock))
            backlog.append(entries, at: place, header: writer.header(of: place))
            owed += ids
            summary.acknowledged += ids.count
        } catch {
            summary.rejected += ids.count
        }
    }

    /// Replays a part of what a recovery would find; answers whether there was anything.
    @discardableResult
    private mutating func replay() throws(Violation) -> Bool {
        guard !disk.isDown else { return false }
        let count = 1 + random.below(6)
        let ready = backlog.next(count, from: disk, identity)
        for (id, entry) in ready {
            try replayed.take(id, of: givenCount)
            owed.removeAll { $0 == id }
            backlog.settle(entry)
            summary.replayed += 1
        }
        for segment in backlog.removable(current: writer.currentSegment) where !disk.isDown {
            if !writer.remove(segment.header.number, byteCount: segment.fileByteCount) { break }
        }
        return !ready.isEmpty
    }

    /// A new process start: looks at the files and holds them against what was acknowledged.
    private mutating func reopen() throws(Violation) {
        summary.restarts += 1
        var flipped: String?
        if damages, random.once(in: 3) { flipped = disk.flipBit() }
        if flipped != nil { summary.damaged += 1 }
        let survey: SpoolSurvey
        // A start that cannot settle the names is refused, and tried again.
        while (try? SpoolSurvey.settleNames(on: disk)) == nil {
            if disk.isDown { disk.restart() }
        }
        do throws(SpoolError) {
            survey = try SpoolSurvey(of: disk, identity: identity, isOpeningBodies: true)
        } catch {
            throw .unreadable
        }
        summary.torn += survey.findings.count { $0.kind == .tornTail }
        if !damages, survey.findings.contains(where: \.isLoss) { throw .falseAlarm }
        sessionCount += 1
        backlog = SpoolReplay(survey)
        replayed = Output()
        writer = SpoolWriter(
            disk: disk,
            identity: identity,
            session: UUIDBytes(high: 3, low: sessionCount),
            firstNumber: survey.nextNumber,
            foundByteCount: survey.totalByteCount,
            bytesMax: bytesMax
        )
        try compare(survey, wasDamaged: flipped != nil)
    }

    /// Every acknowledged entry must be among those that come out, each once and in order.
    private mutating func compare(_ survey: SpoolSurvey, wasDamaged: Bool) throws(Violation) {
        var all = SpoolReplay(survey)
        var output = Output()
        while true {
            let ready = all.next(64, from: disk, identity)
            if ready.isEmpty { break }
            for (id, entry) in ready {
                try output.take(id, of: givenCount)
                all.settle(entry)
            }
        }
        let missing = owed.filter { !output.ids.contains($0) }
        guard !missing.isEmpty else { return }
        guard damages else { throw .lost }
        guard !survey.findings.isEmpty else { throw .silent }
        if wasDamaged { summary.found += 1 }
        // It was said; from here on the history owes what is left.
        owed.removeAll { !output.ids.contains($0) }
    }

    private static func entry(_ id: UInt64, fillerCount: Int) -> SpoolEntry {
        var bytes: [UInt8] = []
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: id >> shift))
        }
        bytes += [UInt8](repeating: UInt8(truncatingIfNeeded: id &* 31), count: fillerCount)
        return SpoolEntry(log: log, rowCount: 1, bytes: bytes)
    }
}
