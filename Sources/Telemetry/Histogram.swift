import Basics
import Synchronization

/// A metric that counts durations in fixed buckets, in seconds.
package final class Histogram: Sendable {
    /// What it measures.
    package let description: MetricDescription
    private let series = Mutex<[[String]: Buckets]>([:])

    /// The upper ends of the buckets in microseconds.
    ///
    /// From what a stage takes (tens of microseconds) to what a client waits for at most.
    static let boundsMicroseconds = [
        10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000,
        500_000, 1_000_000, 2_500_000, 10_000_000,
    ]

    private static let boundTexts = [
        "1e-05", "2.5e-05", "5e-05", "0.0001", "0.00025", "0.0005", "0.001", "0.0025", "0.005",
        "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "10",
    ]

    private struct Buckets {
        var counts = [Int](repeating: 0, count: Histogram.boundsMicroseconds.count + 1)
        var sumMicroseconds = 0
    }

    init(_ description: MetricDescription) { self.description = description }

    /// Counts a duration.
    package func observe(microseconds: Int, _ labels: [String] = []) {
        precondition(labels.count == description.labelNames.count, "one value for each label")
        var bucket = 0
        while bucket < Self.boundsMicroseconds.count,
            microseconds > Self.boundsMicroseconds[bucket]
        {
            bucket += 1
        }
        series.withLock { series in
            let isKnown = series[labels] != nil || series.count < Limits.metricSeriesMax
            let key = isKnown ? labels : labels.map { _ in "other" }
            series[key, default: Buckets()].counts[bucket] &+= 1
            series[key, default: Buckets()].sumMicroseconds &+= max(0, microseconds)
        }
    }

    /// How many durations a series has counted.
    package func count(_ labels: [String] = []) -> Int {
        series.withLock { $0[labels]?.counts.reduce(0, +) ?? 0 }
    }

    func write(to text: inout String) {
        let snapshot = series.withLock { $0 }
        guard !snapshot.isEmpty else { return }
        text += description.header
        for (labels, buckets) in snapshot.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            var total = 0
            for (count, bound) in zip(buckets.counts, Self.boundTexts + ["+Inf"]) {
                total += count
                text += description.series(suffix: "_bucket", labels, extra: ("le", bound))
                text += " \(total)\n"
            }
            let sum = buckets.sumMicroseconds
            text += description.series(suffix: "_sum", labels)
            text += " \(sum / 1_000_000).\(padded(sum % 1_000_000, 6))\n"
            text += description.series(suffix: "_count", labels) + " \(total)\n"
        }
    }
}
