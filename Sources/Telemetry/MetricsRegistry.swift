import Basics
import Synchronization

/// Every metric of the process, and their text for `GET /metrics`.
///
/// The text is the Prometheus exposition format, version 0.0.4.
package final class MetricsRegistry: Sendable {
    private enum Metric: Sendable {
        case counter(Counter)
        case histogram(Histogram)
        case reading(MetricDescription, @Sendable () -> Int)

        var name: String {
            switch self {
            case .counter(let counter): counter.description.name
            case .histogram(let histogram): histogram.description.name
            case .reading(let description, _): description.name
            }
        }
    }

    /// The media type of the text.
    package static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    private let metrics = Mutex<[Metric]>([])

    /// Makes an empty registry.
    package init() {}

    /// Registers a counter.
    package func counter(
        _ name: String,
        help: String,
        labels: [String] = [],
        seriesMax: Int = Limits.metricSeriesMax
    ) -> Counter {
        precondition(name.hasSuffix("_total"), "the name of a counter ends in _total")
        let counter = Counter(
            .init(name, .counter, help: help, labels: labels),
            seriesMax: seriesMax
        )
        add(.counter(counter))
        return counter
    }

    /// Registers a gauge that is set.
    package func gauge(_ name: String, help: String, labels: [String] = []) -> Counter {
        let gauge = Counter(.init(name, .gauge, help: help, labels: labels))
        add(.counter(gauge))
        return gauge
    }

    /// Registers a gauge that is read when the text is asked for.
    package func gauge(_ name: String, help: String, reading: @escaping @Sendable () -> Int) {
        add(.reading(.init(name, .gauge, help: help), reading))
    }

    /// Registers a counter that is read when the text is asked for.
    package func counter(_ name: String, help: String, reading: @escaping @Sendable () -> Int) {
        precondition(name.hasSuffix("_total"), "the name of a counter ends in _total")
        add(.reading(.init(name, .counter, help: help), reading))
    }

    /// Registers a histogram of durations.
    package func histogram(_ name: String, help: String, labels: [String] = []) -> Histogram {
        precondition(name.hasSuffix("_seconds"), "the name of a duration ends in _seconds")
        let histogram = Histogram(.init(name, .histogram, help: help, labels: labels))
        add(.histogram(histogram))
        return histogram
    }

    /// The text of all metrics, in the order of their names.
    package var text: String {
        var text = ""
        for metric in metrics.withLock({ $0 }).sorted(by: { $0.name < $1.name }) {
            switch metric {
            case .counter(let counter): counter.write(to: &text)
            case .histogram(let histogram): histogram.write(to: &text)
            case .reading(let description, let read):
                text += description.header + description.series([]) + " \(read())\n"
            }
        }
        return text
    }

    private func add(_ metric: Metric) {
        metrics.withLock { metrics in
            precondition(
                !metrics.contains { $0.name == metric.name },
                "a metric is registered twice"
            )
            metrics.append(metric)
        }
    }
}
