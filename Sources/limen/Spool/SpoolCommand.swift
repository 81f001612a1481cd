import Basics
import Crypto
import JSON
import Posix
import Spool

/// `limen audit spool status|check|list|show|retry`: what lies in the spool, for who runs the
/// gateway.
///
/// It only reads, so it may run beside a gateway; what is being written at that moment can look
/// like a torn tail.
enum SpoolCommand {
    /// Runs the command; exit code 1 when something that was acknowledged cannot be used, or when
    /// not all that was found is shown.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "audit spool")
        let settings: SpoolSettings
        switch (parsed.words.first, parsed.words.count) {
        case ("status", 1), ("check", 1): settings = try Self.settings(parsed)
        case ("list", 1): return try RefusedPage.list(try Self.settings(parsed), parsed)
        case ("show", 2): return try RefusedPage.show(parsed.words[1], try Self.settings(parsed))
        case ("retry", 1): return try RefusedPage.retry(try Self.settings(parsed))
        default:
            throw CommandError(
                .usage,
                "say limen audit spool status, check, list, show SEGMENT/NUMBER or retry"
            )
        }
        let survey: SpoolSurvey
        do {
            survey = try SpoolSurvey(
                of: FolderDisk(path: settings.folder),
                identity: settings.identity,
                isOpeningBodies: parsed.words == ["check"]
            )
        } catch {
            throw settings.commandError(error)
        }
        Terminal.writeOutput(
            parsed.has("json") ? json(survey) : text(survey, folder: settings.folder)
        )
        let isSound = survey.omittedCount == 0 && !survey.findings.contains(where: \.isLoss)
        return isSound ? .ok : .findings
    }

    private static func settings(_ parsed: Arguments) throws(CommandError) -> SpoolSettings {
        let keysFolder = parsed.value("keys") ?? Terminal.environment("LIMEN_KEYS")
        if let keysFolder {
            guard let key = try ServeCommand.tenantKeys(keysFolder)["system"] else {
                throw CommandError(.badInput, "\(keysFolder) lacks system.key")
            }
            guard let folder = parsed.value("spool") ?? Terminal.environment("LIMEN_SPOOL") else {
                throw CommandError(.badInput, "name the folder of the spool with --spool")
            }
            return try SpoolSettings(folder: folder, systemKey: key)
        }
        let state = try StateFolder.open(try GatewayClient.statePath(parsed))
        return try SpoolSettings(
            folder: parsed.value("spool") ?? state.file("spool"),
            systemKey: try UpCommand.key(state, "tenant-system")
        )
    }

    private static func text(_ survey: SpoolSurvey, folder: String) -> String {
        var lines = ["spool \(folder)"]
        for segment in survey.segments {
            let scan = segment.scan
            var line = "segment \(segment.header.number)  \(scan.rowCount) rows"
            if let first = scan.firstAt { line += "  from \(first.text)" }
            if let last = scan.lastAt { line += "  to \(last.text)" }
            lines.append(line)
        }
        let rowCount = survey.segments.reduce(0) { $0 + $1.scan.rowCount }
        lines.append("\(rowCount) rows, \(survey.totalByteCount) bytes")
        for finding in survey.findings {
            lines.append("\(finding.kind.rawValue)  \(finding.place): \(finding.sentence)")
        }
        if survey.omittedCount > 0 {
            lines.append("\(survey.omittedCount) more findings, none of them a loss, are not shown")
        }
        if survey.findings.isEmpty { lines.append("nothing is wrong with it") }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func json(_ survey: SpoolSurvey) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("rows", survey.segments.reduce(0) { $0 + $1.scan.rowCount })
        writer.member("bytes", survey.totalByteCount)
        writer.member("segments", survey.segments.count)
        writer.name("findings")
        writer.beginArray()
        for finding in survey.findings {
            writer.beginObject()
            writer.member("kind", finding.kind.rawValue)
            if let segment = finding.segment { writer.member("segment", Int(clamping: segment)) }
            writer.member("offset", finding.offset)
            writer.member("isLoss", finding.isLoss)
            writer.endObject()
        }
        writer.endArray()
        writer.member("omitted", survey.omittedCount)
        writer.endObject()
        return writer.text + "\n"
    }
}
