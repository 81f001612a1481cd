import JSON

/// Which contained resources a resource has, and which of them it refers to.
///
/// FHIR R4, section 2.3.0.3 and constraint dom-3: a contained resource is referred to from the
/// resource that holds it, or refers to that resource itself.
struct ContainedReferences {
    private let resource: JSONValue
    private let contained: [JSONValue]
    /// What `reference` texts (and canonicals) with a `#` name, with the path of each.
    private var named: [(id: String, path: JSONValue)] = []
    /// The contained resources that refer to the one that holds them.
    private var referring: Set<Int> = []

    init(_ resource: JSONValue) {
        self.resource = resource
        contained = resource["contained"].map { list in Array(list.elements) } ?? []
        var pending: [(value: JSONValue, owner: Int, isContained: Bool)] = [(resource, -1, false)]
        while let next = pending.popLast() {
            switch next.value.kind {
            case .object:
                // A resource in an entry or a parameter has references of its own.
                let isNested = next.value["resourceType"] != nil && !next.isContained
                if isNested, next.value.identity != resource.identity { continue }
                for (name, value) in next.value.members {
                    let isList = next.owner < 0 && name.isString("contained")
                    guard isList else {
                        pending.append((value, next.owner, false))
                        continue
                    }
                    for (position, item) in value.elements.enumerated() {
                        pending.append((item, position, true))
                    }
                }
            case .array:
                for item in next.value.elements { pending.append((item, next.owner, false)) }
            case .string:
                guard let text = next.value.stringValue, text.hasPrefix("#") else { continue }
                let id = String(text.dropFirst())
                if id.isEmpty, next.owner >= 0 { referring.insert(next.owner) }
                named.append((id, next.value))
            case .null, .true, .false, .number: continue
            }
        }
    }

    /// The type of a contained resource; `nil` when there is none of that id.
    func type(of id: String) -> String? {
        contained.first { $0["id"]?.isString(id) ?? false }?["resourceType"]?.stringValue
    }

    /// The paths of contained resources that nothing refers to.
    var unused: [String] {
        contained.enumerated().compactMap { position, item in
            let id = item["id"]?.stringValue
            let isNamed = id.map { id in named.contains { $0.id == id } } ?? false
            return isNamed || referring.contains(position) ? nil : "contained[\(position)]"
        }
    }

    /// The references to contained resources that are not there.
    var unresolved: [JSONValue] {
        let ids = Set(contained.compactMap { $0["id"]?.stringValue })
        return named.filter { !$0.id.isEmpty && !ids.contains($0.id) }.map(\.path)
            .filter { $0.path.hasSuffix("reference") }
    }
}
