import Audit
import Basics
import JSON
import Testing

@Suite("AuditRecord as JSON")
struct AuditRecordTests {
    @Test("What a record does not have is left out")
    func small() throws {
        #expect(
            text(record)
                == #"{"eventId":"00000000-0000-0001-0000-000000000002","tenant":"demo","#
                + #""kind":"rejected-request","outcome":"no-cards","status":400,"#
                + #""startedAt":"1970-01-01T00:00:00.000001Z"}"#
        )
    }

    @Test("Documents stand as they were stored, bytes as hexadecimal text")
    func full() throws {
        var record = record
        record.result = Array(#"{"score":7.10}"#.utf8)
        record.traceID = [0x0a, 0xff]
        record.missingInputs = ["pulse"]
        record.cardIDs = [UUIDBytes(high: 0, low: 3)]
        var item = AuditFeedback(cardID: UUIDBytes(high: 0, low: 3), outcome: "accepted")
        item.userComment = "line\nbreak"
        record.feedback = [item]
        let text = text(record)
        #expect(text.contains(#""result":{"score":7.10}"#))
        #expect(text.contains(#""traceId":"0aff""#))
        #expect(text.contains(#""missingInputs":["pulse"]"#))
        #expect(
            text.contains(
                #""feedback":[{"card":"00000000-0000-0000-0000-000000000003","#
                    + #""outcome":"accepted","userComment":"line\nbreak"}]"#
            )
        )
        _ = try JSONDocument(parsing: text)
    }

    private var record: AuditRecord {
        AuditRecord(
            eventID: UUIDBytes(high: 1, low: 2),
            tenant: "demo",
            kind: .rejectedRequest,
            outcome: .noCards,
            startedAt: Instant(microseconds: 1),
            status: 400
        )
    }

    private func text(_ record: AuditRecord) -> String {
        var writer = JSONWriter()
        record.write(to: &writer)
        return writer.text
    }
}
