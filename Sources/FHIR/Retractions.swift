package import JSON

/// What a Bundle holds and by its own word is in force no more.
///
///     { "type": "history", "entry": [...] }                          versions that were
///     { "request": { "method": "DELETE", "url": "Observation/9" } }  no Observation/9 any more
///
/// A value that was deleted as a mistake must not come into a score because another entry still
/// holds it. Of a history nothing can be taken: which version is in force hangs on entries that a
/// part of it may lack (FHIR R4, sections 2.36 and 3.1.0.9).
package struct Retractions: Sendable {
    /// What is deleted, as `Observation/9`.
    private var deleted: Set<String> = []

    /// How many resources are deleted.
    package var count: Int { deleted.count }

    /// Deletes nothing yet.
    package init() {}

    /// Reads what the entries of a Bundle delete.
    package init(of bundle: JSONValue) {
        guard let entries = bundle["entry"], entries.kind == .array else { return }
        for entry in entries.elements where Self.isDeletion(entry) {
            guard let url = entry["request"]?["url"]?.stringValue else { continue }
            if let name = Self.name(in: url) { deleted.insert(name) }
        }
    }

    /// Adds what another Bundle deletes.
    package mutating func formUnion(_ other: Retractions) {
        if !other.deleted.isEmpty { deleted.formUnion(other.deleted) }
    }

    /// Whether an entry deletes without naming one resource, as `DELETE Observation?code=x` does:
    /// it may be any.
    package static func isOpen(_ entry: JSONValue) -> Bool {
        guard isDeletion(entry) else { return false }
        return entry["request"]?["url"]?.stringValue.flatMap { name(in: $0) } == nil
    }

    /// Whether a Bundle holds versions that were, and not what is.
    package static func isHistory(_ bundle: JSONValue) -> Bool {
        bundle["type"]?.isString("history") ?? false
    }

    /// Whether the resource of an entry, or one that stands alone, is deleted, by this entry or by
    /// another one.
    package func cover(_ entry: JSONValue) -> Bool {
        let held = entry["resourceType"] == nil ? entry["resource"] : entry
        guard let resource = held, resource.kind == .object else { return false }
        if Self.isDeletion(entry) { return true }
        guard !deleted.isEmpty else { return false }
        var names = [entry["fullUrl"], entry["request"]?["url"]].compactMap {
            $0?.stringValue.flatMap { Self.name(in: $0) }
        }
        if let type = resource["resourceType"]?.stringValue, let id = resource["id"]?.stringValue {
            names.append(type + "/" + id)
        }
        return names.contains { deleted.contains($0) }
    }

    private static func isDeletion(_ entry: JSONValue) -> Bool {
        entry["request"]?["method"]?.isString("DELETE") ?? false
    }

    /// Type and id at the end of a URL, without a version behind them.
    private static func name(in url: String) -> String? {
        guard !url.contains("?") else { return nil }
        var parts = url.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count >= 4, parts[parts.count - 2] == "_history" { parts.removeLast(2) }
        guard parts.count >= 2, let id = parts.last, !id.isEmpty else { return nil }
        return parts[parts.count - 2] + "/" + id
    }
}
