import Audit
import Basics
import JSON
import Mapping

/// Writes the answer of `POST /models/{id}/evaluate`.
///
///     { "model": { "id": "news2", "version": "1.0.0", "sha256": "..." }, "evaluatedAt": "...",
///       "standing": "in-force", "counts": { "complete": 1 }, "notChecked": [ { "code": "age-under-16", "rule": "..." } ],
///       "rows": [ { "row": 0, "eventId": "...", "status": "complete", "value": 7, ...,
///                   "completeness": { "present": 8, "missing": [], "substituted": [] },
///                   "inputs": [ ... ] } ] }
struct EvaluationAnswer {
    private let profile: LoadedProfile
    private let standing: VersionStanding
    private let uncheckedRules: [Profile.UncheckedRule]
    private var writer = JSONWriter()

    init(
        _ profile: LoadedProfile,
        _ standing: VersionStanding,
        uncheckedRules: [Profile.UncheckedRule]
    ) {
        self.profile = profile
        self.standing = standing
        self.uncheckedRules = uncheckedRules
    }

    /// Writes what stands before the rows.
    mutating func begin(_ rows: [RowEvaluation], at moment: Instant) {
        writer = JSONWriter(reservingBytes: 1_024 + 1_536 * rows.count)
        writer.beginObject()
        writer.name("model")
        ModelDocument.writeIdentity(of: profile, to: &writer)
        writer.member("standing", standing.rawValue)
        writer.member("evaluatedAt", moment.text)
        writer.name("counts")
        writer.beginObject()
        for status in RowEvaluation.Status.allCases {
            let count = rows.count { $0.status == status }
            if count > 0 { writer.member(status.rawValue, count) }
        }
        writer.endObject()
        if !uncheckedRules.isEmpty {
            writer.name("notChecked")
            ModelDocument.write(uncheckedRules, to: &writer)
        }
        writer.name("rows")
        writer.beginArray()
    }

    /// The result of a row as the audit row keeps it.
    func result(of row: RowEvaluation) -> [UInt8] {
        var writer = JSONWriter(reservingBytes: 1_024)
        writer.beginObject()
        row.writeResult(hasUncheckedRules: !uncheckedRules.isEmpty, to: &writer)
        writer.endObject()
        return writer.bytes
    }

    /// Writes a row; the bytes of it.
    mutating func append(
        _ row: RowEvaluation,
        position: Int,
        record: AuditRecord
    ) -> [UInt8] {
        var part = JSONWriter(reservingBytes: 1_536)
        part.beginObject()
        part.member("row", position)
        part.member("eventId", record.eventID.text)
        row.writeResult(hasUncheckedRules: !uncheckedRules.isEmpty, to: &part)
        row.writeCompleteness(to: &part)
        if let inputs = record.inputs {
            part.name("inputs")
            part.rawValue(inputs)
        }
        part.endObject()
        writer.rawValue(part.bytes)
        return part.bytes
    }

    /// Ends the answer.
    mutating func end() -> [UInt8] {
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
