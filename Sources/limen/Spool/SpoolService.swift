import AuditStore
import Basics
import Crypto
import Gateway
import Posix
import Spool
import Telemetry

/// The spool of a running gateway: opened, told about in the log, counted in the metrics.
struct SpoolService: Sendable {
    /// What the writers share.
    let shared: AuditSpool
    private let spool: Spool
    private let notes: RefusedNotes

    /// How many entries wait to be sent to the database.
    var entryCount: Int { spool.status(now: Clock.now()).entryCount }

    /// Opens the spool and says in the log what it holds from before.
    static func open(
        _ settings: SpoolSettings,
        log: LogWriter
    ) throws(CommandError) -> SpoolService {
        var configuration = SpoolConfiguration(
            identity: settings.identity,
            session: .version4(),
            bytesMax: settings.bytesMax
        )
        configuration.triedUntil = RefusedNotes.triedUntil(folder: settings.folder)
        let spool: Spool
        do {
            spool = try Spool.open(folder: settings.folder, configuration)
        } catch {
            throw settings.commandError(error)
        }
        let status = spool.status(now: Clock.now())
        if status.rowCount > 0 {
            log.log(
                LogEvent(
                    .info,
                    "rows of an earlier start wait in the local spool",
                    [(.count, .number(status.rowCount))]
                )
            )
        }
        for finding in status.findings {
            let level: LogEvent.Severity = finding.isLoss ? .error : .warning
            log.log(
                LogEvent(
                    level,
                    "something was found in the files of the local spool",
                    [
                        (.errorType, .text(finding.kind.rawValue)),
                        (.place, .text(finding.place)),
                    ]
                )
            )
        }
        let notes = RefusedNotes(folder: settings.folder)
        let isHeld = { @Sendable (refused: RefusedEntry) in
            spool.isHeld(log: refused.log, segment: refused.segment, sequence: refused.sequence)
        }
        let shared = AuditSpool(spool) { event in
            switch event {
            case .held(let refused): notes.add(refused, ifStill: isHeld)
            case .retried: notes.keepOnly(isHeld)
            case .began, .drained, .drainedExceptHeld, .refused, .clockSetBack, .damaged: break
            }
            log.log(Self.event(event))
        }
        let watch = HeldWatch(spool: spool, folder: settings.folder, log: { log.log($0) })
        notes.watch(each: { watch.look(at: Clock.now()) }) { shared.retryRefused() }
        return SpoolService(shared: shared, spool: spool, notes: notes)
    }

    private static func event(_ event: SpoolEvent) -> LogEvent {
        switch event {
        case .began:
            LogEvent(.warning, "the database is away: rows of the trail go to the local spool")
        case .drained(let rowCount):
            LogEvent(
                .info,
                "all rows of the local spool are in the trail",
                [(.count, .number(rowCount))]
            )
        case .drainedExceptHeld(let rowCount, let heldEntryCount):
            LogEvent(
                .warning,
                "the local spool holds nothing more but what the database refuses or is damaged",
                [
                    (.count, .number(rowCount)),
                    (.place, .text("\(heldEntryCount) entries are held")),
                ]
            )
        case .retried: LogEvent(.info, "refused rows of the spool are tried again")
        case .refused(let error):
            LogEvent(
                .error,
                "the local spool takes no rows",
                [(.errorType, .text(error.code.rawValue))]
            )
        case .held(let refused):
            LogEvent(
                .error,
                "the database refuses rows of the spool: they stay there",
                [
                    (.errorType, .text(SpoolError.Code.rowRefused.rawValue)),
                    (.sqlState, .text(refused.sqlState ?? "")),
                    (.place, .text(refused.name)),
                ]
            )
        case .clockSetBack:
            LogEvent(
                .warning,
                "the clock was set back while rows were spooled; they keep their order"
            )
        case .damaged(let error):
            LogEvent(
                .error,
                "the spool holds records that cannot be used",
                [
                    (.errorType, .text(error.code.rawValue)),
                    (.place, .text(error.finding?.place ?? "")),
                ]
            )
        }
    }

    /// Registers the gauges; none of them says anything about a patient.
    func register(in registry: MetricsRegistry) {
        let spool = spool
        let status = { @Sendable () -> SpoolStatus in spool.status(now: Clock.now()) }
        registry.gauge(
            "limen_spool_rows",
            help: "Rows in the local spool that are not in the database yet."
        ) { status().rowCount }
        registry.gauge(
            "limen_spool_held_entries",
            help: "Batches in the local spool that the database refuses or that are damaged."
        ) { status().heldEntryCount }
        registry.gauge(
            "limen_spool_bytes",
            help: "Bytes of the local spool that are in use."
        ) { status().byteCount }
        registry.gauge(
            "limen_spool_bytes_max",
            help: "Bytes that the local spool may use."
        ) { status().byteCountMax }
        registry.gauge(
            "limen_spool_age_seconds",
            help: "Age of the oldest row in the local spool that waits for the database."
        ) { status().ageSeconds }
        registry.gauge(
            "limen_spool_held_age_seconds",
            help: "Age of the oldest batch in the local spool that the database refuses."
        ) { status().heldAgeSeconds }
        registry.gauge(
            "limen_spool_alarms",
            help: """
                Alarms of the local spool that are on (filling, aging, full, damage, held, \
                held-long, disk).
                """
        ) { status().alarms.count }
    }

    /// What `/readyz` says of the spool: held entries stop nobody, and are named.
    var check: GatewayConfiguration.ReadinessCheck {
        let spool = spool
        return .init(
            name: "spool",
            note: { HeldWatch.note(spool.status(now: Clock.now())) },
            isReady: { true }
        )
    }

    /// Whether rows are durable without the database at this moment.
    var takesRows: Bool { spool.takesEntries(now: Clock.now()) }

    /// Whether there are rows that are not in the database yet.
    var holdsRows: Bool { spool.status(now: Clock.now()).rowCount > 0 }

    /// Ends the writer of the spool; after the sink.
    func close() {
        notes.end()
        spool.close()
    }
}
