import Audit
import AuditStore
import Basics
import Gateway
import JSON
import Posix

/// `limen audit timeline` and `limen audit who-saw`: one patient, by the keyed pseudonym.
enum AuditPatientCommand {
    /// Tells what happened about a patient, call by call.
    static func timeline(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let (parsed, access, filter) = try question(
            arguments,
            of: "audit timeline"
        )
        let reason = try AuditAccess.reason(parsed, patient: parsed.words[0])
        let zone = try ZoneOffset.shown(parsed)
        var paged = filter
        paged.limit = try parsed.integer("limit", default: 200, in: 1...Limits.auditListRowsMax)
        let seal = CursorSeal(
            key: access.key,
            reader: access.login + "@" + access.tenant,
            purpose: "timeline"
        )
        if let text = parsed.value("cursor") {
            guard let opened = seal.open(text, paged) else {
                throw CommandError(
                    .usage,
                    "--cursor takes what an earlier timeline of the same patient gave out"
                )
            }
            paged.cursor = opened.cursor
        }
        let query = try access.open()
        var page: AuditPage
        do throws(AuditStoreError) {
            page = try query.list(paged, hasDocuments: true)
            for position in page.events.indices {
                page.events[position].answers = try query.answers(
                    to: page.events[position].record
                )
            }
        } catch {
            throw StoreSentence.commandError(error)
        }
        var note = ReadNote("timeline", reason: reason)
        note.filter = try access.settled(paged, on: query)
        note.rowCount = page.events.count
        try access.record(note, on: query)
        show(page.events, parsed.has("json"), zone)
        if let next = page.next {
            Terminal.writeError(
                "limen: earlier events follow: --cursor \(seal.text(next, paged))\n"
            )
        }
        return .ok
    }

    /// Tells who saw something of a patient.
    static func whoSaw(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let (parsed, access, filter) = try question(
            arguments,
            of: "audit who-saw"
        )
        let reason = try AuditAccess.reason(parsed, patient: parsed.words[0])
        let zone = try ZoneOffset.shown(parsed)
        let query = try access.open()
        let answer: (readers: PatientReaders, isCut: Bool)
        do {
            answer = try query.readers(filter)
        } catch {
            throw StoreSentence.commandError(error)
        }
        var note = ReadNote("who-saw", reason: reason)
        note.filter = try access.settled(filter, on: query)
        note.rowCount = answer.readers.eventCount
        try access.record(note, on: query)
        if parsed.has("json") {
            for reader in answer.readers.all {
                var writer = JSONWriter()
                reader.write(to: &writer)
                Terminal.writeOutput(writer.text + "\n")
            }
        } else {
            Terminal.writeOutput(table(answer.readers, zone))
        }
        if answer.isCut {
            Terminal.writeError(
                "limen: there are more events than were looked at (\(answer.readers.eventCount)); "
                    + "ask with --from and --to\n"
            )
        }
        return .ok
    }

    // MARK: Steps

    private static func question(
        _ arguments: [String],
        of command: String
    ) throws(CommandError) -> (Arguments, AuditAccess, AuditFilter) {
        let parsed = try Arguments(arguments, of: command)
        guard parsed.words.count == 1 else {
            throw CommandError(.usage, "say limen \(command) PATIENT --reason TEXT")
        }
        let access = try AuditAccess.choose(parsed)
        let reader = AuditFilterReader(arguments: parsed, access: access)
        var filter = try reader.filter()
        try reader.ask(for: parsed.words[0], in: &filter)
        return (parsed, access, filter)
    }

    /// The events call by call, the oldest call first.
    private static func show(_ events: [StoredEvent], _ isJSON: Bool, _ zone: ZoneOffset) {
        guard !events.isEmpty else {
            Terminal.writeError("limen: nothing is recorded of this patient in this time\n")
            return
        }
        if isJSON {
            for event in events.reversed() {
                var writer = JSONWriter()
                event.write(to: &writer)
                Terminal.writeOutput(writer.text + "\n")
            }
            return
        }
        var order: [UUIDBytes] = []
        var groups: [UUIDBytes: [StoredEvent]] = [:]
        for event in events.reversed() {
            let key = event.record.hookInstance ?? event.record.eventID
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(event)
        }
        let stories = order.map { key in
            let events = groups[key] ?? []
            return StoryPrinter.text(
                Story(hookInstance: events.first?.record.hookInstance, events: events),
                zone
            )
        }
        Terminal.writeOutput(stories.joined(separator: "\n"))
    }

    private static func table(_ readers: PatientReaders, _ zone: ZoneOffset) -> String {
        guard !readers.all.isEmpty else {
            return "nobody saw anything of this patient, by what is recorded in this time\n"
        }
        var table = TextTable()
        table.append([
            "how", "who", "user", "times", "first", "last", "covered", "what", "why",
        ])
        for reader in readers.all {
            table.append([
                reader.way.rawValue, reader.client, String(reader.user.prefix(24)),
                String(reader.count), zone.text(reader.first), zone.text(reader.last),
                covered(reader), reader.services.sorted().joined(separator: ", "),
                reader.reasons.joined(separator: "; "),
            ])
        }
        return table.lines().joined(separator: "\n") + "\n"
    }

    /// How far a reader's events were about this patient, in words.
    private static func covered(_ reader: PatientReaders.Reader) -> String {
        switch (reader.coverage, reader.way) {
        case (.patient, _): return "this patient"
        case (.all, .export): return "all patients: unfiltered export"
        case (.all, .answer), (.all, .result), (.all, .read): return "all patients: unfiltered"
        case (.perhaps, _):
            let names = reader.filters.sorted().joined(separator: ", ")
            return "perhaps: " + (names.isEmpty ? "a part of all rows" : "narrowed by " + names)
        }
    }
}
