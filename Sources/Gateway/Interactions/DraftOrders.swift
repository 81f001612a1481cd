import CDSHooks
import JSON

/// The medicines that the context of a call holds: its draft orders, a refill, one to be verified.
struct DraftOrders {
    /// The resources with the `fullUrl`s of their entries.
    private(set) var items: [Prefetch.Item] = []
    /// The places of entries that hold nothing that can be read.
    private(set) var unreadable: [String] = []
    /// The references that `selections` names, with their places; `nil` where all are meant.
    private(set) var selections: [(reference: String, pointer: String)]?
    /// Whether nothing is being ordered, so that the medicines the patient has are asked about.
    let isReview: Bool

    /// Reads the context, whose shape was checked with the request.
    init(_ call: HookRequest, _ definition: HookDefinition) {
        switch definition.medicines {
        case .review, .none:
            isReview = true
            return
        case .drafts(let field):
            isReview = false
            guard let content = call.context.content(field) else { return }
            if let list = call.context.content("selections") {
                selections = list.value.elements.enumerated().compactMap { position, element in
                    element.stringValue.map { ($0, "\(list.pointer)/\(position)") }
                }
            }
            read(content)
        }
    }

    /// Orders of a made-up call.
    init(items: [Prefetch.Item], isReview: Bool) {
        self.items = isReview ? [] : items
        self.isReview = isReview
    }

    private mutating func read(_ content: HookContext.Content) {
        guard content.kind == .bundle else {
            items.append(Prefetch.Item(resource: content.value, fullURL: nil))
            return
        }
        guard let entries = content.value["entry"] else { return }
        for (position, entry) in entries.elements.enumerated() {
            guard let resource = entry["resource"],
                let type = resource["resourceType"]?.stringValue, type != "Bundle"
            else {
                unreadable.append("\(content.pointer)/entry/\(position)")
                continue
            }
            items.append(Prefetch.Item(resource: resource, fullURL: entry["fullUrl"]))
        }
    }
}
