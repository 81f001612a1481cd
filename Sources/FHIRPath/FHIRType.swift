import JSON

/// A FHIR type of the model; `unknown` for elements whose type the model does not know.
struct FHIRType: Sendable, Hashable {
    let id: UInt16

    static let unknown = FHIRType(id: 0)
    static let quantity = named("Quantity")
    static let date = named("date")
    static let dateTime = named("dateTime")
    static let instant = named("instant")
    static let time = named("time")
    static let decimal = named("decimal")
    static let string = named("string")
    static let `extension` = named("Extension")
    static let reference = named("Reference")
    static let resource = named("Resource")

    private static func named(_ name: String) -> FHIRType {
        TypeModel.shared.type(name) ?? .unknown
    }

    /// The type of a resource by what it says itself; `Resource` for a name nobody knows.
    static func ofResource(_ json: JSONValue) -> FHIRType? {
        let tape = json.tape
        guard let name = tape.member(resourceTypeName, of: json.place),
            tape.kind(name) == .string
        else { return nil }
        return TypeModel.shared.type(name, on: tape) ?? .resource
    }

    private static let resourceTypeName = JSONName("resourceType")

    var isUnknown: Bool { id == 0 }

    /// The name; empty when unknown.
    var name: String { TypeModel.shared.names[Int(id)] }

    /// Whether it is that type or one derived from it.
    func isKind(of other: FHIRType) -> Bool {
        var type = self
        while !type.isUnknown {
            if type == other { return true }
            type = FHIRType(id: TypeModel.shared.parents[Int(type.id)])
        }
        return false
    }

    /// Whether it is `Quantity`, `Age`, `Duration` ...
    var isQuantity: Bool { isKind(of: .quantity) }

    /// Whether its name begins with a small letter, as those of primitive types do.
    var isPrimitive: Bool { TypeModel.shared.isPrimitive[Int(id)] }
}

/// The types of the System namespace (FHIRPath 2.0, section 5).
enum SystemType: String, Sendable, CaseIterable {
    case boolean = "Boolean"
    case string = "String"
    case integer = "Integer"
    case long = "Long"
    case decimal = "Decimal"
    case date = "Date"
    case dateTime = "DateTime"
    case time = "Time"
    case quantity = "Quantity"
    case any = "Any"
}

/// What `is`, `as` and `ofType` name: `Quantity`, `System.Quantity`, `FHIR.Quantity`.
///
/// A name without a namespace may be of either (FHIRPath 2.0, section 6.3, types).
struct TypeSpecifier: Sendable {
    let system: SystemType?
    let fhir: FHIRType?

    /// Reads a name; `nil` when there is no such type.
    init?(_ parts: [String]) {
        guard let last = parts.last, parts.count <= 2 else { return nil }
        let namespace = parts.count == 2 ? parts[0] : nil
        guard namespace == nil || namespace == "System" || namespace == "FHIR" else { return nil }
        system = namespace == "FHIR" ? nil : SystemType(rawValue: last)
        fhir = namespace == "System" ? nil : TypeModel.shared.type(last)
        // `System.Patient` names nothing, but is a question that has an answer: no.
        guard system != nil || fhir != nil || namespace == "System" else { return nil }
    }
}

/// A type as `type()` gives it.
struct TypeName: Sendable, Equatable {
    let namespace: String
    let name: String

    var text: String { namespace + "." + name }
}
