import JSON

/// The way from a resource to an element, as an expression that leads there.
///
///     Observation.component[1].value.code
///
/// A choice element has its name without the type, and an object beside a primitive the name of
/// the primitive, as FHIRPath sees them.
struct ElementPath {
    let text: String

    /// Makes the path; `nil` when the element is not inside the root.
    ///
    /// - Parameters:
    ///   - element: where the path leads.
    ///   - root: where it begins.
    ///   - start: the first word; without it the type of the root, or `$this` when it has none.
    init?(of element: JSONValue, in root: JSONValue, from start: String? = nil) {
        guard let steps = element.steps(from: root) else { return nil }
        var text = start ?? root["resourceType"]?.stringValue ?? "$this"
        var type = FHIRType.ofResource(root) ?? .unknown
        for step in steps {
            switch step {
            case .member(let name, let value):
                let isShadow = name.hasPrefix("_")
                let plain = isShadow ? String(name.dropFirst()) : name
                let child = TypeModel.shared.child(named: plain, of: type)
                text += "." + (Self.isWord(child.name) ? child.name : "`" + child.name + "`")
                type = child.type
                if value.kind == .object { type = FHIRType.ofResource(value) ?? type }
            case .element(let position, let value):
                text += "[\(position)]"
                if value.kind == .object { type = FHIRType.ofResource(value) ?? type }
            }
        }
        self.text = text
    }

    /// Whether a name can stand in an expression without quotes.
    private static func isWord(_ name: String) -> Bool {
        guard let first = name.utf8.first, first < UInt8(ascii: "0") || first > UInt8(ascii: "9")
        else {
            return false
        }
        return name.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
                || (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z"))
                || (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z"))
        }
    }
}

extension TypeModel {
    /// The element that a JSON member stands for: its name without the type of a choice.
    func child(named member: String, of owner: FHIRType) -> (name: String, type: FHIRType) {
        let type = elementType(of: owner, nameID: nameID(member))
        guard type.isUnknown else { return (member, type) }
        let bytes = Array(member.utf8)[...]
        for position in bytes.indices.dropFirst() {
            let byte = bytes[position]
            guard byte >= UInt8(ascii: "A"), byte <= UInt8(ascii: "Z") else { continue }
            let stem = String(decoding: bytes.prefix(position), as: UTF8.self)
            if Self.choiceStems.contains(stem), let type = choiceType(bytes.dropFirst(position)) {
                return (stem, type)
            }
        }
        return (member, .unknown)
    }
}
