import JSON

/// A resource that stands alone or in an entry of a Bundle.
///
///     { "fullUrl": "urn:uuid:...", "resource": { "resourceType": "Patient", ... },
///       "request": { "method": "POST", "url": "Patient" } }
struct DataResource {
    /// The resource.
    let json: JSONValue
    /// The entry of the Bundle around it; the resource itself when it stands alone.
    let container: JSONValue

    var type: String { json["resourceType"]?.stringValue ?? "" }

    /// The url under which the Bundle holds it.
    var fullURL: String? { container["fullUrl"]?.stringValue }

    /// Reads the resource of a container; `nil` when there is none.
    init?(container: JSONValue) {
        guard container.kind == .object else { return nil }
        let json = container["resourceType"] == nil ? container["resource"] : container
        guard let json, json["resourceType"]?.kind == .string else { return nil }
        self.json = json
        self.container = container
    }

    /// The id of a Patient: its own, or the one that a server would take from the entry.
    var patientID: String? {
        guard type == "Patient" else { return nil }
        if let id = json["id"]?.stringValue { return id }
        let urls = [container["request"]?["url"]?.stringValue, fullURL]
        return urls.lazy.compactMap { $0 }.compactMap { Self.id(ofReference: $0) }.first
    }

    /// The reference that says whom it is about.
    var patientReference: String? { Self.patientReference(in: json) }

    /// The same of what may be no resource.
    static func patientReference(in json: JSONValue) -> String? {
        for name in ["subject", "patient", "beneficiary", "individual"] {
            guard let element = json[name] else { continue }
            if let text = element["reference"]?.stringValue { return text }
        }
        return nil
    }

    /// The id in `Patient/id`, an absolute url that ends so, or `urn:uuid:id`.
    static func id(ofReference text: String) -> String? {
        if text.hasPrefix("urn:uuid:") { return String(text.dropFirst("urn:uuid:".count)) }
        var parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count >= 4, parts[parts.count - 2] == "_history" { parts.removeLast(2) }
        guard parts.count >= 2, parts[parts.count - 2] == "Patient" else { return nil }
        return parts.last.flatMap { $0.isEmpty ? nil : String($0) }
    }
}
