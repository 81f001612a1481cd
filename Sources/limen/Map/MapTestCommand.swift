import Gateway
import JSON
import Posix

/// `limen map test`: runs the golden cases of profiles, each at the moment that it names.
enum MapTestCommand {
    /// Runs the command; exit code 1 when a case fails, 3 when a profile does not load.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "map test")
        var files = try ProfileFiles()
        var names: [String] = []
        for word in parsed.words { names.append(try files.name(word)) }
        if names.isEmpty { names = ProfileProject.names(in: files.files) }
        let startedAt = Clock.now()
        let runs = names.map { GoldenRun($0, in: files, filter: parsed.value("filter")) }
        if let filter = parsed.value("filter"),
            runs.allSatisfy({ $0.results.isEmpty && $0.faults.isEmpty })
        {
            throw CommandError(.usage, "no case has \(filter) in its name or file")
        }
        if let path = parsed.value("junit") {
            let report = JUnitReport(runs: runs, startedAt: startedAt)
            try write(Array(report.text.utf8), to: path)
        }
        let changes = parsed.has("update") ? try update(runs, in: files) : []
        if parsed.has("json") {
            Terminal.writeOutput(json(runs, changes) + "\n")
        } else {
            print(runs, changes, style: .output)
        }
        let codes = runs.map { run in
            let isMended = parsed.has("update") && run.failed.allSatisfy { $0.fault == nil }
            return isMended && run.exitCode == .findings ? ExitCode.ok : run.exitCode
        }
        return codes.max { $0.rawValue < $1.rawValue } ?? .ok
    }

    private static func print(_ runs: [GoldenRun], _ changes: [String], style: TextStyle) {
        let width = runs.map { TextStyle.width($0.name) }.max() ?? 0
        var lines = runs.flatMap { $0.lines(style, namesWidth: width) }
        if !changes.isEmpty {
            lines += ["", "updated, to be read before it is committed:"]
            lines += changes.flatMap { style.lines(TextStyle.safe($0), indent: 2) }
        }
        Terminal.writeOutput(lines.joined(separator: "\n") + "\n")
    }

    private static func json(_ runs: [GoldenRun], _ changes: [String]) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("format", "limen-map-test/1")
        writer.name("profiles")
        writer.beginArray()
        for run in runs { run.writeJSON(to: &writer) }
        writer.endArray()
        writer.name("updated")
        writer.beginArray()
        for change in changes { writer.value(change) }
        writer.endArray()
        writer.endObject()
        return writer.text
    }

    // MARK: --update

    /// Rewrites the expectations of failing cases.
    ///
    /// - Returns: what was changed, one line each.
    private static func update(
        _ runs: [GoldenRun],
        in files: ProfileFiles
    ) throws(CommandError) -> [String] {
        var changes: [String] = []
        // What a faulty profile or service gives is nothing to be expected.
        for run in runs where run.faults.isEmpty {
            let failed = run.failed.filter { $0.fault == nil }
            for file in Set(failed.map(\.golden.file)).sorted() {
                let outcomes = failed.filter { $0.golden.file == file }
                let bytes = files.files[file] ?? []
                let update: CaseUpdate?
                do {
                    update = try CaseUpdate.make(file: file, bytes: bytes, outcomes: outcomes)
                } catch {
                    throw CommandError(.badInput, files.text(error))
                }
                guard let update else { continue }
                let path = files.path(of: file)
                guard try ConfigurationFiles.bytes(path) == bytes else {
                    throw CommandError(
                        .badInput,
                        "\(file) was changed meanwhile and is left alone; run the update again"
                    )
                }
                try write(update.bytes, to: path)
                changes += lines(outcomes, file: files.shownPath(of: file))
            }
        }
        return changes
    }

    private static func lines(_ outcomes: [CaseOutcome], file: String) -> [String] {
        outcomes.flatMap { outcome in
            outcome.differences.map { difference in
                "\(file): \(outcome.golden.name): \(difference.member): "
                    + "\(difference.expected) -> \(difference.actual)"
            }
        }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(CommandError) {
        do {
            try File.writeAtomically(path: path, bytes, mode: 0o644)
        } catch {
            throw CommandError(.unavailable, "\(path) cannot be written: \(error.text)")
        }
    }
}
