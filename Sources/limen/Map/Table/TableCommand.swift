import Basics
import CDSHooks
import JSON
import Mapping
import Posix
import SQLOnFHIR

/// `limen map table`: runs a ViewDefinition over FHIR data.
enum TableCommand {
    private static let usage =
        "say limen map table VIEW DATA..., with a view's file or the name of a shipped view, "
        + "or limen map table --profile NAME DATA...; DATA is files, folders or -"

    /// Runs the command; exit code 1 when a document or a resource gave a finding.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "map table")
        let view: ViewDefinition
        let files: DataFiles
        if let profile = parsed.value("profile") {
            view = try self.view(profile: profile)
            files = try DataFiles(parsed.words)
        } else {
            guard parsed.words.count >= 2, let name = parsed.words.first else {
                throw CommandError(.usage, usage)
            }
            let path = try path(name)
            view = try definition(try document(path), path)
            files = try DataFiles(Array(parsed.words.dropFirst()))
        }
        let output = try output(parsed)
        var run = TableRun(
            view: view,
            output: output,
            format: try format(parsed),
            now: try moment(parsed)
        )
        let progress = ProgressLine(totalBytes: files.byteCount, isAskedFor: parsed.has("progress"))
        try run.read(files, progress: progress)
        return try run.finish()
    }

    // MARK: The command line

    private static func format(_ parsed: Arguments) throws(CommandError) -> TableOutput.Format {
        let isShown = parsed.value("out") == nil && Terminal.isOutputTerminal
        guard let text = parsed.value("format") else {
            if parsed.has("json") { return .file(.json) }
            return isShown ? .text : .file(.csv)
        }
        if text == "text" { return .text }
        guard let format = ViewTableWriter.Format(rawValue: text) else {
            throw CommandError(.usage, "--format takes csv, ndjson, json or text")
        }
        return .file(format)
    }

    private static func output(_ parsed: Arguments) throws(CommandError) -> PendingFile? {
        guard let path = parsed.value("out") else { return nil }
        do {
            return try PendingFile(path: path)
        } catch {
            throw CommandError(.badInput, "\(path) cannot be written: \(error.text)")
        }
    }

    private static func moment(_ parsed: Arguments) throws(CommandError) -> Instant {
        guard let text = parsed.value("at") else { return Clock.now() }
        guard let moment = Instant(rfc3339: text) else {
            throw CommandError(.usage, "--at takes a time such as 2026-05-04T10:00:00Z")
        }
        return moment
    }

    // MARK: The view

    /// The shipped view of all observations, restricted to the codes of a profile.
    private static func view(profile name: String) throws(CommandError) -> ViewDefinition {
        let codes = try ProfileFolder(name).profile.codes
        let path = try path("observations")
        let bytes = ProfileView.document(try document(path).root, codes: codes)
        do {
            return try definition(try JSONDocument(parsing: bytes), path)
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError(.badInput, "\(path) has a filter or a constant already")
        }
    }

    private static func document(_ path: String) throws(CommandError) -> JSONDocument {
        let bytes = try ConfigurationFiles.bytes(path)
        do {
            return try JSONDocument(parsing: bytes)
        } catch {
            throw CommandError(
                .badInput,
                "\(path) is not JSON: \(error.sentence) (byte \(error.offset))"
            )
        }
    }

    private static func definition(
        _ document: JSONDocument,
        _ path: String
    ) throws(CommandError) -> ViewDefinition {
        do {
            return try ViewDefinition(parsing: document)
        } catch {
            throw CommandError(.badInput, "\(path): \(error.sentence) (\(error.code.rawValue))")
        }
    }

    /// The path of a view's file, or of a shipped view by its name.
    private static func path(_ name: String) throws(CommandError) -> String {
        guard !File.exists(path: name), !name.contains("/"), !name.hasSuffix(".json") else {
            return name
        }
        let folder = try ConfigurationFiles.home() + "/Profiles/views"
        let shipped = folder + "/\(name).view.json"
        if File.exists(path: shipped) { return shipped }
        let names = ((try? Folder.names(path: folder)) ?? []).filter { $0.hasSuffix(".view.json") }
            .map { String($0.dropLast(".view.json".count)) }
        throw CommandError(
            .usage,
            "there is no view \(name); shipped are \(names.joined(separator: ", "))"
        )
    }
}
