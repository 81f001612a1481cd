import Audit
import AuditStore
import Basics
import JSON
import Posix

/// `limen audit show`: one event with its story and all it holds.
enum AuditShowCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "audit show")
        guard parsed.words.count == 1, let id = UUIDBytes(text: parsed.words[0]) else {
            throw CommandError(
                .usage,
                "say limen audit show EVENT: an event is named by its UUID, as limen audit list "
                    + "shows it"
            )
        }
        let access = try AuditAccess.choose(parsed)
        let reason = try AuditAccess.optionalReason(parsed)
        let zone = try ZoneOffset.shown(parsed)
        let query = try access.open()
        let stored: StoredEvent?
        var story: Story?
        do throws(AuditStoreError) {
            stored = try query.show(id, of: access.tenant)
            if let stored { story = try query.story(of: stored) }
        } catch {
            throw StoreSentence.commandError(error)
        }
        if let stored, stored.speaksOfPatient { _ = try AuditAccess.reason(parsed) }
        var note = ReadNote("show", reason: reason)
        note.about = stored?.record
        note.rowCount = story?.events.count ?? 0
        try access.record(note, on: query, isFound: stored != nil)
        guard let stored, let story else {
            throw CommandError(.findings, "there is no such event that this auditor may read")
        }
        if stored.namesakeCount > 0 {
            Terminal.writeError(
                "limen: \(stored.namesakeCount) more rows bear this id, which is to name one event: "
                    + "limen audit list --event \(id.text) shows them all\n"
            )
        }
        var writer = JSONWriter()
        stored.write(to: &writer)
        if parsed.has("json") {
            Terminal.writeOutput(writer.text + "\n")
        } else {
            Terminal.writeOutput(
                StoryPrinter.text(story, zone) + "\n" + EventPrinter.story(stored, writer.bytes)
            )
        }
        return .ok
    }
}
