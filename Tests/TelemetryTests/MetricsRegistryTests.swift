import Basics
import Testing

@testable import Telemetry

@Suite("Metrics")
struct MetricsRegistryTests {
    @Test("are written in the Prometheus text format")
    func text() {
        let registry = MetricsRegistry()
        let counter = registry.counter("limen_b_total", help: "Bs.", labels: ["kind"])
        counter.add(2, ["x"])
        counter.add(1, ["a\"\\\n"])
        let histogram = registry.histogram("limen_a_seconds", help: "As.")
        histogram.observe(microseconds: 10)
        histogram.observe(microseconds: 11)
        histogram.observe(microseconds: 20_000_000)
        registry.gauge("limen_c", help: "Cs.") { 7 }
        let lines = registry.text.split(separator: "\n")
        #expect(lines.first == "# HELP limen_a_seconds As.")
        #expect(lines.contains(#"limen_a_seconds_bucket{le="1e-05"} 1"#))
        #expect(lines.contains(#"limen_a_seconds_bucket{le="2.5e-05"} 2"#))
        #expect(lines.contains(#"limen_a_seconds_bucket{le="10"} 2"#))
        #expect(lines.contains(#"limen_a_seconds_bucket{le="+Inf"} 3"#))
        #expect(lines.contains("limen_a_seconds_sum 20.000021"))
        #expect(lines.contains("limen_a_seconds_count 3"))
        #expect(lines.contains(#"limen_b_total{kind="x"} 2"#))
        #expect(lines.contains(#"limen_b_total{kind="a\"\\\n"} 1"#))
        #expect(lines.contains("limen_c 7"))
        #expect(registry.text.hasSuffix("\n"))
    }

    @Test("stay bounded when labels do not")
    func bounded() {
        let counter = MetricsRegistry().counter("limen_x_total", help: "X.", labels: ["l"])
        for number in 0..<Limits.metricSeriesMax + 5 { counter.add(1, [String(number)]) }
        #expect(counter.value(["other"]) == 5)
        #expect(counter.value(["0"]) == 1)
    }

    @Test("lose nothing when many count at once")
    func concurrent() async {
        let registry = MetricsRegistry()
        let counter = registry.counter("limen_y_total", help: "Y.")
        let histogram = registry.histogram("limen_y_seconds", help: "Y.")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        counter.add()
                        histogram.observe(microseconds: 1)
                    }
                }
            }
        }
        #expect(counter.value() == 8_000)
        #expect(histogram.count() == 8_000)
    }
}
