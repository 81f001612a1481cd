import CDSHooks
import JSON

/// What a change of configuration changed, by name: clients, services, profiles.
///
/// The row of the change holds it, so that who reads the trail sees more than that there was one.
package struct CatalogueChange: Sendable, Equatable {
    /// What is there now and was not before.
    package let added: [String]
    /// What was there before and is not now.
    package let removed: [String]
    /// What has other content than before.
    package let changed: [String]

    /// Compares two catalogues by the hashes of their documents.
    package init(from old: Catalogue?, to new: Catalogue) {
        let before = old.map(Self.digests) ?? [:]
        let after = Self.digests(new)
        added = after.keys.filter { before[$0] == nil }.sorted()
        removed = before.keys.filter { after[$0] == nil }.sorted()
        changed = after.keys.filter { key in
            guard let digest = before[key] else { return false }
            return digest != after[key]
        }.sorted()
    }

    /// The change as JSON text, with at most so many names of each kind, and their number.
    package func json(namesMax: Int = 100) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, values) in [("added", added), ("removed", removed), ("changed", changed)] {
            writer.name(name)
            writer.beginArray()
            for value in values.prefix(namesMax) { writer.value(value) }
            writer.endArray()
            if values.count > namesMax { writer.member(name + "Count", values.count) }
        }
        writer.endObject()
        return writer.bytes
    }

    private static func digests(_ catalogue: Catalogue) -> [String: [UInt8]] {
        var digests: [String: [UInt8]] = [:]
        for client in catalogue.clients.clients.values {
            digests["client/" + client.id] = Array(client.digest.utf8)
        }
        for service in catalogue.services {
            // With the hashes of the profile and the model that it computes with.
            digests["service/" + service.hook.id + "/" + service.hook.hook] = service.artifacts
        }
        return digests
    }
}
