import Audit
import Basics
import Crypto
import JSON

/// What stands beside an export: how much there is of it, and whether it is whole.
///
///     {"format":"limen-audit-export/1","complete":true,"rows":1204,"bytes":2103412,
///      "sha256":"...","first":{...},"last":{...},"tenant":"demo","filter":["kind"],
///      "madeBy":"limen_auditor_demo","reason":"...","event":"0199..."}
///
/// An export without one is not whole: it is written last, when all of the rows are durable.
struct ExportManifest {
    var format: ExportFormat
    var tenant: String
    var filter: AuditFilter
    var login: String
    var reason: String
    /// The event that says that the export was begun.
    var begun: AuditRecord
    var rowCount = 0
    var byteCount = 0
    var digest = ""
    /// The newest event.
    var first: AuditRecord?
    /// The oldest event.
    var last: AuditRecord?

    /// Notes an event that was written.
    mutating func add(_ record: AuditRecord) {
        rowCount += 1
        if first == nil { first = record }
        last = record
    }

    /// The manifest as JSON.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("format", "limen-audit-export/1")
        writer.member("content", format.rawValue)
        writer.member("complete", true)
        writer.member("rows", rowCount)
        writer.member("bytes", byteCount)
        writer.member("sha256", digest)
        for (name, record) in [("first", first), ("last", last)] {
            guard let record else { continue }
            writer.name(name)
            writer.beginObject()
            writer.member("event", record.eventID.text)
            writer.member("time", record.startedAt.text)
            writer.endObject()
        }
        writer.member("tenant", tenant)
        writer.name("filter")
        writer.beginArray()
        for name in filter.names { writer.value(name) }
        writer.endArray()
        writer.member("until", ifPresent: filter.to?.text)
        writer.member("from", ifPresent: filter.from?.text)
        writer.member("madeBy", login)
        writer.member("reason", reason)
        writer.member("event", begun.eventID.text)
        writer.member("madeAt", begun.startedAt.text)
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}
