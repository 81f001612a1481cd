import CDSHooks
import JSON

/// What leads from what is selected to the drafts that belong to it.
///
///     { "resourceType": "MedicationRequest", "id": "d1",
///       "basedOn": [ { "reference": "CarePlan/cp" } ],
///       "groupIdentifier": { "value": "G-17" } }
///
/// A group refers to its orders, an order to the plan that it carries out or is a part of, and all
/// orders of one group bear its identifier (FHIR R4, request pattern).
struct OrderLinks {
    private enum Node: Hashable {
        /// The name of a resource: a relative reference or a `fullUrl`.
        case resource(String)
        /// The value of an identifier that a group gives to its orders.
        ///
        /// Its system does not count: who leaves it out in one place still means the same group,
        /// and to ask about a draft too many is the lesser harm.
        case identifier(String)
    }

    /// The names of groups.
    private(set) var groups: Set<String> = []
    /// The names of Medications.
    private(set) var substances: Set<String> = []
    /// Whether a draft of a medicine may belong to any group: it has no name, or says what it is
    /// based on in a form that cannot be followed.
    private(set) var isLoose = false

    private var links: [Node: Set<Node>] = [:]
    private var medicines: Set<Node> = []

    /// Reads drafts, and the groups among them.
    init(_ items: [Prefetch.Item], groups: [(names: [String], group: OrderGroup)]) {
        for item in items { take(item) }
        for (names, group) in groups {
            let targets = group.references.union(group.others).map(Node.resource)
            for name in names { links[.resource(name), default: []].formUnion(targets) }
        }
    }

    private mutating func take(_ item: Prefetch.Item) {
        let resource = item.resource
        let names = DraftOrders.names(of: item)
        let nodes = names.map(Node.resource)
        // Whatever leads to one name of a resource leads to the other.
        for node in nodes { links[node, default: []].formUnion(nodes) }
        let kind = OrderGroup.Kind(resource["resourceType"]?.stringValue ?? "")
        let containedIDs = OrderGroup.containedIDs(of: resource)
        for reference in ["basedOn", "partOf"].flatMap({ Self.values(resource[$0]) }) {
            let canFollow = OrderGroup.canFollow(reference, containedIDs)
            if kind == .medicine, !canFollow { isLoose = true }
            guard let text = reference["reference"]?.stringValue else { continue }
            links[.resource(OrderGroup.target(of: text).name), default: []].formUnion(nodes)
        }
        for value in Self.identifiers(resource["groupIdentifier"]) {
            links[.identifier(value), default: []].formUnion(nodes)
        }
        switch kind {
        case .medicine:
            medicines.formUnion(nodes)
            if names.isEmpty { isLoose = true }
        case .substance: substances.formUnion(names)
        case .group:
            groups.formUnion(names)
            let values = [resource["groupIdentifier"], resource["identifier"]]
            let identifiers = values.flatMap(Self.identifiers).map(Node.identifier)
            for node in nodes { links[node]?.formUnion(identifiers) }
        case .other, .unknown: break
        }
    }

    /// The elements of a list, or what stands there alone.
    private static func values(_ value: JSONValue?) -> [JSONValue] {
        guard let value else { return [] }
        return value.kind == .array ? Array(value.elements) : [value]
    }

    private static func identifiers(_ value: JSONValue?) -> [String] {
        values(value).compactMap { $0["value"]?.stringValue }.filter { !$0.isEmpty }
    }

    // MARK: Following them

    /// The names of everything that these names lead to, and these.
    func reached(from names: [String]) -> Set<String> {
        Self.names(Self.reached(from: names.map(Node.resource), over: links))
    }

    /// The names of everything that leads to a draft of a medicine.
    var leadingToMedicine: Set<String> {
        var reversed: [Node: Set<Node>] = [:]
        for (node, targets) in links {
            for target in targets { reversed[target, default: []].insert(node) }
        }
        return Self.names(Self.reached(from: Array(medicines), over: reversed))
    }

    private static func reached(from nodes: [Node], over links: [Node: Set<Node>]) -> Set<Node> {
        var reached: Set<Node> = []
        var waiting = nodes
        while let node = waiting.popLast() {
            guard reached.insert(node).inserted else { continue }
            waiting += links[node] ?? []
        }
        return reached
    }

    private static func names(_ nodes: Set<Node>) -> Set<String> {
        Set(
            nodes.compactMap { node in
                switch node {
                case .resource(let name): name
                case .identifier: nil
                }
            }
        )
    }
}
