import FHIRPath
import JSON

/// One element of a resource, with what is known of its type from where it stands.
struct ElementInstance {
    /// The value; of a primitive that has only extensions, the `_name` object.
    let json: JSONValue
    /// The `_name` object beside the value of a primitive.
    let shadow: JSONValue?
    /// The FHIR type; empty when it is not known.
    let type: String
    /// From the resource down, such as `component[1].code`.
    let path: String
    /// Whether it stands in an array.
    let isInList: Bool
    let hasValue: Bool

    /// What holds its children.
    var owner: JSONValue? { json.kind == .object ? json : shadow }

    /// The children of a name; of a choice, in whatever type they are given.
    func children(_ rule: ElementRule) -> [ElementInstance] {
        children(rule.stem, isChoice: rule.isChoice, type: nil)
    }

    /// The children to which a discriminator step leads.
    func children(_ step: DiscriminatorStep) -> [ElementInstance] {
        let isChoice =
            step.type != nil
            || owner?[step.name] == nil
                && ElementKnowledge(of: step.name, in: type) == .choice
        return children(step.name, isChoice: isChoice, type: step.type)
    }

    private func children(
        _ stem: String,
        isChoice: Bool,
        type wanted: String?
    ) -> [ElementInstance] {
        guard let owner else { return [] }
        guard isChoice else {
            var found = ""
            if case .type(let known) = ElementKnowledge(of: stem, in: type) { found = known }
            return Self.instances(of: stem, type: found, in: owner, below: path)
        }
        var names: [String] = []
        for (name, _) in owner.members {
            var text = name.stringValue ?? ""
            if text.hasPrefix("_") { text.removeFirst() }
            guard text.hasPrefix(stem), !names.contains(text) else { continue }
            names.append(text)
        }
        return names.flatMap { name -> [ElementInstance] in
            // Where the type of the owner is not known, the words behind the stem must name one.
            let suffix = String(name.dropFirst(stem.count))
            guard let found = Self.choiceType(suffix) else { return [] }
            guard wanted == nil || wanted == found else { return [] }
            return Self.instances(of: name, type: found, in: owner, below: path)
        }
    }

    private static func choiceType(_ suffix: String) -> String? {
        guard let first = suffix.utf8.first, first >= UInt8(ascii: "A"), first <= UInt8(ascii: "Z")
        else { return nil }
        if ElementKnowledge.isType(suffix) { return suffix }
        let small = suffix.prefix(1).lowercased() + suffix.dropFirst()
        return ElementKnowledge.isType(small) ? small : nil
    }

    private static func instances(
        of name: String,
        type: String,
        in owner: JSONValue,
        below path: String
    ) -> [ElementInstance] {
        let value = owner[name].flatMap { $0.isNull ? nil : $0 }
        let shadow = owner["_" + name].flatMap { $0.isNull ? nil : $0 }
        let place = path.isEmpty ? name : path + "." + name
        guard value?.kind == .array || shadow?.kind == .array else {
            guard let json = value ?? shadow else { return [] }
            return [
                ElementInstance(
                    json: json,
                    shadow: shadow,
                    type: type,
                    path: place,
                    isInList: false,
                    hasValue: value != nil
                )
            ]
        }
        let values = value.map { Array($0.elements) } ?? []
        let shadows = shadow.map { Array($0.elements) } ?? []
        return (0..<max(values.count, shadows.count)).compactMap { position in
            let value = position < values.count && !values[position].isNull ? values[position] : nil
            let beside =
                position < shadows.count && !shadows[position].isNull ? shadows[position] : nil
            guard let json = value ?? beside else { return nil }
            return ElementInstance(
                json: json,
                shadow: beside,
                type: type,
                path: "\(place)[\(position)]",
                isInList: true,
                hasValue: value != nil
            )
        }
    }
}
