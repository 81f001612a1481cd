import Audit
import AuditStore
import Basics
import Gateway
import JSON
import Posix

/// `limen audit list`: events by who, what, when and with what outcome, newest first.
enum AuditListCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "audit list")
        try parsed.expectNoWords()
        let access = try AuditAccess.choose(parsed)
        let zone = try ZoneOffset.shown(parsed)
        var filter = try AuditFilterReader(arguments: parsed, access: access).filter()
        // The rows of a patient who is named are about that patient, whatever columns they show.
        let reason =
            filter.patientPseudonyms.isEmpty
            ? try AuditAccess.optionalReason(parsed) : try AuditAccess.reason(parsed)
        filter.limit = try parsed.integer("limit", default: 50, in: 1...Limits.auditListRowsMax)
        let seal = CursorSeal(
            key: access.key,
            reader: access.login + "@" + access.tenant,
            purpose: "list"
        )
        if let text = parsed.value("cursor") {
            guard let opened = seal.open(text, filter) else {
                throw CommandError(
                    .usage,
                    "--cursor takes what an earlier list of the same tenant, login and filter gave "
                        + "out"
                )
            }
            filter.cursor = opened.cursor
        }
        let query = try access.open()
        let page: AuditPage
        do {
            page = try query.list(filter)
        } catch {
            throw StoreSentence.commandError(error)
        }
        // The read is on record before anything of it is shown.
        var note = ReadNote("list", reason: reason)
        note.filter = try access.settled(filter, on: query)
        note.rowCount = page.events.count
        try access.record(note, on: query)
        if parsed.has("json") {
            for event in page.events {
                var writer = JSONWriter()
                event.write(to: &writer)
                Terminal.writeOutput(writer.text + "\n")
            }
        } else {
            Terminal.writeOutput(EventPrinter.list(page.events, zone))
        }
        if let next = page.next {
            Terminal.writeError("limen: more rows follow: --cursor \(seal.text(next, filter))\n")
        }
        return .ok
    }
}
