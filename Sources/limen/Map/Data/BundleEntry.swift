import FHIR
import JSON

/// What an entry of a Bundle says that holds no resource that can be read.
///
///     { "request": { "method": "DELETE", "url": "Observation/9" } }    nothing is lacking
///     { "response": { "status": "204 No Content" } }                   nothing is lacking
///     { "request": { "method": "DELETE", "url": "Observation?code=x" } }    which, nobody can tell
///     { "resource": { "id": "o9" } }                                   a resource is lacking
enum BundleEntry {
    /// Whether an entry is whole without a resource: it tells of the deletion of a resource that
    /// it names, or answers for something that was done (FHIR R4, Bundle, bdl-5 and bdl-10).
    static func needsNoResource(_ entry: JSONValue) -> Bool {
        guard entry.kind == .object, entry["resource"] == nil, entry["resourceType"] == nil else {
            return false
        }
        let isConditional = entry["request"]?["url"]?.stringValue?.contains("?") ?? false
        guard !isConditional || !Retractions.isOpen(entry) else { return false }
        if let response = entry["response"] {
            return response["status"]?.stringValue?.hasPrefix("2") ?? false
        }
        guard entry["request"]?["method"]?.isString("DELETE") ?? false else { return false }
        return !Retractions.isOpen(entry)
    }

    /// The positions of the entries of a Bundle that lack a resource that can be read.
    static func unreadPositions(of bundle: JSONValue) -> [Int] {
        guard let entries = bundle["entry"], entries.kind == .array else { return [] }
        return entries.elements.enumerated().compactMap { position, entry in
            entry["resource"]?["resourceType"]?.kind == .string || needsNoResource(entry)
                ? nil : position
        }
    }

    /// What is said of an entry that lacks one, without a word of it.
    static func sentence(_ pointer: String) -> String {
        pointer + ": the entry holds no resource that can be read"
    }

    /// The same, and why, where the entry says so.
    static func sentence(of entry: JSONValue, _ pointer: String) -> String {
        if Retractions.isOpen(entry) {
            return pointer + ": the entry deletes without naming one resource, so it may be any"
        }
        if BundleCompleteness.isFailed(entry) {
            return pointer + ": the entry says that its request failed; nothing of it is taken"
        }
        return sentence(pointer)
    }

    /// The sentences of several; of many the first, and how many more there are.
    static func sentences(_ places: [String]) -> [String] {
        let shown = places.prefix(shownMax).map { sentence($0) }
        let more = places.count - shown.count
        return more > 0 ? shown + ["\(more) more entries hold no resource that can be read"] : shown
    }

    private static let shownMax = 8
}
