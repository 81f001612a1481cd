import Basics
import Monitoring
import Telemetry

/// The counters of the models as metrics of this process, a period behind.
///
/// Labels come from profiles and documents alone. A bin is told by its position: edges belong to a
/// reference, and `limen model drift` shows them.
struct CounterMetrics: Sendable {
    /// Flushes that failed, by error.
    let failures: Counter
    /// Cases whose counters the store refused.
    let lost: Counter
    private let cells: Counter
    private let states: Counter

    init(_ registry: MetricsRegistry) {
        failures = registry.counter(
            "limen_model_count_failures_total",
            help: "Flushes of the counters of models that failed, by error.",
            labels: ["error"]
        )
        lost = registry.counter(
            "limen_model_count_lost_total",
            help: "Counts of cases that the store refused and that are lost."
        )
        cells = registry.counter(
            "limen_model_bin_total",
            help: "Cases by profile, version, arm, series and bin of the reference.",
            labels: ["profile", "version", "arm", "kind", "name", "bin"],
            seriesMax: Limits.metricModelSeriesMax
        )
        states = registry.counter(
            "limen_model_input_state_total",
            help: "Inputs that were valid, missing, imputed, invalid or beyond the range.",
            labels: ["profile", "version", "arm", "name", "state"],
            seriesMax: Limits.metricModelSeriesMax
        )
    }

    /// Adds what was counted, over all tenants and days.
    func add(_ counted: [CountedSeries]) {
        for one in counted {
            let name = one.series.name
            let isNamed: Bool
            switch one.series.bins {
            case .numbers: isNamed = false
            case .categories: isNamed = true
            }
            let labels = isNamed ? one.series.bins.labels : []
            for (bin, count) in one.histogram.bins.enumerated() where count > 0 {
                let bin = isNamed ? labels[bin] : String(bin)
                cells.add(
                    count,
                    [one.profile, one.version, one.arm, name.kind.rawValue, name.name, bin]
                )
            }
            guard name.kind == .input else { continue }
            let place = [one.profile, one.version, one.arm, name.name]
            let valid = one.histogram.validCount
            if valid > 0 { states.add(valid, place + ["valid"]) }
            for note in CounterNote.allCases where one.histogram[note] > 0 {
                states.add(one.histogram[note], place + [note.label])
            }
        }
    }
}
