/// Counts durations in buckets whose width grows with the duration: at most 1/32 off.
package struct LatencyHistogram: Sendable {
    private var counts = [Int](repeating: 0, count: 60 * 32)
    /// How many were recorded.
    package private(set) var count = 0
    /// The longest, in nanoseconds.
    package private(set) var nanosecondsMax: Int64 = 0

    /// Makes an empty histogram.
    package init() {}

    /// Records a duration.
    package mutating func record(nanoseconds: Int64) {
        let value = max(0, nanoseconds)
        counts[Self.bucket(value)] += 1
        count += 1
        nanosecondsMax = max(nanosecondsMax, value)
    }

    /// Adds what another histogram has recorded.
    package mutating func add(_ other: LatencyHistogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
        count += other.count
        nanosecondsMax = max(nanosecondsMax, other.nanosecondsMax)
    }

    /// The duration that this part of all does not exceed, in nanoseconds; 0 without any.
    package func nanoseconds(atQuantile quantile: Double) -> Int64 {
        precondition(quantile >= 0, "a quantile below 0")
        precondition(quantile <= 1, "a quantile above 1")
        let rank = max(1, Int((Double(count) * quantile).rounded(.up)))
        var seen = 0
        for index in counts.indices where counts[index] > 0 {
            seen += counts[index]
            if seen >= rank { return min(Self.upperBound(index), nanosecondsMax) }
        }
        return nanosecondsMax
    }

    /// Values below 32 have a bucket each; above, each doubling has 32.
    private static func bucket(_ value: Int64) -> Int {
        guard value >= 32 else { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount
        let mantissa = Int(value >> Int64(exponent - 5)) & 31
        return min((exponent - 4) * 32 + mantissa, 60 * 32 - 1)
    }

    private static func upperBound(_ index: Int) -> Int64 {
        guard index >= 32 else { return Int64(index) }
        let exponent = index / 32 + 4
        let mantissa = Int64(index % 32 + 32)
        return ((mantissa + 1) << Int64(exponent - 5)) - 1
    }
}
