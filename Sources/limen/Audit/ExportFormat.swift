import Audit
import JSON

/// The forms in which a part of the trail can leave the store.
enum ExportFormat: String, CaseIterable {
    /// A table: who, when, what and with what outcome; people as pseudonyms.
    case csv
    /// NDJSON of FHIR R4 `AuditEvent`.
    case auditEvent = "audit-event"
    /// NDJSON of FHIR R4 `Provenance`, one for each set of cards.
    case provenance

    /// What stands before the first event.
    var head: [UInt8] {
        switch self {
        case .csv: AuditCSV.header
        case .auditEvent, .provenance: []
        }
    }

    /// An event as it leaves; nothing when it has no such form.
    func line(_ event: StoredEvent, serverName: String) -> [UInt8]? {
        var writer = JSONWriter(reservingBytes: 2_048)
        switch self {
        case .csv: return AuditCSV.line(event)
        case .auditEvent: FHIRAuditEvent.write(event, serverName: serverName, to: &writer)
        case .provenance:
            guard FHIRProvenance.applies(to: event.record) else { return nil }
            FHIRProvenance.write(event, serverName: serverName, to: &writer)
        }
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}
