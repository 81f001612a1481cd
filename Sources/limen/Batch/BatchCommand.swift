import AuditStore
import Basics
import Gateway
import Posix

/// `limen batch`: scores FHIR data of many patients, each with its audit row, to a table.
///
///     limen batch --profile news2 --in export/ --out results.csv --reason "weekly review"
enum BatchCommand {
    /// Runs the command; exit code 1 when data could not be read or is in conflict.
    static func run(_ arguments: [String]) async throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "batch")
        Signal.ignoreBrokenPipes()
        Signal.ignoreFileSizeLimit()
        Allocator.tune(coreCount: ResourceUsage.coreCount)
        let options = try BatchOptions(parsed)
        let profiles = try options.loadProfiles()
        let access = try BatchAccess.choose(parsed, home: try ConfigurationFiles.home())
        let lock = try takeLock(options)
        let content = try earlier(options)
        // Results may have come between the first look and the lock.
        if content == nil { try options.files.checkAbsent() }
        let batch = BatchJob(options: options, profiles: profiles, access: access)
        let sink = try access.openSink()
        defer { sink.close() }
        let code = try await batch.run(content, sink)
        _ = consume lock
        return code
    }

    /// Keeps a second process from the same files.
    private static func takeLock(_ options: BatchOptions) throws(CommandError) -> FileLock? {
        guard let path = options.files.journal else {
            try options.files.checkAbsent()
            return nil
        }
        if !File.exists(path: path) { try options.files.checkAbsent() }
        do throws(SystemError) {
            if let lock = try FileLock.take(path: path) { return lock }
        } catch {
            throw BatchFile.failure(error, path, isResumable: false)
        }
        throw CommandError(.unavailable, "another run is writing \(path)")
    }

    /// The journal of an earlier run that had come as far as to a checkpoint.
    private static func earlier(
        _ options: BatchOptions
    ) throws(CommandError) -> BatchJournal.Content? {
        guard let path = options.files.journal, let content = try BatchJournal.read(path),
            content.checkpoint != nil
        else { return nil }
        guard options.isResumed else {
            throw CommandError(
                .badInput,
                "\(path) is the journal of a run that has not ended: go on with it with --resume, "
                    + "or remove it with the .part files"
            )
        }
        return content
    }
}
