import AuditStore
import PostgreSQL
import Posix
import Synchronization
import Telemetry

/// Makes the months of the audit trail ahead of time while the service runs, and tells how the
/// store is.
final class MonthsKeeper: Sendable {
    /// How often it looks.
    private static let periodMinutes = 60

    private let settings: RunningService.Settings
    private let migrations: [MigrationFile]
    private let state = Mutex(State())

    /// What the store said last.
    private struct State {
        var monthsAhead: Int?
        var defaultBytes = 0
        var isCurrent = true
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

    /// Looks now and then every hour, on a thread of its own.
    func start() {
        look()
        Task.detached { [self] in
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(Self.periodMinutes * 60))
                look()
            }
        }
    }

    private func look() {
        do throws(AuditStoreError) {
            if let maintenance = settings.maintenance {
                try Maintenance.ensureMonths(maintenance)
                try Maintenance.rollUpCounters(maintenance)
                try Maintenance.purgeUsedTokens(maintenance)
                try Maintenance.purgeShown(maintenance)
            }
        } catch {
            Terminal.writeError(
                "limen: the upkeep of the audit store failed (\(error.code.rawValue))\n"
            )
        }
        do throws(AuditStoreError) {
            let health = try Maintenance.health(settings.writer, migrations: migrations)
            state.withLock {
                $0 = State(
                    monthsAhead: health.monthsAhead,
                    defaultBytes: health.defaultBytes,
                    isCurrent: health.isCurrent
                )
            }
        } catch {
            Terminal.writeError(
                "limen: the state of the store could not be read (\(error.code.rawValue))\n"
            )
        }
    }
}
