import Basics
import CDSHooks
import JSON

/// Builds the request that an EHR would send for a service, with prefetch from a FHIR bundle.
///
/// The prefetch keys are those of the service's discovery entry: a template that reads one
/// resource (`Patient/{{context.patientId}}`) gets that resource, a search (`Observation?...`) a
/// searchset Bundle of every resource of that type in the file. A key for which the file holds
/// nothing is sent as null, which says "run, no data" (CDS Hooks 2.0, prefetch).
///
/// An entry that cannot be read may have been what any search asks for, so it goes into each, as it
/// is: the gateway then says of the data what it would say of an EHR's. So do an OperationOutcome, a
/// link to more pages, and matches that `total` counts and the file lacks.
///
/// For hooks about orders, those with the status draft become `draftOrders`, all of them selected;
/// they stand in no prefetch. A Medication goes where what refers to it goes. A hook about a visit names the only Encounter of the file.
struct HookRequestBuilder {
    /// One prefetch key of the service with its template.
    struct Template {
        /// The key.
        let key: String
        /// The resource type that is read or searched.
        let type: String
        /// Whether the template is a search.
        let isSearch: Bool
        /// The `system|code` tokens that a search asks for; empty when it asks for all.
        let codes: Set<String>
        /// Whether the Medications that the resources refer to come with them.
        let includesMedications: Bool

        /// Reads a template such as `Observation?patient={{context.patientId}}&code=a%7Cb,c%7Cd`.
        init(key: String, template: String) {
            self.key = key
            type = String(template.prefix { $0 != "/" && $0 != "?" })
            isSearch = template.contains("?")
            includesMedications = template.contains("_include=" + type + ":medication")
            let query = template.drop { $0 != "?" }.dropFirst()
            let parameter = query.split(separator: "&").first { $0.hasPrefix("code=") }
            let tokens = parameter?.dropFirst("code=".count).split(separator: ",") ?? []
            codes = Set(tokens.map { Self.decoded($0) })
        }

        /// The token with its bar, which a URL carries as %7C.
        private static func decoded(_ token: Substring) -> String {
            let parts = token.split(separator: "%", omittingEmptySubsequences: false)
            var text = String(parts[0])
            for part in parts.dropFirst() {
                let digits = part.prefix(2)
                guard digits.count == 2, let byte = UInt8(digits, radix: 16), byte < 0x80 else {
                    text += "%" + part
                    continue
                }
                text += String(Unicode.Scalar(byte)) + part.dropFirst(2)
            }
            return text
        }
    }

    let hook: String
    let hookInstance: UUIDBytes
    let templates: [Template]
    let rewriter: BundleRewriter
    let patientID: String
    /// The moment to evaluate as of, for a client that may replay.
    let replayAt: String?
    /// Whether the gateway shall explain every input in the answer.
    let explains: Bool
    /// The context as JSON text, when it is not made from the file.
    var context: [UInt8]?

    /// The patient in the file, or the one that was asked for; without a Patient, the one that all
    /// subjects name.
    ///
    /// - Throws: `CommandError` with exit code 3 that says what to add.
    static func patientID(
        in rewriter: BundleRewriter,
        asked: String?
    ) throws(CommandError) -> String {
        if let asked { return asked }
        let patients = rewriter.entries.filter { $0.type == "Patient" }
        guard let first = patients.first else {
            let subjects = rewriter.subjectPatientIDs
            if subjects.count == 1, let only = subjects.first { return only }
            throw CommandError(
                .badInput,
                "the file holds no Patient; name the patient with --patient ID"
            )
        }
        guard patients.count == 1 else {
            throw CommandError(
                .badInput,
                "the file holds \(patients.count) Patients; choose one with --patient ID"
            )
        }
        return first.id
    }

    /// The field of the context that holds the orders that are being made.
    private var draftField: String? {
        let definition = HookDefinition.named(hook)
        guard case .drafts(let name) = definition.medicines else { return nil }
        let field = definition.fields.first { $0.name == name }
        return field?.kind == .bundle ? name : nil
    }

    /// Whether the hook is about orders that are being made.
    var needsDrafts: Bool { draftField != nil }

    /// Whether the hook is about one visit.
    var needsEncounter: Bool {
        HookDefinition.named(hook).fields.contains { $0.kind == .encounter && $0.isRequired }
    }

    /// The id of the only Encounter of the file.
    var encounterID: String? {
        let encounters = rewriter.entries.filter { $0.type == "Encounter" }
        return encounters.count == 1 ? encounters.first?.id : nil
    }

    /// The orders that are being made.
    var drafts: [BundleRewriter.Entry] { rewriter.entries.filter(isDraft) }

    /// Whether a resource is an order that is being made.
    func isDraft(_ entry: BundleRewriter.Entry) -> Bool {
        needsDrafts && entry.resource["status"]?.isString("draft") ?? false
    }

    /// How many resources of each type stand in no key and not in the context, by name.
    ///
    /// An EHR would not send them either; but who fires a file may take them for asked about.
    var unsentTypes: [(type: String, count: Int)] {
        var counts: [String: Int] = [:]
        for (entry, place) in zip(rewriter.entries, places)
        where place == nil && !isSentOtherwise(entry) {
            counts[entry.type, default: 0] += 1
        }
        return counts.sorted { $0.key < $1.key }.map { (type: $0.key, count: $0.value) }
    }

    private func isSentOtherwise(_ entry: BundleRewriter.Entry) -> Bool {
        // An outcome goes into every search, and the patient is named by the context at the least.
        guard entry.type != "OperationOutcome", entry.type != "Patient" else { return true }
        if needsEncounter, entry.type == "Encounter", entry.id == encounterID { return true }
        return templates.contains { !$0.isSearch && $0.type == entry.type }
    }

    /// The user that the requests name.
    static let userID = "Practitioner/limen-hook-fire"

    /// The body of the request.
    func body() -> [UInt8] {
        var writer = JSONWriter(reservingBytes: 1 << 16)
        writer.beginObject()
        writer.member("hook", hook)
        writer.member("hookInstance", hookInstance.text)
        writer.name("context")
        let places = places
        if let context { writer.rawValue(context) } else { writeContext(places, to: &writer) }
        writer.name("prefetch")
        writePrefetch(places, to: &writer)
        if replayAt != nil || explains {
            writer.name("extension")
            writer.beginObject()
            writer.member("org.limen.replayAt", ifPresent: replayAt)
            if explains { writer.member("org.limen.explain", true) }
            writer.endObject()
        }
        writer.endObject()
        return writer.bytes
    }

    /// What stands under the keys, as the value of `prefetch`.
    var prefetch: [UInt8] {
        var writer = JSONWriter(reservingBytes: 1 << 16)
        writePrefetch(places, to: &writer)
        return writer.bytes
    }

    private func writePrefetch(_ places: [Place?], to writer: inout JSONWriter) {
        writer.beginObject()
        for (index, template) in templates.enumerated() {
            writer.name(template.key)
            writeValue(at: index, places, to: &writer)
        }
        writer.endObject()
    }

    private func writeContext(_ places: [Place?], to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("userId", Self.userID)
        writer.member("patientId", patientID)
        if needsEncounter { writer.member("encounterId", ifPresent: encounterID) }
        if let draftField { writeDrafts(as: draftField, places, to: &writer) }
        writer.endObject()
    }

    private func writeDrafts(
        as field: String,
        _ places: [Place?],
        to writer: inout JSONWriter
    ) {
        if hook == "order-select" {
            writer.name("selections")
            writer.beginArray()
            for draft in drafts { writer.value(draft.type + "/" + draft.id) }
            writer.endArray()
        }
        writer.name(field)
        writeBundle(entries(at: .drafts, places), [], type: "collection", to: &writer)
    }

    private func writeBundle(
        _ entries: [BundleRewriter.Entry],
        _ unread: [BundleRewriter.UnreadEntry],
        type: String,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.member("resourceType", "Bundle")
        writer.member("type", type)
        if type == "searchset" {
            let count = entries.count { $0.type != "OperationOutcome" }
            writeGaps(beside: count + unread.count { Prefetch.isMatch($0.json) }, to: &writer)
        }
        writer.name("entry")
        writer.beginArray()
        for entry in entries {
            writer.beginObject()
            writer.name("resource")
            rewriter.write(entry, to: &writer)
            writer.endObject()
        }
        for entry in unread { writer.rawValue(Array(entry.json.rawBytes)) }
        writer.endArray()
        writer.endObject()
    }

    /// What lacks in the file may be what any search asks for.
    private func writeGaps(beside count: Int, to writer: inout JSONWriter) {
        let completeness = rewriter.completeness
        if let links = completeness.unreadableLinks {
            writer.name("link")
            writer.rawValue(Array(links.rawBytes))
        } else if let link = completeness.nextLink {
            writer.name("link")
            writer.beginArray()
            writer.rawValue(Array(link.rawBytes))
            writer.endArray()
        }
        if let total = completeness.unreadableTotal {
            writer.name("total")
            writer.rawValue(Array(total.rawBytes))
        } else if completeness.lackingCount > 0 {
            let (total, isOver) = count.addingReportingOverflow(completeness.lackingCount)
            writer.member("total", isOver ? .max : total)
        }
    }

    private func writeValue(at index: Int, _ places: [Place?], to writer: inout JSONWriter) {
        let template = templates[index]
        guard template.isSearch else {
            let matches = rewriter.entries.filter { $0.type == template.type }
            let isPatient = template.type == "Patient"
            let match = isPatient ? matches.first { $0.id == patientID } : matches.first
            guard let match else { return writer.null() }
            rewriter.write(match, to: &writer)
            return
        }
        let matches = entries(at: .key(index), places)
        let unread = rewriter.unread.filter { mayHold($0.json, template) }
        let outcomes = rewriter.entries.filter { $0.type == "OperationOutcome" }
        let isWhole = unread.isEmpty && outcomes.isEmpty && rewriter.completeness.isWhole
        guard !matches.isEmpty || !isWhole else { return writer.null() }
        writeBundle(matches + outcomes, unread, type: "searchset", to: &writer)
    }

    /// Whether a search may ask for what an entry holds that cannot be read.
    private func mayHold(_ entry: JSONValue, _ template: Template) -> Bool {
        // A resource that stands in the place of its entry tells its type all the same.
        guard let type = entry["resourceType"]?.stringValue else { return true }
        return type == template.type
    }
}
