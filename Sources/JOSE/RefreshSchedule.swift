import Basics

/// When to read a key source: every so often, sooner when a key id is missed, later when it fails.
struct RefreshSchedule {
    private let intervalSeconds: Int
    private var dueAt = Instant(microseconds: .min)
    private var lastAttemptAt = Instant(microseconds: .min)
    private var failureCount = 0
    private var isUnderWay = false
    /// Whether what is under way may have come too early.
    private var isHurried = false
    /// Key ids that no key has, and when they may ask for a refresh again.
    private var missedUntil: [String: Instant] = [:]

    init(intervalSeconds: Int) {
        self.intervalSeconds = max(intervalSeconds, Limits.keyRefreshSecondsMin)
    }

    /// Whether the source should be read.
    func isDue(_ now: Instant) -> Bool { !isUnderWay && now >= dueAt }

    /// A read has begun.
    mutating func began(_ now: Instant) {
        isUnderWay = true
        lastAttemptAt = now
    }

    /// A read has ended.
    mutating func attempted(_ now: Instant, succeeded: Bool) {
        isUnderWay = false
        lastAttemptAt = now
        failureCount = succeeded ? 0 : min(failureCount + 1, 8)
        // A source that fails is tried again after a minute, then two, four, up to the interval.
        let seconds =
            succeeded
            ? intervalSeconds
            : min(intervalSeconds, Limits.keyRefreshSecondsMin << (failureCount - 1))
        dueAt = isHurried ? now : Self.later(now, seconds)
        isHurried = false
    }

    /// The source should be read at once, and once more when a read is under way.
    mutating func hurry() {
        dueAt = Instant(microseconds: .min)
        isHurried = isUnderWay
    }

    /// A token named a key id that no key has.
    mutating func missed(_ keyID: String, _ now: Instant) {
        if let until = missedUntil[keyID], now < until { return }
        if missedUntil.count >= Limits.unknownKeyIDsMax {
            missedUntil = missedUntil.filter { now < $0.value }
        }
        // Full of ids that nobody has: somebody is guessing. The refresh comes all the same, once
        // a minute at most, so that a rotation is not held up by it.
        if missedUntil.count < Limits.unknownKeyIDsMax {
            missedUntil[keyID] = Self.later(now, intervalSeconds)
        }
        dueAt = min(dueAt, Self.later(lastAttemptAt, Limits.keyRefreshSecondsMin))
    }

    private static func later(_ moment: Instant, _ seconds: Int) -> Instant {
        moment.advanced(byMicroseconds: Int64(seconds) * 1_000_000)
    }
}
