import Basics
import Synchronization

/// A metric that only grows, or a gauge that is set, one number for each set of label values.
package final class Counter: Sendable {
    /// What it counts.
    package let description: MetricDescription
    private let series = Mutex<[[String]: Int]>([:])

    private let seriesMax: Int

    init(_ description: MetricDescription, seriesMax: Int = Limits.metricSeriesMax) {
        self.description = description
        self.seriesMax = seriesMax
    }

    /// Adds to the series of these label values.
    package func add(_ amount: Int = 1, _ labels: [String] = []) {
        precondition(labels.count == description.labelNames.count, "one value for each label")
        series.withLock { series in
            if let value = series[labels] {
                series[labels] = value &+ amount
            } else if series.count < seriesMax {
                series[labels] = amount
            } else {
                series[labels.map { _ in "other" }, default: 0] &+= amount
            }
        }
    }

    /// Sets the series of these label values, for a gauge.
    package func set(_ value: Int, _ labels: [String] = []) {
        precondition(description.kind == .gauge, "a counter is never set")
        series.withLock { $0[labels] = value }
    }

    /// The value of a series; zero when nothing was counted.
    package func value(_ labels: [String] = []) -> Int {
        series.withLock { $0[labels] ?? 0 }
    }

    func write(to text: inout String) {
        let snapshot = series.withLock { $0 }
        guard !snapshot.isEmpty || description.labelNames.isEmpty else { return }
        text += description.header
        if snapshot.isEmpty { text += description.series([]) + " 0\n" }
        for (labels, value) in snapshot.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            text += description.series(labels) + " \(value)\n"
        }
    }
}
