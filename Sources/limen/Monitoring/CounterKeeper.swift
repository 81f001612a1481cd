import Basics
import Crypto
import Gateway
import Monitoring
import Posix
import Synchronization
import Telemetry

/// Takes the counters of the models out of the gateway now and then, adds them to the metrics, and
/// stores them.
///
/// A batch is sent until it is stored; what is counted meanwhile waits and makes up the next one.
/// One that the server refuses is given up and counted as lost, since it would be refused for ever.
/// What a killed process had not stored is lost too: see `PostgreSQLCounterStore`.
final class CounterKeeper: Sendable {
    private let drain: @Sendable () -> [CountedSeries]
    private let store: any CounterStore
    private let metrics: CounterMetrics
    private let log: LogWriter?
    private let periodMilliseconds: Int
    private let bell: Doorbell
    private let isStopping = Atomic<Bool>(false)
    private let state = Mutex(State())
    private let thread = Mutex<JoinableThread?>(nil)

    private struct State {
        /// What was sent and is not known to be stored; sent again unchanged, under its own name.
        var attempted: CounterBatch?
        /// What was counted since.
        var waiting: [CountedSeries] = []
        /// Whether the last attempt failed.
        var isFailing = false
    }

    /// Makes a keeper.
    ///
    /// - Parameters:
    ///   - drain: takes out what was counted.
    ///   - store: where it goes.
    ///   - registry: where the metrics are registered.
    ///   - periodSeconds: how often.
    ///   - log: where faults are told.
    /// - Throws: `SystemError` when no descriptor is left.
    init(
        drain: @escaping @Sendable () -> [CountedSeries],
        store: any CounterStore,
        registry: MetricsRegistry,
        periodSeconds: Int,
        log: LogWriter?
    ) throws(SystemError) {
        self.drain = drain
        self.store = store
        self.log = log
        periodMilliseconds = periodSeconds * 1_000
        bell = try Doorbell()
        metrics = CounterMetrics(registry)
    }

    /// Starts the thread that flushes.
    func start() {
        let thread = JoinableThread { [self] in
            while !isStopping.load(ordering: .acquiring) {
                bell.wait(timeoutMilliseconds: periodMilliseconds)
                flush()
            }
        }
        self.thread.withLock { $0 = thread }
    }

    /// Flushes a last time and ends the thread; called once, when no more requests are answered.
    func stop() {
        isStopping.store(true, ordering: .releasing)
        bell.ring()
        let thread = self.thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        thread?.join()
        flush()
    }

    /// Takes out what was counted and stores what can be stored; called by one thread at a time.
    func flush() {
        let fresh = drain()
        metrics.add(fresh)
        state.withLock { Self.merge(fresh, into: &$0.waiting) }
        // What was sent before goes first; then, in the same turn, what is new.
        for _ in 0..<2 {
            let batch = state.withLock { state -> CounterBatch? in
                if let attempted = state.attempted { return attempted }
                guard !state.waiting.isEmpty else { return nil }
                let batch = CounterBatch(
                    id: .version7(at: Clock.now()),
                    items: state.waiting
                )
                state.attempted = batch
                state.waiting = []
                return batch
            }
            guard let batch, send(batch) else { return }
        }
    }

    /// Stores a batch; `false` when it is to be sent again.
    private func send(_ batch: CounterBatch) -> Bool {
        do throws(CounterStoreError) {
            try store.add(batch)
        } catch {
            metrics.failures.add(1, [error.code])
            tell(error)
            guard error.isRefused else { return false }
            metrics.lost.add(batch.items.reduce(0) { $0 + $1.histogram.count })
            state.withLock { $0.attempted = nil }
            return true
        }
        let wasFailing = state.withLock { state in
            state.attempted = nil
            defer { state.isFailing = false }
            return state.isFailing
        }
        if wasFailing { log?.log(LogEvent(.info, "the counters of the models are stored again")) }
        return true
    }

    private func tell(_ error: CounterStoreError) {
        let isNew = state.withLock { state in
            defer { state.isFailing = true }
            return !state.isFailing
        }
        guard isNew else { return }
        log?.log(
            LogEvent(
                .warning,
                error.isRefused
                    ? "counters of the models were refused and are lost"
                    : "counters of the models could not be stored yet",
                [(.errorType, .text(error.code))]
            )
        )
    }

    private static func merge(_ fresh: [CountedSeries], into waiting: inout [CountedSeries]) {
        for counted in fresh {
            if let place = waiting.firstIndex(where: { $0.isSame(as: counted) }) {
                waiting[place].histogram.merge(counted.histogram)
            } else {
                waiting.append(counted)
            }
        }
    }
}
