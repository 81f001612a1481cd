import AuditStore
import PostgreSQL
import Posix
import Synchronization
import Telemetry

/// Makes the months of the audit trail ahead of time while the service runs, and tells how the
/// store is.
final class MonthsKeeper: Sendable {
    /// How often it looks.
    private static let periodSeconds = 3_600
    /// How often it looks while it cannot.
    private static let retrySeconds = 5

    private let settings: RunningService.Settings
    private let migrations: [MigrationFile]
    private let state = Mutex(State())

    /// What the store said last.
    private struct State {
        var monthsAhead: Int?
        var defaultBytes = 0
        var isCurrent = true
        /// Whether the last look failed, which is told once.
        var isFailing = false
    }

    /// Makes a keeper with its gauges.
    init(
        settings: RunningService.Settings,
        migrations: [MigrationFile],
        _ registry: MetricsRegistry
    ) {
        self.settings = settings
        self.migrations = migrations
        registry.gauge(
            "limen_audit_months_ahead",
            help: "Months to come for which the audit trail has partitions."
        ) { [self] in state.withLock { $0.monthsAhead ?? 0 } }
        registry.gauge(
            "limen_audit_default_partition_bytes",
            help: "Bytes of rows for which no month was there; zero when all is well."
        ) { [self] in state.withLock { $0.defaultBytes } }
    }

    /// Whether the database had the migrations of this program when it was last asked.
    var isCurrent: Bool { state.withLock { $0.isCurrent } }

    /// Whether the next month is there.
    var hasRoom: Bool { state.withLock { ($0.monthsAhead ?? 1) >= 1 } }

    /// Looks now and then every hour, and soon again while it cannot.
    ///
    /// - Parameter isAway: Whether the database is known to be away, so that nobody waits for it.
    func start(isAway: Bool) {
        let first = isAway ? false : look()
        Task.detached { [self] in
            var isDone = first
            while !Task.isCancelled {
                let seconds = isDone ? Self.periodSeconds : Self.retrySeconds
                try? await Task.sleep(for: .seconds(seconds))
                isDone = look()
            }
        }
    }

    /// One look; answers whether all of it was done.
    private func look() -> Bool {
        var problems: [String] = []
        do throws(AuditStoreError) {
            if let maintenance = settings.maintenance {
                try Maintenance.ensureMonths(maintenance)
                try Maintenance.rollUpCounters(maintenance)
                try Maintenance.purgeUsedTokens(maintenance)
                try Maintenance.purgeShown(maintenance)
            }
        } catch {
            problems.append("the upkeep of the audit store failed (\(error.code.rawValue))")
        }
        do throws(AuditStoreError) {
            let health = try Maintenance.health(settings.writer, migrations: migrations)
            state.withLock { state in
                state.monthsAhead = health.monthsAhead
                state.defaultBytes = health.defaultBytes
                state.isCurrent = health.isCurrent
            }
        } catch {
            problems.append("the state of the store could not be read (\(error.code.rawValue))")
        }
        let isNews = state.withLock { state in
            defer { state.isFailing = !problems.isEmpty }
            return !state.isFailing
        }
        if isNews { for problem in problems { Terminal.writeError("limen: \(problem)\n") } }
        return problems.isEmpty
    }
}
