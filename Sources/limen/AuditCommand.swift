import Audit
import AuditStore
import Basics
import CDSHooks
import JSON
import Posix

/// `limen audit list|show`: the audit rows of a tenant, read as its auditor.
///
/// No row is shown before the read itself is durably on record.
enum AuditCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) async throws(CommandError) -> ExitCode {
        let parsed = try Arguments(
            arguments,
            values: [
                "patient", "service", "from", "to", "outcome", "kind", "hook-instance", "trace-id",
                "limit", "cursor", "tenant", "state", "arm",
            ],
            switches: ["json"]
        )
        switch try question(parsed.words) {
        case .list: return try await list(parsed, try AuditAccess.choose(parsed))
        case .show(let id): return try await show(parsed, try AuditAccess.choose(parsed), id)
        }
    }

    /// What is asked of the trail.
    private enum Question {
        case list
        case show(UUIDBytes)
    }

    private static func question(_ words: [String]) throws(CommandError) -> Question {
        switch words.first {
        case "list" where words.count == 1:
            return .list
        case "show" where words.count == 2:
            guard let id = UUIDBytes(text: words[1]) else {
                throw CommandError(
                    .usage,
                    "an event is named by its UUID, as limen audit list shows it"
                )
            }
            return .show(id)
        default:
            throw CommandError(.usage, "say limen audit list or limen audit show EVENT")
        }
    }

    private static func list(
        _ parsed: Arguments,
        _ access: AuditAccess
    ) async throws(CommandError) -> ExitCode {
        let reader = AuditFilterReader(arguments: parsed, access: access)
        let filter = try reader.filter()
        let page: AuditPage
        do {
            page = try AuditQuery.open(access.auditor).list(filter)
        } catch {
            throw StoreSentence.commandError(error)
        }
        // The read is on record before anything of it is shown.
        try await access.recordRead(
            flags: ["list"] + reader.names.map { "filter:" + $0 },
            patientPseudonym: filter.patientPseudonym
        )
        if parsed.has("json") {
            for event in page.events {
                var writer = JSONWriter()
                event.write(to: &writer)
                Terminal.writeOutput(writer.text + "\n")
            }
        } else {
            Terminal.writeOutput(EventPrinter.list(page.events))
        }
        if let next = page.next {
            Terminal.writeError("limen: more rows follow: --cursor \(next.text)\n")
        }
        return .ok
    }

    private static func show(
        _ parsed: Arguments,
        _ access: AuditAccess,
        _ id: UUIDBytes
    ) async throws(CommandError) -> ExitCode {
        let stored: StoredEvent?
        do {
            stored = try AuditQuery.open(access.auditor).show(id)
        } catch {
            throw StoreSentence.commandError(error)
        }
        try await access.recordRead(flags: ["show"], isFound: stored != nil)
        guard let stored else {
            throw CommandError(.findings, "there is no such event that this auditor may read")
        }
        var writer = JSONWriter()
        stored.write(to: &writer)
        Terminal.writeOutput(
            parsed.has("json") ? writer.text + "\n" : EventPrinter.story(stored, writer.bytes)
        )
        return .ok
    }
}
