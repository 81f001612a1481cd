import Basics
import FHIR
import JSON

extension Evaluator {
    /// `is`, `as` and `ofType` (FHIRPath 2.0, section 6.3).
    func evaluate(
        _ operation: Program.TypeOperation,
        _ type: Int,
        on input: Items,
        at node: Int
    ) throws(FHIRPathError) -> Items {
        let type = program.types[type]
        switch operation {
        case .isType:
            guard let item = try single(input, at: node) else { return .none }
            return .one(.boolean(isKind(item, of: type)))
        case .asType:
            guard let item = try single(input, at: node) else { return .none }
            return isJust(item, type) ? input : .none
        case .ofType:
            if case .one(let item) = input { return isJust(item, type) ? input : .none }
            var result = Items.none
            for index in 0..<input.count where isJust(input[index], type) {
                result.append(input[index])
            }
            return result
        }
    }

    /// Whether an item is of a type or of one derived from it.
    func isKind(_ item: Item, of type: TypeSpecifier) -> Bool {
        guard case .element(let element) = item else { return isSystem(item, type) }
        if element.type.isUnknown { return isShaped(element, type) }
        guard let fhir = type.fhir else { return false }
        return element.type.isKind(of: fhir)
    }

    /// Whether `as` and `ofType` let an item pass: a primitive must have just that type.
    private func isJust(_ item: Item, _ type: TypeSpecifier) -> Bool {
        if case .element(let element) = item, element.type.isPrimitive {
            return element.type == type.fhir
        }
        return isKind(item, of: type)
    }

    private func isSystem(_ item: Item, _ type: TypeSpecifier) -> Bool {
        guard let system = type.system else { return false }
        return system == .any || system == Self.systemType(item)
    }

    /// Of an element of unknown type only the JSON shape can be asked.
    private func isShaped(_ element: Element, _ type: TypeSpecifier) -> Bool {
        let name = type.fhir?.name
        switch element.json.kind {
        case .true, .false: return type.system == .boolean || name == "boolean"
        case .number:
            let isWhole = element.json.decimalValue.map { $0.scale == 0 } ?? false
            if type.system == .decimal || name == "decimal" { return !isWhole }
            return isWhole && (type.system == .integer || name == "integer")
        case .string: return type.system == .string || name == "string"
        case .object, .array, .null: return false
        }
    }

    /// The System type of a value; `nil` for an element.
    static func systemType(_ item: Item) -> SystemType? {
        switch item {
        case .boolean: .boolean
        case .integer: .integer
        case .decimal: .decimal
        case .string: .string
        case .date: .date
        case .dateTime: .dateTime
        case .time: .time
        case .quantity: .quantity
        case .element, .type: nil
        }
    }

    /// What `type()` gives for an item.
    func typeName(of item: Item) -> TypeName {
        if let type = Self.systemType(item) {
            return TypeName(namespace: "System", name: type.rawValue)
        }
        guard case .element(let element) = item else {
            return TypeName(namespace: "System", name: "Any")
        }
        guard element.type.isUnknown else {
            let name = element.type.name
            // Elements that are defined in place have no type of their own name.
            let isInPlace = name.utf8.contains(UInt8(ascii: "."))
            return TypeName(namespace: "FHIR", name: isInPlace ? "BackboneElement" : name)
        }
        let value = system(item)
        guard let type = Self.systemType(value) else {
            return TypeName(namespace: "System", name: "Any")
        }
        return TypeName(namespace: "System", name: type.rawValue)
    }
}
