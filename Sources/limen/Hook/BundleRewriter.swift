import Basics
import FHIR
import JSON

/// Turns any FHIR bundle into what a FHIR server would serve after taking it in.
///
/// A transaction bundle names its resources by `urn:uuid:` and may leave their ids out. A server
/// gives each an id and rewrites the references (FHIR R4, section 3.1.0.11.2), and that is what a
/// hook's prefetch holds. Nothing else is changed; decimals keep their text.
struct BundleRewriter {
    /// One resource of the bundle with the id a server would give it.
    struct Entry {
        let type: String
        let id: String
        let resource: JSONValue
        /// Where the bundle says that it stands.
        let fullURL: String?
    }

    /// An entry that holds no resource that can be read.
    struct UnreadEntry {
        /// Where it stands in the Bundle, such as `/entry/8`.
        let pointer: String
        /// The entry as it is.
        let json: JSONValue
    }

    /// The resources in bundle order.
    private(set) var entries: [Entry] = []
    /// What stands among them and cannot be read.
    private(set) var unread: [UnreadEntry] = []
    /// What the Bundle says of being all there is.
    let completeness: BundleCompleteness
    private var literals: [String: String] = [:]

    /// Reads a Bundle, or one resource that stands alone.
    ///
    /// - Throws: `CommandError` with exit code 3 when there is no resource in it.
    init(_ root: JSONValue) throws(CommandError) {
        completeness = BundleCompleteness(root)
        guard let type = root["resourceType"]?.stringValue else {
            throw CommandError(
                .badInput,
                "the file holds no FHIR resource: resourceType is missing"
            )
        }
        guard type == "Bundle" else {
            append(root, type: type, fullURL: nil, requestURL: nil, position: 0)
            return
        }
        if let list = root["entry"], list.kind != .array {
            throw CommandError(.badInput, "the Bundle's entry is no list")
        }
        guard !Retractions.isHistory(root) else {
            throw CommandError(
                .badInput,
                "\(DataFault.history.sentence) (\(DataFault.history.rawValue)); accepted: "
                    + DataFault.history.accepted
            )
        }
        let retractions = Retractions(of: root)
        for (position, entry) in (root["entry"]?.elements ?? root.elements).enumerated() {
            guard !retractions.cover(entry) else {
                throw CommandError(
                    .badInput,
                    "/entry/\(position): \(DataFault.deleted.sentence) "
                        + "(\(DataFault.deleted.rawValue)); accepted: "
                        + DataFault.deleted.accepted
                )
            }
            let outcome = BundleCompleteness.outcome(besideAnswerOf: entry)
            // What a failed query left behind is used by none, and goes on as it is.
            guard !BundleCompleteness.isFailed(entry), outcome.map(Self.isOutcome) ?? true else {
                unread.append(UnreadEntry(pointer: "/entry/\(position)", json: entry))
                continue
            }
            if let outcome { append(outcome, ofAnswerAt: position) }
            guard let resource = entry["resource"],
                let type = resource["resourceType"]?.stringValue
            else {
                if !BundleEntry.needsNoResource(entry) {
                    unread.append(UnreadEntry(pointer: "/entry/\(position)", json: entry))
                }
                continue
            }
            // A Bundle has no subject: what stands in it would be passed over without a word.
            guard type != "Bundle" else {
                throw CommandError(
                    .badInput,
                    "entry[\(position)] of the Bundle is a Bundle itself, which is not read here"
                )
            }
            append(
                resource,
                type: type,
                fullURL: entry["fullUrl"]?.stringValue,
                requestURL: entry["request"]?["url"]?.stringValue,
                position: position
            )
        }
        guard !entries.isEmpty else {
            if let first = unread.first {
                throw CommandError(
                    .badInput,
                    "the Bundle holds no resource that can be read: see " + first.pointer
                )
            }
            throw CommandError(.badInput, "the Bundle holds no resource: entry is empty or missing")
        }
    }

    /// Takes what was read already, as one document.
    ///
    /// - Parameters:
    ///   - resources: the resources, with the ids and references of a server.
    ///   - unread: what stood among them and cannot be read.
    ///   - completeness: what their Bundles say of being all there is.
    init(
        resources: [JSONValue],
        unread: [UnreadEntry],
        completeness: BundleCompleteness
    ) {
        self.unread = unread
        self.completeness = completeness
        for (position, resource) in resources.enumerated() {
            guard let type = resource["resourceType"]?.stringValue else { continue }
            append(resource, type: type, fullURL: nil, requestURL: nil, position: position)
        }
    }

    private static func isOutcome(_ resource: JSONValue) -> Bool {
        resource["resourceType"]?.isString("OperationOutcome") ?? false
    }

    /// An outcome beside what an entry answers bears on the data as one among them does.
    private mutating func append(_ outcome: JSONValue, ofAnswerAt position: Int) {
        let id = outcome["id"]?.stringValue ?? "outcome-\(position)"
        entries.append(Entry(type: "OperationOutcome", id: id, resource: outcome, fullURL: nil))
    }

    private mutating func append(
        _ resource: JSONValue,
        type: String,
        fullURL: String?,
        requestURL: String?,
        position: Int
    ) {
        let id =
            resource["id"]?.stringValue ?? Self.lastPart(requestURL, of: type)
            ?? Self.lastPart(fullURL, of: type) ?? "entry-\(position)"
        if let fullURL { literals[fullURL] = type + "/" + id }
        entries.append(Entry(type: type, id: id, resource: resource, fullURL: fullURL))
    }

    /// The id at the end of `Type/id`, `http://host/Type/id` or `urn:uuid:id`.
    private static func lastPart(_ url: String?, of type: String) -> String? {
        guard let url else { return nil }
        if url.hasPrefix("urn:uuid:") { return String(url.dropFirst("urn:uuid:".count)) }
        let parts = url.split(separator: "/")
        guard parts.count >= 2, parts[parts.count - 2] == type else { return nil }
        return String(parts[parts.count - 1])
    }

    /// A reference as a server would serve it.
    func literal(_ reference: String) -> String { literals[reference] ?? reference }

    /// The ids of the patients that the subjects of the resources name.
    var subjectPatientIDs: Set<String> {
        var ids: Set<String> = []
        for entry in entries {
            guard let text = entry.resource["subject"]?["reference"]?.stringValue else { continue }
            let parts = (literals[text] ?? text).split(separator: "/")
            guard parts.count >= 2, parts[parts.count - 2] == "Patient" else { continue }
            ids.insert(String(parts[parts.count - 1]))
        }
        return ids
    }

    /// The moment just behind the newest Observation, for old sample data; `nil` without one.
    var newestMoment: Instant? {
        let newest = entries.compactMap { entry -> Instant? in
            guard entry.type == "Observation" else { return nil }
            let resource = entry.resource
            let effective =
                resource["effectiveDateTime"] ?? resource["effectiveInstant"]
                ?? resource["effectivePeriod"]?["end"]
            guard let effective, let moment = FHIRDateTime(effective) else { return nil }
            return moment.instant ?? moment.range(atOffsetMinutes: 0).upperBound
        }.max()
        return newest?.advanced(byMicroseconds: 60_000_000)
    }

    /// Writes a resource with its id and with references that a server would serve.
    func write(_ entry: Entry, to writer: inout JSONWriter) {
        writer.beginObject()
        if entry.resource["id"] == nil { writer.member("id", entry.id) }
        for (name, value) in entry.resource.members {
            writer.name(name.stringValue ?? "")
            write(value, named: name, to: &writer)
        }
        writer.endObject()
    }

    private func write(_ value: JSONValue, named name: JSONValue?, to writer: inout JSONWriter) {
        switch value.kind {
        case .object:
            writer.beginObject()
            for (name, member) in value.members {
                writer.name(name.stringValue ?? "")
                write(member, named: name, to: &writer)
            }
            writer.endObject()
        case .array:
            writer.beginArray()
            for element in value.elements { write(element, named: nil, to: &writer) }
            writer.endArray()
        case .string:
            if name?.isString("reference") == true, let text = value.stringValue,
                let literal = literals[text]
            {
                writer.value(literal)
            } else {
                writer.value(value)
            }
        case .null, .true, .false, .number:
            writer.value(value)
        }
    }
}
