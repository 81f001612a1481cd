import AuditStore
import Basics
import JSON
import Posix
import Spool

/// `limen audit spool list|show|retry`: the entries that the database refuses.
///
/// They were acknowledged, so nothing here removes one. What is shown holds nothing of the rows.
enum RefusedPage {
    /// Lists them; exit code 1 when there are any.
    static func list(
        _ settings: SpoolSettings,
        _ parsed: Arguments
    ) throws(CommandError) -> ExitCode {
        let entries = try RefusedNotes.read(folder: settings.folder)
        if parsed.has("json") {
            for entry in entries { Terminal.writeOutput(json(entry) + "\n") }
        } else if entries.isEmpty {
            Terminal.writeOutput("the database has refused no entry of the spool\n")
        } else {
            for entry in entries {
                Terminal.writeOutput(
                    "\(entry.name)  \(entry.at.text)  \(entry.rowCount) rows  SQLSTATE "
                        + "\(entry.sqlState ?? "none")  log \(entry.log.text)\n"
                )
            }
            Terminal.writeOutput(
                "each stays, and so does what follows in its log; limen audit spool show "
                    + "SEGMENT/NUMBER says why, limen audit spool retry sends them again\n"
            )
        }
        return entries.isEmpty ? .ok : .findings
    }

    private static func json(_ entry: RefusedEntry) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("segment", Int(clamping: entry.segment))
        writer.member("number", Int(clamping: entry.sequence))
        writer.member("at", entry.at.text)
        writer.member("rows", entry.rowCount)
        writer.member("log", entry.log.text)
        writer.member("sqlState", ifPresent: entry.sqlState)
        writer.member("meaning", entry.sentence)
        writer.endObject()
        return writer.text
    }

    /// Says why one was refused, and what it consists of.
    static func show(_ name: String, _ settings: SpoolSettings) throws(CommandError) -> ExitCode {
        let entries = try RefusedNotes.read(folder: settings.folder)
        guard let entry = entries.first(where: { $0.name == name }) else {
            let parts = name.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ UInt64($0) != nil }) else {
                throw CommandError(
                    .usage,
                    "an entry is named SEGMENT/NUMBER, such as 3/17; limen audit spool list shows them"
                )
            }
            let names = entries.prefix(20).map(\.name).joined(separator: ", ")
            throw CommandError(
                .badInput,
                "\(name) is not refused; refused entries: \(names.isEmpty ? "none" : names)"
            )
        }
        var text = "entry \(entry.name) of log \(entry.log.text)\n"
        text += "  taken      \(entry.at.text)\n  rows       \(entry.rowCount)\n"
        text += "  SQLSTATE   \(entry.sqlState ?? "none")\n  meaning    \(entry.sentence)\n"
        if let found = try find(entry, settings) {
            for statement in RefusedEntry.statements(of: found) ?? [] {
                text += "  statement  \(statement.name), \(statement.byteCount) bytes\n"
            }
        }
        Terminal.writeOutput(text)
        return .findings
    }

    /// The entry in its segment; `nil` when it is not there any more.
    private static func find(
        _ entry: RefusedEntry,
        _ settings: SpoolSettings
    ) throws(CommandError) -> SpoolEntry? {
        let disk = FolderDisk(path: settings.folder)
        do throws(SpoolError) {
            let survey = try SpoolSurvey(of: disk, identity: settings.identity)
            var backlog = SpoolBacklog(survey)
            let reader = SpoolReader(disk: disk, identity: settings.identity)
            while let front = backlog.front {
                for found in try reader.read(front, entryCountMax: 64) {
                    if found.segment == entry.segment, found.sequence == entry.sequence {
                        return found.entry
                    }
                    backlog.settle(found)
                }
            }
            return nil
        } catch {
            throw settings.commandError(error)
        }
    }

    /// Asks the gateway to send them again; a start does so too.
    static func retry(_ settings: SpoolSettings) throws(CommandError) -> ExitCode {
        let lock: FileLock?
        do throws(SystemError) {
            lock = try FileLock.take(path: settings.folder + "/lock")
        } catch {
            throw StateFolder.failure(error, settings.folder)
        }
        if lock != nil {
            Terminal.writeOutput(
                "no gateway uses the spool \(settings.folder); its next start sends everything again\n"
            )
            return .ok
        }
        do throws(SystemError) {
            try RefusedNotes.ask(folder: settings.folder)
        } catch {
            throw StateFolder.failure(error, settings.folder)
        }
        Terminal.writeOutput(
            "the gateway was asked to send them again; limen audit spool list shows what came of it\n"
        )
        return .ok
    }
}
