import Basics
import Monitoring
import Synchronization
import Telemetry
import Testing

@testable import limen

/// What becomes of counters between the gateway and the store.
@Suite("The keeper of counters")
struct CounterKeeperTests {
    /// A store that does as it is told.
    private final class Store: CounterStore {
        let batches = Mutex<[CounterBatch]>([])
        let failure = Mutex<CounterStoreError?>(nil)

        func add(_ batch: CounterBatch) throws(CounterStoreError) {
            batches.withLock { $0.append(batch) }
            if let failure = failure.withLock({ $0 }) { throw failure }
        }
    }

    /// Counters that wait to be taken out.
    private final class Source: Sendable {
        let waiting = Mutex<[CountedSeries]>([])

        func take() -> [CountedSeries] {
            waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
        }
    }

    private func counted(_ bins: [Int], day: Int = 1) throws -> CountedSeries {
        CountedSeries(
            tenant: "demo",
            day: day,
            profile: "news2",
            version: "1.0.0",
            sha256: "ab",
            arm: "live",
            series: CounterSeries(
                name: SeriesName(.input, "sex"),
                bins: .categories(["f", "m"])
            ),
            histogram: try #require(InputHistogram(bins: bins, notes: [.missing: 1]))
        )
    }

    private func make() throws -> (CounterKeeper, Source, Store, MetricsRegistry) {
        let (source, store, registry) = (Source(), Store(), MetricsRegistry())
        let keeper = try CounterKeeper(
            drain: { source.take() },
            store: store,
            registry: registry,
            periodSeconds: 3_600,
            log: nil
        )
        return (keeper, source, store, registry)
    }

    @Test("stores nothing when nothing was counted")
    func nothing() throws {
        let (keeper, _, store, _) = try make()
        keeper.flush()
        #expect(store.batches.withLock { $0 }.isEmpty)
    }

    @Test("sends a batch again unchanged until it is stored, and what was counted since after it")
    func again() throws {
        let (keeper, source, store, registry) = try make()
        store.failure.withLock { $0 = .init(code: "LIMEN-PG-001", isRefused: false) }
        source.waiting.withLock { $0 = [] }
        let first = try counted([1, 0, 0])
        source.waiting.withLock { $0.append(first) }
        keeper.flush()
        let more = [try counted([0, 2, 0]), try counted([0, 0, 5], day: 2)]
        for one in more {
            source.waiting.withLock { $0.append(one) }
            keeper.flush()
        }
        let more2 = try counted([0, 7, 0])
        source.waiting.withLock { $0.append(more2) }
        store.failure.withLock { $0 = nil }
        keeper.flush()
        let batches = store.batches.withLock { $0 }
        #expect(batches.count == 5)
        #expect(Set(batches[0..<4].map(\.id)).count == 1)
        #expect(batches[0..<4].allSatisfy { $0.items == [first] })
        #expect(batches[4].id != batches[0].id)
        #expect(batches[4].items.map(\.histogram.bins) == [[0, 9, 0], [0, 0, 5]])
        let text = registry.text
        #expect(text.contains(#"limen_model_count_failures_total{error="LIMEN-PG-001"} 3"#))
        #expect(
            text.contains(
                #"limen_model_bin_total{profile="news2",version="1.0.0",arm="live","#
                    + #"kind="input",name="sex",bin="m"} 9"#
            )
        )
        #expect(
            text.contains(
                #"limen_model_input_state_total{profile="news2",version="1.0.0",arm="live","#
                    + #"name="sex",state="missing"} 4"#
            )
        )
        #expect(!text.contains("demo"))
    }

    @Test("gives up what is refused, counts it as lost, and goes on")
    func refused() throws {
        let (keeper, source, store, registry) = try make()
        store.failure.withLock { $0 = .init(code: "LIMEN-PG-002", isRefused: true) }
        let first = try counted([1, 1, 0])
        source.waiting.withLock { $0.append(first) }
        keeper.flush()
        store.failure.withLock { $0 = nil }
        let second = try counted([1, 0, 0])
        source.waiting.withLock { $0.append(second) }
        keeper.flush()
        let batches = store.batches.withLock { $0 }
        #expect(batches.map(\.items) == [[first], [second]])
        #expect(registry.text.contains("limen_model_count_lost_total 3"))
    }

    @Test("flushes a last time when it stops")
    func stopping() throws {
        let (keeper, source, store, _) = try make()
        keeper.start()
        let last = try counted([0, 0, 1])
        source.waiting.withLock { $0.append(last) }
        keeper.stop()
        #expect(store.batches.withLock { $0.map(\.items) } == [[last]])
    }
}
