import Audit
import Basics
import Crypto
import HTTPMessages
import JSON

/// Gives a part of an export: there is no export to be guessed, only a cursor that its own caller
/// can use with the same question.
///
/// Each part is an event of the trail before it leaves. Header fields say how many rows have left
/// so far, the hash over all parts, and where the next begins, or that this was the last. The hash
/// is a chain, h = SHA-256(h of the part before || part), 32 zeros before the first.
struct AuditExportDesk {
    let desk: AuditDesk

    /// What is carried from part to part in the cursor.
    private struct Progress {
        var until: Instant
        var rowCount: UInt64 = 0
        var digest = [UInt8](repeating: 0, count: Digest.sha256ByteCount)
        var begun: UUIDBytes

        init(until: Instant, begun: UUIDBytes) {
            self.until = until
            self.begun = begun
        }

        init?(_ bytes: [UInt8]) {
            guard bytes.count == 64, let begun = UUIDBytes(bytes[16..<32]) else { return nil }
            let until = bytes[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            self.until = Instant(microseconds: Int64(bitPattern: until))
            rowCount = bytes[8..<16].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            self.begun = begun
            digest = Array(bytes[32...])
        }

        var bytes: [UInt8] {
            func big(_ value: UInt64) -> [UInt8] {
                stride(from: 56, through: 0, by: -8).map {
                    UInt8(truncatingIfNeeded: value >> UInt64($0))
                }
            }
            return big(UInt64(bitPattern: until.microseconds)) + big(rowCount) + begun.bytes
                + digest
        }
    }

    /// Answers `POST /audit/exports`.
    func part(_ request: HTTPRequest) async throws(GatewayError) -> AuditDesk.Answer {
        let known = AuditQuestion.inBody.subtracting(["limit", "card"])
            .union(["format", "identified"])
        let question = try await desk.body(request, known)
        guard question.reason != nil else { throw GatewayError(.reasonMissing) }
        let formats = ["csv", "audit-event", "provenance"]
        guard let format = question.more["format"], formats.contains(format) else {
            throw AuditQuestion.fault("/format", "Accepted: csv, audit-event, provenance.")
        }
        var filter = question.filter
        filter.tenant = desk.tenant
        let purpose = "export/" + format + (question.isIdentified ? "/identified" : "")
        let seal = desk.seal(purpose)
        var progress = Progress(until: min(filter.to ?? desk.now, desk.now), begun: desk.eventID)
        var asked = filter
        if let text = question.cursor {
            guard let opened = seal.open(text, filter), let carried = Progress(opened.extra) else {
                throw GatewayError(.cursorRefused)
            }
            progress = carried
            asked.cursor = opened.cursor
        }
        asked.to = progress.until
        asked.limit = Limits.auditExportPartRowsMax
        let needsDocuments = format == "provenance" || question.isIdentified
        let page = try await desk.page(asked, needsDocuments ? .documents : .columns)
        var body: [UInt8] = question.cursor == nil && format == "csv" ? AuditCSV.header : []
        for event in page.events {
            guard let line = line(event, format, question.isIdentified) else { continue }
            body += line
            progress.rowCount += 1
        }
        progress.digest = Digest.sha256(progress.digest + body)
        return answer(question, filter, page, progress, format, body, seal)
    }

    private func answer(
        _ question: AuditQuestion,
        _ filter: AuditFilter,
        _ page: AuditPage,
        _ progress: Progress,
        _ format: String,
        _ body: [UInt8],
        _ seal: CursorSeal
    ) -> AuditDesk.Answer {
        var note = ReadNote("export", reason: question.reason)
        note.filter = filter
        note.rowCount = page.events.count
        note.more = [
            ("format", format), ("people", question.isIdentified ? "references" : "pseudonyms"),
            ("total", String(progress.rowCount)),
            ("digest", Hexadecimal.text(progress.digest)),
        ]
        if question.cursor == nil { note.marks.append(ExportMark.begun) }
        if page.next == nil { note.marks.append(ExportMark.complete) }
        var answer = AuditDesk.Answer(note: note, kind: .auditExport, body: body)
        answer.cause = question.cursor == nil ? nil : progress.begun
        answer.type =
            format == "csv" ? "text/csv; charset=utf-8; header=present" : "application/fhir+ndjson"
        answer.fields = [
            ("Limen-Export", progress.begun.text),
            ("Limen-Export-Rows", String(progress.rowCount)),
            ("Limen-Export-Digest", Hexadecimal.text(progress.digest)),
        ]
        if let next = page.next {
            let text = seal.text(next, filter, extra: progress.bytes)
            answer.fields.append(("Limen-Export-Next", text))
        } else {
            answer.fields.append(("Limen-Export-Complete", "true"))
        }
        return answer
    }

    private func line(
        _ event: StoredEvent,
        _ format: String,
        _ isIdentified: Bool
    ) -> [UInt8]? {
        var event = event
        if !isIdentified { event.hidePeople(pseudonym: desk.pseudonym) }
        guard format != "csv" else { return AuditCSV.line(event) }
        var writer = JSONWriter(reservingBytes: 2_048)
        if format == "audit-event" {
            FHIRAuditEvent.write(event, serverName: "limen", to: &writer)
        } else {
            guard FHIRProvenance.applies(to: event.record) else { return nil }
            FHIRProvenance.write(event, serverName: "limen", to: &writer)
        }
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}
