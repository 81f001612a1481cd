import AuditStore
import Basics
import Crypto
import Gateway
import Ledger
import Posix
import PostgreSQL
import Synchronization
import Telemetry

/// Keeps the tree signed while the service runs, and takes each checkpoint out of the database.
///
/// Where it goes: the file `checkpoints` beside the key; a further file that `LIMEN_LEDGER_COPY`
/// names, on another mount; and a command in `LIMEN_LEDGER_COMMAND`, which is given the note as its
/// last argument (`logger -t limen-checkpoint`, say).
final class LedgerKeeper: Sendable {
    private let sequencer: Sequencer
    private let latest: LatestCheckpoint
    private let standing: LedgerStanding

    /// Prepares a sequencer.
    ///
    /// - Throws: `CommandError` when the copies outside cannot be read or written.
    static func open(
        _ folder: LedgerFolder,
        _ identity: LogIdentity,
        _ settings: ConnectionSettings,
        _ registry: MetricsRegistry,
        _ log: LogWriter
    ) throws(CommandError) -> LedgerKeeper {
        let copies = try CheckpointCopies.open(folder)
        let keys = try folder.keys()
        for problem in copies.problems {
            log.log(
                LogEvent(
                    .warning,
                    "a copy of the checkpoints is not as configured",
                    [(.place, .text(problem))]
                )
            )
        }
        let latest = LatestCheckpoint()
        let standing = LedgerStanding()
        let size = registry.gauge(
            "limen_ledger_checkpoint_size",
            help: "How many leaves the last signed checkpoint of the audit trail covers."
        )
        let failures = registry.counter(
            "limen_ledger_failures_total",
            help: "Turns of the audit trail's sequencer that signed nothing, or left no copy.",
            labels: ["code"]
        )
        do {
            let sequencer = try Sequencer(
                settings,
                identity: identity,
                known: copies.last,
                trusted: keys,
                periodMilliseconds: periodSeconds * 1_000
            ) { event in
                switch event {
                case .signed(let note, let checkpoint):
                    standing.works()
                    size.set(Int(clamping: checkpoint.size))
                    latest.set(note)
                    guard let problem = copies.keep(note) else { return }
                    failures.add(1, ["copy"])
                    log.log(
                        LogEvent(.error, "a checkpoint was not copied", [(.place, .text(problem))])
                    )
                case .nothingKnown:
                    log.log(
                        LogEvent(
                            .warning,
                            "no copy of a checkpoint is here: a cut end of the trail goes unnoticed",
                            [(.place, .text(folder.path + "/checkpoints"))]
                        )
                    )
                case .refused(let error):
                    failures.add(1, ["refused"])
                    standing.fails(sentence(error))
                    log.log(
                        LogEvent(
                            .error,
                            "the audit trail is not signed",
                            [(.errorType, .text(sentence(error)))]
                        )
                    )
                case .failed(let error):
                    failures.add(1, ["database"])
                    standing.fails(error.code.rawValue)
                    log.log(
                        LogEvent(
                            .error,
                            "the audit trail cannot be signed",
                            [(.errorType, .text(error.code.rawValue))]
                        )
                    )
                case .unreadable(let events):
                    failures.add(events.count, ["unreadable"])
                    for event in events {
                        log.log(
                            LogEvent(
                                .error,
                                "a row of the audit trail cannot be read and is not signed",
                                [(.place, .text("event " + event.text))]
                            )
                        )
                    }
                case .recovered:
                    standing.works()
                    log.log(LogEvent(.info, "the audit trail is signed again"))
                }
            }
            return LedgerKeeper(sequencer: sequencer, latest: latest, standing: standing)
        } catch {
            throw CommandError(.unavailable, "the audit trail cannot be signed: \(error.text)")
        }
    }

    private init(sequencer: Sequencer, latest: LatestCheckpoint, standing: LedgerStanding) {
        self.sequencer = sequencer
        self.latest = latest
        self.standing = standing
    }

    /// What `/readyz` says of the tree: rows are durable without it, so traffic may come.
    var check: GatewayConfiguration.ReadinessCheck {
        .init(name: "ledger", note: { [standing] in standing.note() }, isReady: { true })
    }

    /// The last checkpoint as one line, for a response header; `nil` while there is none.
    var header: String? { latest.line }

    /// Begins to sign.
    func start() { sequencer.start() }

    /// Signs once more and ends.
    func stop() { sequencer.stop() }

    /// `LIMEN_LEDGER_SECONDS`, a whole number from 1 to 3600.
    static var periodSeconds: Int {
        let given = Terminal.environment("LIMEN_LEDGER_SECONDS").flatMap { Int($0) }
        return min(max(given ?? Limits.ledgerCheckpointSeconds, 1), 3_600)
    }

    private static func sentence(_ error: LedgerStateError) -> String {
        switch error {
        case .unreadable: "its state cannot be read"
        case .rolledBack: "the database is older than the last checkpoint outside of it"
        case .forked: "the database does not go on from the last checkpoint outside of it"
        case .unsignedRestore: "a leaf says that a restored database is in force, and is not signed"
        }
    }
}

/// The last checkpoint, for those who answer requests.
final class LatestCheckpoint: Sendable {
    private let state = Mutex<String?>(nil)

    var line: String? { state.withLock { $0 } }

    func set(_ note: SignedNote) {
        let line = Base64.text(Array(note.serialized.utf8))
        state.withLock { $0 = line }
    }
}
