/// What the type model says of one element of a type, for whoever reads resources strictly.
///
///     ElementKnowledge(of: "effective", in: "Observation")  // .choice
///     ElementKnowledge(of: "low", in: "Range")              // .type("Quantity")
///     ElementKnowledge(of: "colour", in: "Observation")     // .absent
///
/// The model holds STU3, R4 and R5 together.
package enum ElementKnowledge: Sendable, Equatable {
    /// It is there and has this type.
    case type(String)
    /// It is a choice element; the name in the JSON tells the type.
    case choice
    /// The type is known as a whole and has no such element.
    case absent
    /// The model does not know the type as a whole.
    case unknown

    /// Looks an element up, with those of the type's ancestors; choices without the `[x]`.
    package init(of element: String, in type: String) {
        let model = TypeModel.shared
        guard let owner = model.type(type) else {
            self = .unknown
            return
        }
        switch model.knowledge(of: owner, nameID: model.nameID(element)) {
        case .type(let type): self = .type(type.name)
        case .choice: self = .choice
        case .absent: self = .absent
        case .unknown: self = .unknown
        }
    }

    /// Takes the name of a choice element apart: its stem and the type that it ends in.
    ///
    /// `valueDateTime` in an Observation is `value` and `dateTime`; `nil` when it is no choice.
    package static func choice(
        _ name: String,
        in type: String
    ) -> (stem: String, type: String)? {
        let bytes = Array(name.utf8)
        for index in bytes.indices.dropFirst().reversed() {
            guard bytes[index] >= UInt8(ascii: "A"), bytes[index] <= UInt8(ascii: "Z"),
                let found = TypeModel.shared.choiceType(bytes[index...])
            else { continue }
            let stem = String(decoding: bytes[..<index], as: UTF8.self)
            if ElementKnowledge(of: stem, in: type) == .choice { return (stem, found.name) }
        }
        return nil
    }

    /// Whether there is a type of that name.
    package static func isType(_ name: String) -> Bool { TypeModel.shared.type(name) != nil }

    /// Whether it is a resource type.
    package static func isResource(_ name: String) -> Bool { isKind(name, of: "Resource") }

    /// Whether it is a primitive type, such as `dateTime`.
    package static func isPrimitive(_ name: String) -> Bool {
        TypeModel.shared.type(name)?.isPrimitive ?? false
    }

    /// Whether a type is another one or derived from it.
    package static func isKind(_ name: String, of ancestor: String) -> Bool {
        guard let type = TypeModel.shared.type(name), let other = TypeModel.shared.type(ancestor)
        else { return false }
        return type.isKind(of: other)
    }
}
