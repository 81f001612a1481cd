import AuditStore
import Basics
import Gateway
import JSON
import Posix

/// One batch from its inputs to its files: a new one, or the rest of one.
struct BatchJob {
    let options: BatchOptions
    let profiles: [LoadedProfile]
    let access: BatchAccess
    private let started = Clock.monotonicMilliseconds()

    init(options: BatchOptions, profiles: [LoadedProfile], access: BatchAccess) {
        self.options = options
        self.profiles = profiles
        self.access = access
    }

    /// Reads, goes on where an earlier run was, and publishes the files.
    func run(
        _ earlier: BatchJournal.Content?,
        _ sink: PostgreSQLAuditSink
    ) async throws(CommandError) -> ExitCode {
        let rows = BatchRows(
            form: options.form,
            isExplained: options.isExplained,
            profiles: profiles
        )
        guard let earlier, let checkpoint = earlier.checkpoint else {
            let run = try newRun(from: nil)
            let source = try BatchSource(options.words, shard: options.shard) { run.report($0) }
            let pins = try options.pins(profiles, access, inputs: source.inputs)
            try run.start(pins, rows)
            return try await work(run, source, pins, rows, sink)
        }
        // The faults of reading were reported when the run began.
        let source = try BatchSource(options.words, shard: options.shard) { _ in }
        let pins = try self.pins(of: earlier, source)
        guard !checkpoint.isComplete else { return try publish(checkpoint, source, pins, done: 0) }
        let run = try newRun(from: checkpoint)
        try run.goOn(with: earlier)
        Terminal.writeError(
            "limen: going on behind \(checkpoint.counts.patients) patients that are done\n"
        )
        return try await work(run, source, pins, rows, sink)
    }

    private func newRun(from checkpoint: BatchCheckpoint?) throws(CommandError) -> BatchRun {
        try BatchRun(
            options.files,
            from: checkpoint,
            checkpointPatients: options.checkpointPatients
        )
    }

    /// The pins of the earlier run, when nothing has changed since.
    private func pins(
        of earlier: BatchJournal.Content,
        _ source: BatchSource
    ) throws(CommandError) -> BatchPins {
        let header = earlier.header.root
        var pins = try options.pins(profiles, access, inputs: source.inputs)
        try pins.adopt(
            header,
            path: options.files.journal ?? "",
            takesMoment: options.moment == .start
        )
        let differences = pins.differences(from: header)
        guard differences.isEmpty else {
            throw CommandError(
                .badInput,
                "the run cannot go on: " + differences.joined(separator: ", ")
                    + (differences.count == 1 ? " is" : " are")
                    + " not what it was started with; undo that, or remove the journal and the "
                    + ".part files and start anew"
            )
        }
        return pins
    }

    private func work(
        _ run: BatchRun,
        _ source: BatchSource,
        _ pins: BatchPins,
        _ rows: BatchRows,
        _ sink: PostgreSQLAuditSink
    ) async throws(CommandError) -> ExitCode {
        let artifacts = profiles.map { profile in
            PatientEvaluation.artifacts(
                job: pins.job,
                shard: pins.shard == .whole ? nil : pins.shard.text,
                reason: pins.reason,
                profile: profile
            )
        }
        let worker = BatchWorker(
            BatchWorker.Job(
                pins: pins,
                profiles: zip(profiles, artifacts).map { ($0, $1) },
                rows: rows,
                key: access.key,
                pseudonymKey: access.pseudonymKey
            ),
            files: source.files,
            retractions: source.retractions,
            sink: sink
        )
        // Not more rows at once than wait for a writer.
        let rowsOfPart = Limits.batchPartPatients * profiles.count
        let window = max(1, min(2 * options.jobs, Limits.auditQueueRowsMax / (rowsOfPart + 1)))
        let monitoring = BatchMonitoring(
            profiles,
            pins,
            key: access.key,
            store: PostgreSQLCounterStore(access.writer)
        )
        try await run.run(
            source,
            worker,
            monitoring,
            window: window,
            progress: BatchProgress(total: source.indexedCount)
        )
        let changed = source.changedPaths
        guard changed.isEmpty else {
            throw CommandError(
                .badInput,
                changed.joined(separator: ", ") + " changed while the run went on "
                    + "(\(DataFault.changed.rawValue)); its results are not published: remove the "
                    + "journal and the .part files and start anew"
            )
        }
        let checkpoint = try run.complete()
        if let code = monitoring.faultCode {
            Terminal.writeError(
                "limen: the results are whole; counters for limen model drift could not be stored "
                    + "(\(code))\n"
            )
        }
        return try publish(checkpoint, source, pins, done: run.donePatients)
    }

    private func publish(
        _ checkpoint: BatchCheckpoint,
        _ source: BatchSource,
        _ pins: BatchPins,
        done: Int
    ) throws(CommandError) -> ExitCode {
        let manifest = BatchManifest(
            pins: pins,
            checkpoint: checkpoint,
            files: options.files,
            replaced: replacedArtifacts(pins),
            milliseconds: Clock.monotonicMilliseconds() - started,
            patients: done
        )
        try options.files.publish(manifest: manifest.bytes)
        Terminal.writeError(manifest.summary)
        return checkpoint.counts.errors == 0 ? .ok : .findings
    }

    /// What of the configuration was replaced on disk since it was loaded.
    private func replacedArtifacts(_ pins: BatchPins) -> [String] {
        guard let profiles = try? options.loadProfiles() else { return ["a profile"] }
        let now = BatchPins.artifacts(profiles)
        return pins.artifacts.filter { pin in !now.contains { $0 == pin } }.map(\.name)
    }
}
