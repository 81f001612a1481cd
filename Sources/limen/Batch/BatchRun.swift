import AuditStore
import Basics
import Gateway
import Posix

/// A batch on its way: reads, evaluates, records, writes, and notes how far it has come.
///
///     parts -> workers (read, map, evaluate, audit rows durable) -> lines in order -> checkpoint
///
/// Several parts are under way at once; their lines are written in the order of the patients. A
/// checkpoint speaks only of what is durable: the results and errors are flushed to the disk first.
/// Whatever a kill leaves behind the last checkpoint is cut off and made anew, under the same keys
/// of audit rows: a row that is there stays the only one, at the place that it was signed at.
final class BatchRun {
    private let files: BatchFiles
    private let checkpointPatients: Int
    private var output: BatchFile
    private var errors: BatchFile?
    private var journal: BatchJournal?
    private var checkpoint: BatchCheckpoint
    /// The last patient of the checkpoint that was noted last.
    private var notedLast: PatientHash?
    /// Up to whom an earlier process may have counted behind the checkpoint: the next checkpoint
    /// must stand there, so that the cases in between are counted once.
    private var countedTo: PatientHash?
    private var monitoring: BatchMonitoring?
    private var failure: CommandError?
    private var sinceCheckpoint = 0
    /// How many patients this process has done.
    private(set) var donePatients = 0

    /// Opens the files, cut back to the checkpoint, or empty ones.
    init(
        _ files: BatchFiles,
        from checkpoint: BatchCheckpoint?,
        checkpointPatients: Int
    ) throws(CommandError) {
        self.files = files
        self.checkpoint = checkpoint ?? BatchCheckpoint()
        notedLast = checkpoint?.last
        self.checkpointPatients = checkpointPatients
        if let path = files.outputPart {
            output = try BatchFile.open(
                path,
                keeping: checkpoint?.outputBytes ?? 0,
                digest: checkpoint?.outputDigest
            )
        } else {
            output = try BatchFile.standardOutput()
        }
        if let path = files.errorsPart {
            errors = try BatchFile.open(
                path,
                keeping: checkpoint?.errorBytes ?? 0,
                digest: checkpoint?.errorDigest
            )
        }
    }

    /// Takes a fault of reading; a run that goes on has them already.
    func report(_ finding: BatchFinding) {
        checkpoint.counts.add(fault: finding.code)
        do throws(CommandError) {
            try errors?.append(finding.bytes)
        } catch {
            failure = failure ?? error
        }
    }

    /// Writes the header of the journal, and that everything was read.
    func start(_ pins: BatchPins, _ rows: BatchRows) throws(CommandError) {
        if let failure { throw failure }
        if let path = files.journal {
            let journal = try BatchJournal.open(path, keeping: 0)
            try journal.append(pins.json)
            self.journal = journal
        }
        try output.append(rows.header)
        try note()
    }

    /// Goes on with the journal of an earlier run.
    func goOn(with content: BatchJournal.Content) throws(CommandError) {
        countedTo = content.countedTo
        guard let path = files.journal else { return }
        journal = try BatchJournal.open(path, keeping: content.byteCount)
    }

    /// Works through all patients that are not done yet.
    func run(
        _ source: BatchSource,
        _ worker: BatchWorker,
        _ monitoring: BatchMonitoring,
        window: Int,
        progress: BatchProgress
    ) async throws(CommandError) {
        self.monitoring = monitoring
        var parts = source.parts(after: checkpoint.last)
        var underway: [Task<BatchWorker.Outcome, Never>] = []
        defer { for task in underway { task.cancel() } }
        var isAtEnd = false
        while true {
            while !isAtEnd, underway.count < window {
                guard let part = try parts.next() else {
                    isAtEnd = true
                    break
                }
                underway.append(Task.detached { await worker.run(part) })
            }
            guard let first = underway.first else { break }
            let outcome = await first.value
            // A task keeps its outcome for as long as it is kept.
            underway.removeFirst()
            do throws(CommandError) {
                try take(outcome, progress)
            } catch {
                // Rows of later parts may be on their way; nothing of them is written.
                for task in underway { task.cancel() }
                for task in underway { _ = await task.value }
                throw error
            }
        }
        progress.end()
    }

    private func take(
        _ outcome: BatchWorker.Outcome,
        _ progress: BatchProgress
    ) throws(CommandError) {
        if let failure = outcome.failure {
            // What came before it is durable and worth keeping.
            if countedTo == nil { try note() }
            throw failure
        }
        try output.append(outcome.lines)
        if files.output == nil { try output.flush() }
        try errors?.append(outcome.findings)
        monitoring?.count(outcome.seen)
        checkpoint.last = outcome.last
        checkpoint.counts.add(outcome.counts)
        donePatients += outcome.counts.patients
        sinceCheckpoint += outcome.counts.patients
        progress.add(resources: outcome.counts.resources, patients: outcome.counts.patients)
        let isDue =
            countedTo.map { $0 == checkpoint.last } ?? (sinceCheckpoint >= checkpointPatients)
        if isDue { try note() }
    }

    /// Notes that all is done.
    func complete() throws(CommandError) -> BatchCheckpoint {
        checkpoint.isComplete = true
        try note()
        return checkpoint
    }

    private func note() throws(CommandError) {
        sinceCheckpoint = 0
        try output.synchronize()
        try errors?.synchronize()
        checkpoint.outputBytes = output.byteCount
        checkpoint.outputDigest = output.digestText
        checkpoint.errorBytes = errors?.byteCount ?? 0
        checkpoint.errorDigest = errors?.digestText ?? ""
        if let monitoring, let last = checkpoint.last, last != notedLast {
            try journal?.announceCounting(to: last)
            monitoring.store(behind: notedLast)
        }
        countedTo = nil
        notedLast = checkpoint.last
        try journal?.append(checkpoint.json)
    }
}
