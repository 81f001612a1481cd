import Basics

/// Buckets of tokens by key, a bounded number of them.
///
/// It knows no clock: a moment comes with each call. When there is no room for another bucket,
/// those that are full again are forgotten, which changes nothing for them; if none is, what is
/// new shares one bucket.
struct TokenBuckets {
    /// What came of a request.
    enum Verdict: Equatable {
        case allowed
        /// `unreported` is how many were refused since the last report, when another is due.
        case refused(retryAfterSeconds: Int, unreported: Int?)
    }

    private struct Bucket {
        /// Millionths of a token.
        var level: Int
        var filledAt: Instant
        var refusedCount = 0
        var reportedAt: Instant?
    }

    private var buckets: [String: Bucket] = [:]
    private var sweptAt: Instant?
    private let bucketsMax: Int

    /// The key of the bucket that is shared when there is no room; no other key is empty.
    private static let sharedKey = ""
    private static let unit = 1_000_000

    init(bucketsMax: Int = Limits.rateBucketsMax) { self.bucketsMax = bucketsMax }

    /// How many buckets there are.
    var count: Int { buckets.count }

    /// Takes a token from the bucket of a key.
    mutating func take(_ key: String, _ allowance: RateAllowance, now: Instant) -> Verdict {
        verdict(key, allowance, takes: true, now: now)
    }

    /// Says whether there is a token in the bucket of a key, and leaves it there.
    ///
    /// Who was never counted is within every rate: a look makes no bucket.
    mutating func look(_ key: String, _ allowance: RateAllowance, now: Instant) -> Verdict {
        let isCounted = buckets[key] != nil
        guard isCounted || buckets.count >= bucketsMax && buckets[Self.sharedKey] != nil else {
            return .allowed
        }
        let key = isCounted ? key : Self.sharedKey
        return verdict(key, allowance, takes: false, now: now)
    }

    private mutating func verdict(
        _ key: String,
        _ allowance: RateAllowance,
        takes: Bool,
        now: Instant
    ) -> Verdict {
        let key = room(for: key, allowance, now) ? key : Self.sharedKey
        let full = allowance.burst * Self.unit
        var bucket = buckets[key] ?? Bucket(level: full, filledAt: now)
        bucket.level = Self.level(bucket, allowance, now)
        bucket.filledAt = max(bucket.filledAt, now)
        defer { buckets[key] = bucket }
        guard bucket.level < Self.unit else {
            if takes { bucket.level -= Self.unit }
            return .allowed
        }
        bucket.refusedCount += 1
        let wait = (Self.unit - bucket.level + allowance.perSecond - 1) / allowance.perSecond
        let seconds = max(1, (wait + Self.unit - 1) / Self.unit)
        var unreported: Int?
        let last = bucket.reportedAt
        if last.map({ now.microseconds(since: $0) >= Limits.rateReportMicroseconds }) ?? true {
            unreported = bucket.refusedCount
            bucket.refusedCount = 0
            bucket.reportedAt = now
        }
        return .refused(retryAfterSeconds: seconds, unreported: unreported)
    }

    /// How full a bucket is by now; a clock that went back fills nothing.
    private static func level(
        _ bucket: Bucket,
        _ allowance: RateAllowance,
        _ now: Instant
    ) -> Int {
        // An hour fills every bucket that can be registered at a rate worth waiting for.
        let elapsed = min(max(0, Int(now.microseconds(since: bucket.filledAt))), 3_600_000_000)
        return min(allowance.burst * unit, bucket.level + elapsed * allowance.perSecond)
    }

    private mutating func room(
        for key: String,
        _ allowance: RateAllowance,
        _ now: Instant
    ) -> Bool {
        guard buckets[key] == nil, buckets.count >= bucketsMax else { return true }
        // A sweep costs a pass over all, so a flood of strangers gets one a second.
        if let sweptAt, now.microseconds(since: sweptAt) < 1_000_000 { return false }
        sweptAt = now
        buckets = buckets.filter { Self.level($1, allowance, now) < allowance.burst * Self.unit }
        return buckets.count < bucketsMax
    }
}
