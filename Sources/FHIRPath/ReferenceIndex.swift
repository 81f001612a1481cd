import FHIR
import JSON

/// The resources of a Bundle by what references say, so that each reference costs one look-up.
///
///     fullUrl "urn:uuid:5"  ->  the resource      "Patient/1"  ->  the resource
struct ReferenceIndex {
    /// How many entries were looked at.
    let entryCount: Int
    private var byURL: [String: JSONValue] = [:]
    private var byTypeAndID: [String: JSONValue] = [:]

    /// Reads the entries; of two with the same name the first one counts.
    init(_ bundle: Bundle) {
        var count = 0
        for entry in bundle.entries {
            count += 1
            guard let resource = entry.resource?.json else { continue }
            if let url = entry.fullURL, byURL[url] == nil { byURL[url] = resource }
            guard let type = resource["resourceType"]?.stringValue,
                let id = resource["id"]?.stringValue
            else {
                continue
            }
            let name = type + "/" + id
            if byTypeAndID[name] == nil { byTypeAndID[name] = resource }
        }
        entryCount = count
    }

    /// The resource that a reference names (FHIR R4, section 2.36.4, resolving references).
    ///
    /// An absolute URL is found by `fullUrl` alone: the same id on another server is another
    /// resource. A version behind the id is not looked at, as a Bundle holds one of each.
    func resource(_ text: String, _ target: Reference.Target) -> JSONValue? {
        if let found = byURL[text] { return found }
        switch target {
        case .relative(let type, let id, _): return byTypeAndID[type + "/" + id]
        case .absolute(let base, let type, let id, _): return byURL[base + "/" + type + "/" + id]
        case .urn, .contained, .other: return nil
        }
    }
}
