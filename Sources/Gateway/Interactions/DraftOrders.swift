import CDSHooks
import JSON

/// The medicines that the context of a call holds: its draft orders, a refill, one to be verified.
struct DraftOrders {
    /// What is asked about, and what is named and not there.
    struct Question {
        /// References and `fullUrl`s; `nil` where all drafts are meant.
        var names: Set<String>?
        /// The places of groups and selections that name what was not sent.
        var lost: [String] = []

        /// Whether a draft is asked about.
        func asks(about item: Prefetch.Item) -> Bool {
            guard let names else { return true }
            return DraftOrders.names(of: item).contains(where: names.contains)
        }
    }

    /// The resources with the `fullUrl`s of their entries.
    private(set) var items: [Prefetch.Item] = []
    /// The places of entries that hold nothing that can be read.
    private(set) var unreadable: [String] = []
    /// Whether nothing is being ordered, so that the medicines the patient has are asked about.
    let isReview: Bool

    /// The references that `selections` names, with their places; `nil` where there is no such list.
    private var selections: [(reference: String, pointer: String)]?
    private var groups: [(names: [String], group: OrderGroup)] = []
    /// The references of entries that are unreadable.
    private var unreadableNames: Set<String> = []

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
            let type = content.value["resourceType"]?.stringValue ?? ""
            guard OrderGroup.Kind(type) != .substance else {
                // Alone, a Medication is nobody's.
                unreadable.append(content.pointer)
                return
            }
            read(content.value, fullURL: nil, at: content.pointer)
            return
        }
        guard let entries = content.value["entry"] else { return }
        for (position, entry) in entries.elements.enumerated() {
            let pointer = "\(content.pointer)/entry/\(position)"
            read(entry["resource"], fullURL: entry["fullUrl"], at: pointer)
        }
    }

    /// Keeps what is an order or certainly none; all else may be an order that is not read.
    private mutating func read(_ resource: JSONValue?, fullURL: JSONValue?, at pointer: String) {
        guard let resource, let type = resource["resourceType"]?.stringValue else {
            unreadable.append(pointer)
            return
        }
        let item = Prefetch.Item(resource: resource, fullURL: fullURL)
        var isReadable = true
        switch OrderGroup.Kind(type) {
        case .medicine, .substance: break
        case .other: isReadable = !Self.isError(resource)
        case .unknown: isReadable = false
        case .group:
            let group = OrderGroup(resource, type: type, pointer: pointer)
            isReadable = !group.holdsOrder
            if isReadable { groups.append((Self.names(of: item), group)) }
        }
        if isReadable {
            items.append(item)
        } else {
            unreadable.append(pointer)
            unreadableNames.formUnion(Self.names(of: item))
        }
    }

    /// Whether a resource says that the client failed at something: an OperationOutcome with more
    /// than hints (FHIR R4, issue.severity).
    static func isError(_ resource: JSONValue) -> Bool {
        guard resource["resourceType"]?.isString("OperationOutcome") ?? false else { return false }
        let severities = (resource["issue"]?.elements.map { $0 } ?? []).map {
            $0["severity"]?.stringValue ?? ""
        }
        let mild = ["warning", "information", "success"]
        return severities.isEmpty || !severities.allSatisfy(mild.contains)
    }

    /// The names by which others refer to a resource: its reference, and its `fullUrl`.
    static func names(of item: Prefetch.Item) -> [String] {
        [reference(of: item.resource), item.fullURL?.stringValue].compactMap { $0 }
    }

    /// The relative reference to a resource; `nil` when it has no id.
    static func reference(of resource: JSONValue) -> String? {
        guard let type = resource["resourceType"]?.stringValue,
            let id = resource["id"]?.stringValue, !id.isEmpty
        else { return nil }
        return type + "/" + id
    }

    // MARK: What is asked about

    /// Finds what the selections name, and what they and the groups name without its being sent.
    ///
    /// A selection that is no draft may mean any of them, so that all are asked about; and so may
    /// a group that leads to no draft of a medicine, or not wholly in a way that can be followed,
    /// and an empty list, as none of the drafts is said to be known already.
    func question(beside current: [Prefetch.Item]) -> Question {
        let drafted = Set(items.flatMap(Self.names))
        let sent = groups.isEmpty ? drafted : drafted.union(current.flatMap(Self.names))
        var question = Question()
        var torn: Set<String> = []
        for (names, group) in groups {
            let missing = group.references.subtracting(sent)
            // What is unreadable is counted where it stands.
            if !missing.isSubset(of: unreadableNames) { question.lost.append(group.pointer) }
            if !missing.isEmpty || !group.isWhole { torn.formUnion(names) }
        }
        guard let selections, !selections.isEmpty else { return question }
        var isClear = true
        var selected: [String] = []
        for (reference, pointer) in selections {
            if drafted.contains(reference) {
                selected.append(reference)
            } else if OrderGroup.Kind(String(reference.prefix { $0 != "/" })) != .other {
                isClear = false
                if !unreadableNames.contains(reference) { question.lost.append(pointer) }
            }
        }
        let links = OrderLinks(items, groups: groups)
        let asked = links.reached(from: selected)
        // A Medication is no order: one that refers to it may be meant.
        if !links.substances.isDisjoint(with: selected) { isClear = false }
        if !torn.isDisjoint(with: asked) { isClear = false }
        let selectedGroups = links.groups.intersection(selected)
        if !selectedGroups.isEmpty {
            let isLed = selectedGroups.isSubset(of: links.leadingToMedicine)
            if links.isLoose || !isLed { isClear = false }
        }
        if isClear { question.names = asked }
        return question
    }
}
