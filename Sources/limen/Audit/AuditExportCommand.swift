import Audit
import AuditStore
import Basics
import Posix

/// `limen audit export`: a part of the trail as CSV, `AuditEvent` or `Provenance`.
///
/// Before the first byte leaves, it is on record that the export was begun, by whom and why; when
/// the last one is durable, how much left and its hash. It streams in constant memory, newest first,
/// up to the moment at which it was begun.
enum AuditExportCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "audit export")
        try parsed.expectNoWords()
        let format = try format(parsed)
        let access = try AuditAccess.choose(parsed)
        let reason = try AuditAccess.reason(parsed)
        var filter = try AuditFilterReader(arguments: parsed, access: access).filter()
        let now = Clock.now()
        filter.to = min(filter.to ?? now, now)
        filter.limit = Limits.auditListRowsMax / 2
        guard filter.cardID == nil else {
            throw CommandError(
                .usage,
                "an export is not made by card; limen audit list --card shows its few events"
            )
        }
        let query = try access.open()
        let file = try ExportFile(parsed.value("out"))
        var note = ReadNote("export", reason: reason)
        note.filter = try access.settled(filter, on: query)
        let facts = [
            (name: "format", value: format.rawValue),
            (name: "people", value: parsed.has("identified") ? "references" : "pseudonyms"),
        ]
        note.more = facts + [("state", ExportMark.begun)]
        let begun = try record(note, ExportMark.begun, access, query)
        var manifest = ExportManifest(
            format: format,
            tenant: access.tenant,
            filter: filter,
            login: access.login,
            reason: reason,
            begun: begun
        )
        try stream(
            &manifest,
            to: file,
            serverName: parsed.value("server-name") ?? "limen",
            isIdentified: parsed.has("identified"),
            as: access,
            from: query
        )
        try file.finish()
        manifest.byteCount = file.byteCount
        manifest.digest = file.digestText
        note.rowCount = manifest.rowCount
        note.about = begun
        note.more =
            facts + [
                ("state", ExportMark.complete), ("sha256", manifest.digest),
                ("bytes", String(manifest.byteCount)),
            ]
        try record(note, ExportMark.complete, access, query)
        try file.publish(manifest.json)
        Terminal.writeError("limen: \(manifest.rowCount) rows, SHA-256 \(manifest.digest)\n")
        return .ok
    }

    private static func format(_ parsed: Arguments) throws(CommandError) -> ExportFormat {
        let known = ExportFormat.allCases.map(\.rawValue).joined(separator: ", ")
        guard let text = parsed.value("format"), let format = ExportFormat(rawValue: text) else {
            throw CommandError(.usage, "--format takes one of: \(known)")
        }
        return format
    }

    @discardableResult
    private static func record(
        _ note: ReadNote,
        _ mark: String,
        _ access: AuditAccess,
        _ query: borrowing AuditQuery
    ) throws(CommandError) -> AuditRecord {
        var note = note
        note.marks = [mark]
        return try access.record(note, .auditExport, on: query)
    }

    private static func stream(
        _ manifest: inout ExportManifest,
        to file: ExportFile,
        serverName: String,
        isIdentified: Bool,
        as access: AuditAccess,
        from query: borrowing AuditQuery
    ) throws(CommandError) {
        var filter = manifest.filter
        // Only a Provenance needs the inputs, and only who asks gets references.
        let hasDocuments = manifest.format == .provenance || isIdentified
        try file.append(manifest.format.head)
        while manifest.rowCount < Limits.auditExportRowsMax {
            let page: AuditPage
            do {
                page = try query.list(filter, hasDocuments: hasDocuments)
            } catch {
                throw StoreSentence.commandError(error)
            }
            for var event in page.events {
                if !isIdentified { event.hidePeople(pseudonym: access.pseudonym) }
                guard let line = manifest.format.line(event, serverName: serverName) else {
                    continue
                }
                try file.append(line)
                manifest.add(event.record)
            }
            guard let next = page.next else { return }
            filter.cursor = next
        }
        throw CommandError(
            .badInput,
            "the export has more than \(Limits.auditExportRowsMax) rows and was not made; ask for "
                + "less with --from and --to"
        )
    }
}
