import JSON

/// What is known of FHIR types: their names, their ancestors, and the types of their elements.
///
/// The definitions are written as text (`TypeModel+Definitions.swift`) and read once:
///
///     Period: start dateTime, end dateTime
///     Observation!: value *, code CodeableConcept
///
/// `*` is a choice element, whose type the name in the JSON tells. A type with `!` is complete for
/// STU3, R4 and R5, so that any other path from it is a mistake.
final class TypeModel: Sendable {
    static let shared = TypeModel()

    let names: [String]
    let parents: [UInt16]
    let isPrimitive: [Bool]
    private let isComplete: [Bool]
    private let types: [String: UInt16]
    private let nameIDs: [String: UInt16]
    /// The type of an element by owner and name; `UInt16.max` for a choice.
    private let elements: ElementTable
    private let typesByBytes: TypeNameTable
    /// Types by the words that names of choice elements end in, such as `DateTime`.
    private let choiceTypes: TypeNameTable

    /// What the model says of an element.
    enum Knowledge: Equatable {
        case type(FHIRType)
        case choice
        /// The owner is complete and has no such element.
        case absent
        case unknown
    }

    private init() {
        var builder = Builder()
        for entry in Self.hierarchy { builder.addHierarchy(entry) }
        for definition in Self.definitions { builder.addDefinition(definition) }
        names = builder.names
        parents = builder.parents
        isComplete = builder.isComplete
        types = builder.types
        nameIDs = builder.nameIDs
        elements = ElementTable(builder.elements)
        let named = builder.types.sorted { $0.value < $1.value }
        typesByBytes = TypeNameTable(named.map { ($0.key, $0.value) })
        choiceTypes = TypeNameTable(
            named.compactMap { name, id in
                guard !name.utf8.contains(UInt8(ascii: ".")) else { return nil }
                let word = name.prefix(1).uppercased() + name.dropFirst()
                // A type that is written with a capital goes before one that is not.
                return word != name && builder.types[word] != nil ? nil : (word, id)
            }
        )
        isPrimitive = builder.names.map { name in
            guard let first = name.utf8.first, !name.utf8.contains(UInt8(ascii: ".")) else {
                return false
            }
            return first >= UInt8(ascii: "a") && first <= UInt8(ascii: "z")
        }
    }

    func type(_ name: String) -> FHIRType? { types[name].map { FHIRType(id: $0) } }

    /// The type whose name stands at a place.
    func type(_ name: JSONPlace, on tape: JSONTape) -> FHIRType? {
        let id = tape.withText(name) { text in typesByBytes.find(text) }
        guard let id, let id else { return nil }
        return FHIRType(id: id)
    }

    func nameID(_ name: String) -> UInt16 { nameIDs[name] ?? 0 }

    /// The type of an element; `unknown` when the model does not say.
    func elementType(of owner: FHIRType, nameID: UInt16) -> FHIRType {
        switch knowledge(of: owner, nameID: nameID) {
        case .type(let type): type
        case .choice, .absent, .unknown: .unknown
        }
    }

    /// What the model says of an element, its owner's ancestors included.
    func knowledge(of owner: FHIRType, nameID: UInt16) -> Knowledge {
        guard !owner.isUnknown else { return .unknown }
        var type = owner.id
        while type != 0, nameID != 0 {
            if let found = elements[UInt32(type) << 16 | UInt32(nameID)] {
                return found == .max ? .choice : .type(FHIRType(id: found))
            }
            type = parents[Int(type)]
        }
        return isComplete[Int(owner.id)] ? .absent : .unknown
    }

    /// The type that the name of a choice element ends in, such as `DateTime`.
    func choiceType(_ suffix: ArraySlice<UInt8>) -> FHIRType? {
        guard let first = suffix.first, first >= UInt8(ascii: "A"), first <= UInt8(ascii: "Z")
        else {
            return nil
        }
        return choiceTypes.find(suffix.span).map { FHIRType(id: $0) }
    }

    private struct Builder {
        var names = [""]
        var parents: [UInt16] = [0]
        var isComplete = [false]
        var types: [String: UInt16] = [:]
        var nameIDs: [String: UInt16] = [:]
        var elements: [UInt32: UInt16] = [:]

        mutating func id(_ name: String) -> UInt16 {
            if let id = types[name] { return id }
            let id = UInt16(names.count)
            names.append(name)
            parents.append(0)
            isComplete.append(false)
            types[name] = id
            return id
        }

        /// Reads `Parent: Child Child ...`.
        mutating func addHierarchy(_ entry: String) {
            let parts = entry.split(separator: ":")
            guard parts.count == 2 else { return }
            let parent = id(String(parts[0]))
            for child in parts[1].split(separator: " ") {
                parents[Int(id(String(child)))] = parent
            }
        }

        /// Reads `Owner: name Type, name Type ...`.
        mutating func addDefinition(_ definition: String) {
            let parts = definition.split(separator: ":")
            guard parts.count == 2 else { return }
            let isMarked = parts[0].hasSuffix("!")
            let name = String(isMarked ? parts[0].dropLast() : parts[0])
            let isBackbone = name.utf8.contains(UInt8(ascii: "."))
            let owner = id(name)
            if isMarked { isComplete[Int(owner)] = true }
            if isBackbone { parents[Int(owner)] = id("BackboneElement") }
            for element in parts[1].split(separator: ",") {
                let words = element.split(separator: " ")
                guard words.count == 2 else { continue }
                let type = words[1] == "*" ? .max : id(String(words[1]))
                elements[UInt32(owner) << 16 | UInt32(nameID(String(words[0])))] = type
            }
        }

        private mutating func nameID(_ name: String) -> UInt16 {
            if let id = nameIDs[name] { return id }
            let id = UInt16(nameIDs.count + 1)
            nameIDs[name] = id
            return id
        }
    }
}
