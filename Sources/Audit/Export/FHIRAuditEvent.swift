import Basics
package import JSON

/// Writes an event as a FHIR R4 `AuditEvent`, in the patterns of IHE Basic Audit Log Patterns.
///
///     {"resourceType":"AuditEvent","id":"0199...","type":{...,"code":"rest"},
///      "subtype":[{...,"code":"cds-invoke"}],"action":"E","recorded":"...","outcome":"0",
///      "agent":[{client},{server},{user}],"source":{...},"entity":[{patient},{data},{request}]}
///
/// A call of a hook is no REST read, so it has a subtype of its own and claims no BALP profile; the
/// agents (client 110152 and server 110153 with `who` and `network`, user IRCP) and the entities
/// (patient type 1 role 1, data type 2, transaction) are those of BALP's read pattern. Failures are
/// events with their outcome. Patients and users are references where the reader could open them,
/// and keyed pseudonyms as identifiers otherwise.
package enum FHIRAuditEvent {
    /// The base of our own systems of codes and identifiers.
    static let base = "https://limen.example/"

    /// Writes the resource.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - serverName: The name of the machine or service that the gateway is known by.
    ///   - writer: Where to write.
    package static func write(
        _ event: StoredEvent,
        serverName: String,
        to writer: inout JSONWriter
    ) {
        let record = event.record
        writer.beginObject()
        writer.member("resourceType", "AuditEvent")
        writer.member("id", record.eventID.text)
        let kind = FHIREventKind(record)
        writer.name("type")
        kind.type.write(to: &writer)
        writer.name("subtype")
        writer.beginArray()
        for code in kind.subtypes { code.write(to: &writer) }
        writer.endArray()
        writer.member("action", kind.action)
        writer.name("period")
        writer.beginObject()
        writer.member("start", record.startedAt.text)
        if let duration = record.durationMicroseconds {
            writer.member("end", record.startedAt.advanced(byMicroseconds: duration).text)
        }
        writer.endObject()
        writer.member("recorded", event.recordedAt.text)
        writer.member("outcome", kind.outcome)
        let reason = record.reasonCode.map { " (\($0))" } ?? ""
        writer.member("outcomeDesc", record.outcome.rawValue + reason)
        writePurpose(record, kind, to: &writer)
        writeAgents(record, serverName, to: &writer)
        writer.name("source")
        writer.beginObject()
        writer.member("site", record.tenant)
        writer.name("observer")
        identifier(base + "ids/gateway", serverName, to: &writer)
        writer.name("type")
        writer.beginArray()
        FHIRCode.applicationServer.write(to: &writer)
        writer.endArray()
        writer.endObject()
        writeEntities(event, to: &writer)
        writer.endObject()
    }

    private static func writePurpose(
        _ record: AuditRecord,
        _ kind: FHIREventKind,
        to writer: inout JSONWriter
    ) {
        // The reason of a batch is known, and under which code it comes is not.
        let reason =
            kind.purpose != nil || record.kind == .evaluation ? EventFacts(record).reason : nil
        guard kind.purpose != nil || reason != nil else { return }
        writer.name("purposeOfEvent")
        writer.beginArray()
        writer.beginObject()
        if let purpose = kind.purpose {
            writer.name("coding")
            writer.beginArray()
            purpose.write(to: &writer)
            writer.endArray()
        }
        writer.member("text", ifPresent: reason)
        writer.endObject()
        writer.endArray()
    }

    // MARK: Agents

    private static func writeAgents(
        _ record: AuditRecord,
        _ serverName: String,
        to writer: inout JSONWriter
    ) {
        let hasUser = record.userReference != nil || record.userPseudonym != nil
        writer.name("agent")
        writer.beginArray()
        writer.beginObject()
        concept("type", .destination, to: &writer)
        writer.name("who")
        identifier(base + "ids/client", record.client ?? "unknown", to: &writer)
        writer.member("requestor", !hasUser)
        if let digest = record.tokenDigest {
            // A keyed digest of the jti, and no character of the token (BALP, IUA pattern).
            writer.name("policy")
            writer.beginArray()
            writer.value("urn:limen:token:hmac-sha256:" + hexadecimal(digest))
            writer.endArray()
        }
        if let address = record.peerAddress { network(address, type: "2", to: &writer) }
        writer.endObject()
        writer.beginObject()
        concept("type", .source, to: &writer)
        writer.name("who")
        identifier(base + "ids/gateway", serverName, to: &writer)
        writer.member("requestor", false)
        network(serverName, type: "1", to: &writer)
        writer.endObject()
        if hasUser {
            writer.beginObject()
            concept("type", .recipient, to: &writer)
            writer.name("who")
            person(record.userReference, record.userPseudonym, "user", record, to: &writer)
            writer.member("requestor", true)
            writer.endObject()
        }
        writer.endArray()
    }

    private static func network(_ address: String, type: String, to writer: inout JSONWriter) {
        writer.name("network")
        writer.beginObject()
        writer.member("address", address)
        writer.member("type", type)
        writer.endObject()
    }

    // MARK: Entities

    private static func writeEntities(_ event: StoredEvent, to writer: inout JSONWriter) {
        let record = event.record
        writer.name("entity")
        writer.beginArray()
        if record.patientReference != nil || record.patientPseudonym != nil {
            writer.beginObject()
            writer.name("what")
            person(record.patientReference, record.patientPseudonym, "patient", record, to: &writer)
            member("type", .person, to: &writer)
            member("role", .patient, to: &writer)
            writer.endObject()
        }
        writer.beginObject()
        writer.name("what")
        let subject = record.service.map { (base + "ids/service", $0) }
        let own = (base + "ids/audit-event", record.causedBy?.text ?? record.eventID.text)
        identifier((subject ?? own).0, (subject ?? own).1, to: &writer)
        member("type", .systemObject, to: &writer)
        member("role", FHIREventKind(record).role, to: &writer)
        writeDetails(event, to: &writer)
        writer.endObject()
        if let trace = record.traceID {
            transaction(base + "ids/trace", hexadecimal(trace), .requestID, to: &writer)
        }
        if let instance = record.hookInstance {
            let code = FHIRCode(base + "codes/audit-entity", "hookInstance")
            transaction("urn:ietf:rfc:3986", "urn:uuid:" + instance.text, code, to: &writer)
        }
        writer.endArray()
    }

    private static func transaction(
        _ system: String,
        _ value: String,
        _ code: FHIRCode,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.name("what")
        identifier(system, value, to: &writer)
        member("type", code, to: &writer)
        writer.endObject()
    }

    private static func writeDetails(_ event: StoredEvent, to writer: inout JSONWriter) {
        let record = event.record
        let facts = EventFacts(record)
        var details: [(String, String)] = []
        func add(_ name: String, _ value: String?) {
            if let value, !value.isEmpty { details.append((name, value)) }
        }
        add("profile", facts.profileURL ?? facts.profileName)
        add("profile-version", facts.profileVersion)
        add("profile-sha256", facts.profileDigest)
        add("model-sha256", facts.modelDigest)
        add("hook-sha256", facts.hookDigest)
        add("arm", record.arm?.rawValue)
        add("indicator", record.indicator)
        add("cards", record.cardIDs.map(\.text).joined(separator: " "))
        add("missing-inputs", record.missingInputs.joined(separator: " "))
        add("flags", record.flags.joined(separator: " "))
        add("replayed-at", record.replayedAt?.text)
        add("question", facts.question)
        add("job", facts.job)
        add("rows", facts.rowCount.map { String($0) })
        add("caused-by", record.causedBy?.text)
        add("sealing", event.sealing == .plain ? nil : event.sealing.rawValue)
        guard !details.isEmpty else { return }
        writer.name("detail")
        writer.beginArray()
        for (name, value) in details {
            writer.beginObject()
            writer.member("type", name)
            writer.member("valueString", value)
            writer.endObject()
        }
        writer.endArray()
    }

    // MARK: Parts

    /// A reference to a person by what the request named, or by the keyed pseudonym.
    static func person(
        _ reference: String?,
        _ pseudonym: [UInt8]?,
        _ role: String,
        _ record: AuditRecord,
        to writer: inout JSONWriter
    ) {
        if let reference {
            writer.beginObject()
            writer.member("reference", reference)
            writer.endObject()
            return
        }
        identifier(pseudonymSystem(role, record), hexadecimal(pseudonym ?? []), to: &writer)
    }

    /// The system of the pseudonyms of a role, which is one for each tenant and epoch.
    static func pseudonymSystem(_ role: String, _ record: AuditRecord) -> String {
        let epoch = record.pseudonymEpoch.map { "/" + String($0) } ?? ""
        return base + "ids/pseudonym/" + record.tenant + "/" + role + epoch
    }

    /// A reference by an identifier alone.
    static func identifier(_ system: String, _ value: String, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("identifier")
        writer.beginObject()
        writer.member("system", system)
        writer.member("value", value)
        writer.endObject()
        writer.endObject()
    }

    private static func concept(_ name: String, _ code: FHIRCode, to writer: inout JSONWriter) {
        writer.name(name)
        writer.beginObject()
        writer.name("coding")
        writer.beginArray()
        code.write(to: &writer)
        writer.endArray()
        writer.endObject()
    }

    private static func member(_ name: String, _ code: FHIRCode, to writer: inout JSONWriter) {
        writer.name(name)
        code.write(to: &writer)
    }
}
