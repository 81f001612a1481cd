import CDSHooks
import JSON

/// Every resource that the context of a call holds, for the guard that all are of one patient.
enum ContextResources {
    /// The resources of its bundles and of its single fields.
    static func items(of call: HookRequest) -> [Prefetch.Item] {
        var items: [Prefetch.Item] = []
        for content in call.context.contents {
            switch content.kind {
            case .bundle:
                guard let entries = content.value["entry"] else { continue }
                for entry in entries.elements {
                    guard let resource = entry["resource"], resource["resourceType"] != nil else {
                        continue
                    }
                    items.append(Prefetch.Item(resource: resource, fullURL: entry["fullUrl"]))
                }
            case .resource, .object:
                guard content.value["resourceType"] != nil else { continue }
                items.append(Prefetch.Item(resource: content.value, fullURL: nil))
            case .objects:
                for element in content.value.elements where element["resourceType"] != nil {
                    items.append(Prefetch.Item(resource: element, fullURL: nil))
                }
            case .references, .reference, .text, .user, .patient, .encounter:
                continue
            }
        }
        return items
    }
}
