import JSON

/// Whether all that a group carries can be followed, so that a draft that it does not lead to was
/// left out by whoever made it.
extension OrderGroup {
    /// What a member that carries orders holds.
    private enum Shape {
        case reference
        case references
        /// A list of elements of this name.
        case elements(String)
    }

    /// The members that carry orders, by resource type or by the name of an element: FHIR R4 and,
    /// of another name, R5.
    private static let shapes: [String: [(name: String, shape: Shape)]] = [
        "CarePlan": [("activity", .elements("activity"))],
        "Composition": [("section", .elements("section"))],
        "List": [("entry", .elements("entry"))],
        "Parameters": [("parameter", .elements("parameter"))],
        "RequestGroup": [("action", .elements("action"))],
        "RequestOrchestration": [("action", .elements("action"))],
        "Task": [("focus", .reference), ("input", .elements("input"))],
        "action": [("action", .elements("action")), ("resource", .reference)],
        "activity": [("reference", .reference), ("plannedActivityReference", .reference)],
        "entry": [("item", .reference)],
        "input": [("valueReference", .reference)],
        "parameter": [("part", .elements("parameter")), ("valueReference", .reference)],
        "section": [("section", .elements("section")), ("entry", .references)],
    ]

    /// Whether each member that carries orders has its shape and each reference in it can be
    /// followed.
    static func isWhole(_ resource: JSONValue, type: String) -> Bool {
        let contained = containedIDs(of: resource)
        var waiting = [(value: resource, name: type)]
        while let (value, name) = waiting.popLast() {
            guard value.kind == .object else { return false }
            for (member, shape) in shapes[name] ?? [] {
                guard let value = value[member] else { continue }
                switch shape {
                case .reference:
                    guard canFollow(value, contained) else { return false }
                case .references:
                    guard value.kind == .array else { return false }
                    guard value.elements.allSatisfy({ canFollow($0, contained) }) else {
                        return false
                    }
                case .elements(let element):
                    guard value.kind == .array else { return false }
                    waiting += value.elements.map { ($0, element) }
                }
            }
        }
        return true
    }

    /// The ids of what is contained in a resource.
    static func containedIDs(of resource: JSONValue) -> Set<String> {
        Set(resource["contained"]?.elements.compactMap { $0["id"]?.stringValue } ?? [])
    }

    /// Whether a Reference says which resource it means, or at least that it is no order.
    ///
    /// A logical reference, an `identifier` alone, does not (FHIR R4, Reference.identifier). Nor does
    /// one to a Medication, which is no order: one that names it may be meant.
    static func canFollow(_ reference: JSONValue, _ containedIDs: Set<String>) -> Bool {
        guard let literal = reference["reference"] else {
            return reference["type"]?.stringValue.map { Kind($0) == .other } ?? false
        }
        guard let text = literal.stringValue, !text.isEmpty else { return false }
        guard !text.hasPrefix("#") else { return containedIDs.contains(String(text.dropFirst())) }
        return target(of: text).kind != .substance
    }

    /// The name in a literal reference, relative or a UUID, with the kind of what it names where
    /// that is told.
    static func target(of reference: String) -> (name: String, kind: Kind?) {
        var parts = reference.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count >= 4, parts[parts.count - 2] == "_history" { parts.removeLast(2) }
        guard parts.count >= 2 else { return (reference, nil) }
        return (parts.suffix(2).joined(separator: "/"), Kind(String(parts[parts.count - 2])))
    }
}
