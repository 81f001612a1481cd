import Audit
import AuditStore
import Basics
import Gateway
import JSON
import Posix

/// `limen audit recompute`: computes stored decisions again by the profile and model that each row
/// pins, and names every value that differs.
enum AuditRecomputeCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "audit recompute")
        guard parsed.words.count <= 1 else {
            throw CommandError(.usage, "say limen audit recompute [EVENT] --reason TEXT")
        }
        let access = try AuditAccess.choose(parsed)
        let reason = try AuditAccess.reason(parsed)
        var filter = try AuditFilterReader(arguments: parsed, access: access).filter()
        if let text = parsed.words.first {
            guard let id = UUIDBytes(text: text) else {
                throw CommandError(.usage, "an event is named by its UUID")
            }
            filter.eventID = id
        }
        if let kind = filter.kind, kind != .decision, kind != .evaluation {
            throw CommandError(.usage, "decisions and evaluations alone can be computed again")
        }
        let rowsMax = try parsed.integer("limit", default: 100_000, in: 1...10_000_000)
        let pinned = try profiles(parsed)
        let recomputation = Recomputation(pinned.profiles, knowledge: pinned.knowledge)
        let query = try access.open()
        // What is shown are values of patients where they differ: on record before any of them,
        // and once more with how many rows were read.
        var note = ReadNote("recompute", reason: reason)
        note.filter = try access.settled(filter, on: query)
        note.marks = [RecomputeMark.begun]
        if let id = filter.eventID { note.about = try event(id, access.tenant, query) }
        let begun = try access.record(note, on: query)
        var tally = RecomputeTally(isJSON: parsed.has("json"))
        let kinds: [AuditRecord.Kind] = filter.kind.map { [$0] } ?? [.decision, .evaluation]
        for kind in kinds {
            filter.kind = kind
            filter.cursor = nil
            try examine(filter, recomputation, rowsMax: rowsMax, query, &tally)
        }
        note.marks = [RecomputeMark.complete]
        note.about = begun
        note.rowCount = tally.rowCount
        try access.record(note, on: query)
        Terminal.writeOutput(tally.summary)
        guard tally.rowCount > 0 else {
            throw CommandError(.findings, "there are no such decisions that this auditor may read")
        }
        return tally.hasFindings ? .findings : .ok
    }

    /// The event that is to be computed again, so that its patient is in the row of the read.
    private static func event(
        _ id: UUIDBytes,
        _ tenant: String,
        _ query: borrowing AuditQuery
    ) throws(CommandError) -> AuditRecord? {
        do {
            return try query.show(id, of: tenant)?.record
        } catch {
            throw StoreSentence.commandError(error)
        }
    }

    private static func examine(
        _ filter: AuditFilter,
        _ recomputation: Recomputation,
        rowsMax: Int,
        _ query: borrowing AuditQuery,
        _ tally: inout RecomputeTally
    ) throws(CommandError) {
        var filter = filter
        while tally.rowCount < rowsMax {
            filter.limit = min(Limits.auditListRowsMax / 4, rowsMax - tally.rowCount)
            let page: AuditPage
            do {
                page = try query.list(filter, hasDocuments: true)
            } catch {
                throw StoreSentence.commandError(error)
            }
            for event in page.events {
                let lines = tally.add(event, recomputation.verdict(on: event))
                Terminal.writeOutput(lines)
            }
            guard let next = page.next else { return }
            filter.cursor = next
        }
        tally.isCut = true
    }

    /// The profiles of this checkout, and those of further folders with older versions.
    private static func profiles(
        _ parsed: Arguments
    ) throws(CommandError) -> (profiles: [LoadedProfile], knowledge: [InteractionKnowledge]) {
        var loaded: [LoadedProfile] = []
        var knowledge: [InteractionKnowledge] = []
        for folder in [try ConfigurationFiles.home() + "/Profiles"] + parsed.all("profiles") {
            guard Folder.isFolder(path: folder) else {
                throw CommandError(.badInput, "there is no folder \(folder)")
            }
            var files: [String: [UInt8]] = [:]
            for (name, bytes) in try ConfigurationFiles.read(folder: folder) {
                // Golden cases and pages are no part of what computes.
                guard !name.contains("/cases/") else { continue }
                files["Profiles/" + name] = bytes
            }
            let bases = InteractionKnowledge.all(in: files)
            knowledge += bases.loaded
            for name in bases.failed {
                Terminal.writeError(
                    "limen: \(folder)/\(name) does not load; its rows cannot be computed again\n"
                )
            }
            for name in ProfileProject.names(in: files) {
                let project = ProfileProject(name: name, files: files, now: Clock.now())
                guard let profile = project.loaded else {
                    Terminal.writeError(
                        "limen: \(folder)/\(name) does not load; its rows cannot be computed again\n"
                    )
                    continue
                }
                loaded.append(profile)
            }
        }
        return (loaded, knowledge)
    }
}
