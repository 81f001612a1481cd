import Basics
import Posix

/// Where a batch writes: the results, the errors, the manifest, and the journal while it runs.
///
///     results.csv.part, results.csv.errors.ndjson.part, results.csv.journal      while it runs
///     results.csv, results.csv.errors.ndjson, results.csv.manifest.json          when it is done
struct BatchFiles {
    /// The path of the results; `nil` for standard output, which cannot be resumed.
    let output: String?
    let errors: String?
    let manifest: String?

    init(_ parsed: Arguments) throws(CommandError) {
        let path = parsed.value("out")
        output = path == "-" ? nil : path
        errors = parsed.value("errors") ?? output.map { $0 + ".errors.ndjson" }
        manifest = parsed.value("manifest") ?? output.map { $0 + ".manifest.json" }
        let paths = [output, errors, manifest].compactMap { $0 }
        guard Set(paths).count == paths.count else {
            throw CommandError(.usage, "--out, --errors and --manifest are files of their own")
        }
        guard output != nil || !parsed.has("resume") else {
            throw CommandError(.usage, "only a run with --out FILE can be resumed")
        }
        for path in paths {
            guard !File.exists(path: path) || Folder.isRegularFile(path: path) else {
                throw CommandError(.badInput, "\(path) is no regular file; name another")
            }
        }
    }

    /// The journal.
    var journal: String? { output.map { $0 + ".journal" } }
    /// The results while they grow.
    var outputPart: String? { output.map { $0 + ".part" } }
    /// The errors while they grow.
    var errorsPart: String? { errors.map { $0 + ".part" } }

    /// Refuses to write over what is there.
    func checkAbsent() throws(CommandError) {
        for path in [output, errors, manifest].compactMap({ $0 }) where File.exists(path: path) {
            throw CommandError(
                .badInput,
                "\(path) is there already and no run of it is open; remove it or name another file"
            )
        }
    }

    /// Gives the files their names, the results last, and removes the journal.
    ///
    /// Each step may have been done by a run that was killed in the middle of it.
    func publish(manifest bytes: [UInt8]) throws(CommandError) {
        do throws(SystemError) {
            try Self.publish(errorsPart, errors)
            if let manifest { try File.writeAtomically(path: manifest, bytes) }
            try Self.publish(outputPart, output)
            if let journal { try File.remove(path: journal) }
        } catch {
            throw BatchFile.failure(error, output ?? "the manifest", isResumable: output != nil)
        }
    }

    private static func publish(_ part: String?, _ path: String?) throws(SystemError) {
        guard let part, let path, File.exists(path: part) else { return }
        try File.move(from: part, to: path)
        try File.synchronizeFolder(of: path)
    }
}
