import Audit
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
    private let marks: SpoolMarks

    /// How many entries wait to be sent to the database.
    var entryCount: Int { spool.status(now: Clock.now()).entryCount }

    /// Opens the spool and says in the log what it holds from before, and what of it is gone.
    ///
    /// The marks lie beside the key that signs the trail, and not with the segments: who removes
    /// those, or mounts something else in their place, leaves the marks. Each folder of segments has
    /// a folder of marks: two gateways may share a key while one takes the place of the other, and
    /// each has a spool of its own.
    static func open(
        _ settings: SpoolSettings,
        _ ledger: LedgerFolder,
        log: LogWriter
    ) throws(CommandError) -> SpoolService {
        let folder = try marksFolder(settings, ledger)
        let marks: SpoolMarks
        do throws(SystemError) {
            marks = try SpoolMarks(folder: folder)
        } catch {
            throw StateFolder.failure(error, folder)
        }
        let elsewhere = markCount(ledger, but: folder)
        if elsewhere > 0 {
            log.log(
                LogEvent(
                    .warning,
                    """
                    rows that were acknowledged lie in the local spool of another folder: of a gateway \
                    that runs with the same key, or of a start with another --spool
                    """,
                    [(.count, .number(elsewhere))]
                )
            )
        }
        var configuration = SpoolConfiguration(
            identity: settings.identity,
            session: .version4(),
            bytesMax: settings.bytesMax
        )
        configuration.marks = marks
        configuration.triedUntil = RefusedNotes.triedUntil(folder: settings.folder)
        let spool: Spool
        do {
            spool = try Spool.open(folder: settings.folder, configuration)
        } catch {
            throw settings.commandError(error)
        }
        if let lost = marks.untold {
            log.log(
                LogEvent(
                    .error,
                    """
                    segments of the local spool are gone: rows that were acknowledged are not in the \
                    trail
                    """,
                    [
                        (.count, .number(marks.lostSegmentCount)),
                        (.place, .text("\(Set(lost.map(\.log)).count) logs")),
                    ]
                )
            )
        }
        if marks.untoldFound != nil {
            log.log(LogEvent(.info, "segments of the local spool that were missed are back"))
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
        return SpoolService(shared: shared, spool: spool, notes: notes, marks: marks)
    }

    /// The folder of the marks in that of the signing key.
    private static let markFolder = "/spooled"

    /// The folder of the marks of one spool.
    private static func marksFolder(
        _ settings: SpoolSettings,
        _ ledger: LedgerFolder
    ) throws(CommandError) -> String {
        do throws(SystemError) {
            try Folder.create(path: settings.folder)
        } catch {
            throw StateFolder.failure(error, settings.folder)
        }
        let place = Folder.absolutePath(settings.folder) ?? settings.folder
        return ledger.path + markFolder + "/"
            + Hexadecimal.text(Digest.sha256(place)).prefix(16)
    }

    /// How many segments are marked in the folders of a ledger, but for one.
    private static func markCount(_ ledger: LedgerFolder, but own: String? = nil) -> Int {
        let root = ledger.path + markFolder
        let folders = ((try? Folder.names(path: root)) ?? []).map { root + "/" + $0 }
        return folders.reduce(0) { $1 == own ? $0 : $0 + SpoolMarks.count(folder: $1) }
    }

    /// Says in the log that a start without a spool leaves rows in one.
    static func tellUnused(_ ledger: LedgerFolder, log: LogWriter) {
        let count = markCount(ledger)
        guard count > 0 else { return }
        log.log(
            LogEvent(
                .error,
                """
                rows that were acknowledged lie in a local spool that this start does not use: start \
                with it, so that they reach the trail
                """,
                [(.count, .number(count))]
            )
        )
    }

    /// Puts on record, as rows of the trail, what of the spool is gone and what has come back.
    ///
    /// - Parameter append: Makes a row durable.
    /// - Throws: What keeps a row from being durable.
    func tellLoss(
        _ append: (SpoolLoss) async throws(CommandError) -> Void
    ) async throws(CommandError) {
        for (heads, isFound) in [(marks.untold, false), (marks.untoldFound, true)] {
            guard let heads else { continue }
            let named = heads.map { SpoolLoss.Head(log: $0.log, firstRow: $0.firstRow) }
            try await append(SpoolLoss(isFound: isFound, heads: named))
            // A note that fails is written once more at the next start, and so is the row.
            try? marks.told(isFound: isFound)
        }
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
        let marks = marks
        registry.gauge(
            "limen_spool_lost_segments",
            help: "Segments of the local spool that are gone with acknowledged rows."
        ) { marks.lostSegmentCount }
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
        let marks = marks
        return .init(
            name: "spool",
            note: {
                let notes = [
                    Self.note(lostSegmentCount: marks.lostSegmentCount),
                    HeldWatch.note(spool.status(now: Clock.now())),
                ].compactMap { $0 }
                return notes.isEmpty ? nil : notes.joined(separator: "; ")
            },
            isReady: { true }
        )
    }

    /// What is gone, for `/readyz`; `nil` when nothing is.
    static func note(lostSegmentCount count: Int) -> String? {
        guard count > 0 else { return nil }
        return "has lost \(count) segments with rows that were acknowledged; the trail and "
            + "limen audit verify name them"
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
