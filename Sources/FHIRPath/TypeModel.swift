import JSON

/// What is known of FHIR types: their names, their ancestors, and the types of their elements.
///
/// The definitions are written as text (`TypeModel+Definitions.swift`) and read once:
///
///     Period: start dateTime, end dateTime
///     Observation!: value *, code CodeableConcept
///
/// `*` is a choice element, whose type the name in the JSON tells; a type with `~` is that of R4
/// where another version has another. A type with `!` is complete for
/// STU3, R4 and R5, so that any other path from it is a mistake.
final class TypeModel: Sendable {
    static let shared = TypeModel()

    let names: [String]
    let parents: [UInt16]
    let isPrimitive: [Bool]
    private let isComplete: [Bool]
    private let types: [String: UInt16]
    let nameIDs: [String: UInt16]
    /// The type of an element by owner and name; `UInt16.max` for a choice.
    private let elements: ElementTable
    /// The elements whose type differs between the versions, by the key of `elements`.
    private let varying: Set<UInt32>
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
        builder.addBlock(Self.clinicalDefinitions)
        builder.addBlock(Self.administrationDefinitions)
        builder.addBlock(Self.terminologyDefinitions)
        varying = builder.varying
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
        guard let found = find(owner, nameID)?.type, found != .max else { return .unknown }
        return FHIRType(id: found)
    }

    /// What an owner or an ancestor of it says of an element, with the key of the saying.
    private func find(_ owner: FHIRType, _ nameID: UInt16) -> (key: UInt32, type: UInt16)? {
        var type = owner.id
        while type != 0, nameID != 0 {
            let key = UInt32(type) << 16 | UInt32(nameID)
            if let found = elements[key] { return (key, found) }
            type = parents[Int(type)]
        }
        return nil
    }

    /// What the model says of an element, its owner's ancestors included.
    func knowledge(of owner: FHIRType, nameID: UInt16) -> Knowledge {
        guard !owner.isUnknown else { return .unknown }
        if let (key, found) = find(owner, nameID) {
            guard !varying.contains(key) else { return .unknown }
            return found == .max ? .choice : .type(FHIRType(id: found))
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
        var varying: Set<UInt32> = []

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
                let isVarying = words[1].hasSuffix("~")
                let word = isVarying ? words[1].dropLast() : words[1]
                let key = UInt32(owner) << 16 | UInt32(nameID(String(words[0])))
                elements[key] = word == "*" ? .max : id(String(word))
                if isVarying { varying.insert(key) }
            }
        }

        /// Reads definitions of which each begins at the margin and goes on in indented lines.
        mutating func addBlock(_ block: String) {
            var definition = ""
            for line in block.split(separator: "\n") {
                if !line.hasPrefix(" "), !definition.isEmpty {
                    addDefinition(definition)
                    definition = ""
                }
                definition += line
            }
            addDefinition(definition)
        }

        private mutating func nameID(_ name: String) -> UInt16 {
            if let id = nameIDs[name] { return id }
            let id = UInt16(nameIDs.count + 1)
            nameIDs[name] = id
            return id
        }
    }
}
