import Basics
package import JSON

/// Writes where a set of cards came from as a FHIR R4 `Provenance`.
///
///     {"resourceType":"Provenance","target":[the decision],"occurredDateTime":...,"recorded":...,
///      "activity":{CREATE},"agent":[{the model},{the client}],"entity":[{each input resource}]}
///
/// One for each decision or evaluation that computed. The target is the decision by its event id:
/// cards are no FHIR resources. Input resources are known when the reader could open the inputs;
/// when not, the Provenance says so in `entity` by having none and a policy that names the reason.
/// Where people are hidden, a resource is its type and a keyed pseudonym, and never its id.
package enum FHIRProvenance {
    /// Whether there is a Provenance for an event.
    package static func applies(to record: AuditRecord) -> Bool {
        switch record.kind {
        case .decision, .evaluation:
            record.status == 200 && EventFacts(record).profileName != nil
        case .feedback, .rejectedRequest, .authenticationFailure, .configurationChange, .start,
            .stop, .auditRead, .modelChange, .fetch, .auditExport, .auditReview, .erasure,
            .legalHold, .keyChange, .retention:
            false
        }
    }

    /// Writes the resource.
    package static func write(
        _ event: StoredEvent,
        serverName: String,
        to writer: inout JSONWriter
    ) {
        let record = event.record
        let facts = EventFacts(record)
        writer.beginObject()
        writer.member("resourceType", "Provenance")
        writer.member("id", record.eventID.text)
        writer.name("target")
        writer.beginArray()
        FHIRAuditEvent.identifier(
            "urn:ietf:rfc:3986",
            "urn:uuid:" + record.eventID.text,
            to: &writer
        )
        for card in record.cardIDs {
            FHIRAuditEvent.identifier("urn:ietf:rfc:3986", "urn:uuid:" + card.text, to: &writer)
        }
        writer.endArray()
        writer.member("occurredDateTime", (record.replayedAt ?? record.startedAt).text)
        writer.member("recorded", event.recordedAt.text)
        let isUnread = event.sealing != .plain && event.sealing != .opened
        if isUnread || event.hasWithheldSources {
            writer.name("policy")
            writer.beginArray()
            writer.value("urn:limen:inputs:" + (isUnread ? event.sealing.rawValue : "withheld"))
            writer.endArray()
        }
        writer.name("activity")
        writer.beginObject()
        writer.name("coding")
        writer.beginArray()
        FHIRCode(
            "http://terminology.hl7.org/CodeSystem/v3-DataOperation",
            "CREATE",
            "create"
        ).write(to: &writer)
        writer.endArray()
        writer.endObject()
        writeAgents(record, facts, serverName, to: &writer)
        writeEntities(event, facts, to: &writer)
        writer.endObject()
    }

    private static func writeAgents(
        _ record: AuditRecord,
        _ facts: EventFacts,
        _ serverName: String,
        to writer: inout JSONWriter
    ) {
        writer.name("agent")
        writer.beginArray()
        let model = facts.modelDigest ?? facts.profileDigest ?? ""
        agent(
            "assembler",
            system: "urn:limen:sha256",
            value: model,
            display: [
                facts.modelName ?? facts.profileName, facts.modelVersion ?? facts.profileVersion,
            ]
            .compactMap { $0 }.joined(separator: " "),
            to: &writer
        )
        agent(
            "performer",
            system: FHIRAuditEvent.base + "ids/gateway",
            value: serverName,
            display: record.programVersion.map { "limen " + $0 },
            to: &writer
        )
        if let client = record.client {
            agent(
                "enterer",
                system: FHIRAuditEvent.base + "ids/client",
                value: client,
                display: nil,
                to: &writer
            )
        }
        writer.endArray()
    }

    private static func agent(
        _ role: String,
        system: String,
        value: String,
        display: String?,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.name("type")
        writer.beginObject()
        writer.name("coding")
        writer.beginArray()
        FHIRCode("http://terminology.hl7.org/CodeSystem/provenance-participant-type", role)
            .write(to: &writer)
        writer.endArray()
        writer.endObject()
        writer.name("who")
        writer.beginObject()
        writer.member("type", "Device")
        writer.name("identifier")
        writer.beginObject()
        writer.member("system", system)
        writer.member("value", value)
        writer.endObject()
        if let display, !display.isEmpty { writer.member("display", display) }
        writer.endObject()
        writer.endObject()
    }

    /// The resources that inputs came from, and the documents that decided how they were read.
    private static func writeEntities(
        _ event: StoredEvent,
        _ facts: EventFacts,
        to writer: inout JSONWriter
    ) {
        let hidden = event.hiddenSources
        let names = hidden == nil ? EventFacts.sources(of: event.record) : []
        let documents = [("profile", facts.profileDigest), ("hook", facts.hookDigest)]
        guard
            hidden?.isEmpty == false || !names.isEmpty || documents.contains(where: { $0.1 != nil })
        else { return }
        writer.name("entity")
        writer.beginArray()
        for source in hidden ?? [] {
            entity("source", to: &writer) { hide(source, event.record, to: &$0) }
        }
        for name in names {
            entity("source", to: &writer) { writer in
                writer.beginObject()
                // A resource without an id is known by its place in what was sent.
                writer.member(name.contains("/") ? "reference" : "display", name)
                writer.endObject()
            }
        }
        for (name, digest) in documents {
            guard let digest else { continue }
            entity("derivation", to: &writer) { writer in
                FHIRAuditEvent.identifier("urn:limen:sha256:" + name, digest, to: &writer)
            }
        }
        writer.endArray()
    }

    /// A reference to a resource by its pseudonym, or by its place alone.
    private static func hide(
        _ source: HiddenSource,
        _ record: AuditRecord,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        switch source {
        case .place(let place): writer.member("display", place)
        case .pseudonym(let type, let digest):
            let role = type == "Patient" ? "patient" : "resource"
            writer.member("type", ifPresent: type)
            writer.name("identifier")
            writer.beginObject()
            writer.member("system", FHIRAuditEvent.pseudonymSystem(role, record))
            writer.member("value", hexadecimal(digest))
            writer.endObject()
        }
        writer.endObject()
    }

    private static func entity(
        _ role: String,
        to writer: inout JSONWriter,
        _ what: (inout JSONWriter) -> Void
    ) {
        writer.beginObject()
        writer.member("role", role)
        writer.name("what")
        what(&writer)
        writer.endObject()
    }
}
