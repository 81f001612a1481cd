import Basics
import ClinicalEngine

/// The fields of a document and their valid values (PMML 4.4, DataDictionary).
struct DataDictionary {
    /// The kinds of values that the reader takes (`optype`).
    private enum OperationalType: String {
        case continuous
        case categorical
        case ordinal
    }

    // Of the types of values (`dataType`) dates and times are refused: what stands for them in a
    // row of numbers would be a guess.

    /// What a listed value is (`property`).
    private enum Property: String {
        case valid
        case invalid
        case missing
    }

    /// Which ends of an interval belong to it (`closure`).
    private enum Closure: String {
        case openOpen
        case openClosed
        case closedOpen
        case closedClosed
    }

    private(set) var fields: [FieldDefinition] = []

    init(_ element: Element) throws(PMMLError) {
        try element.allow(["numberOfFields"])
        for child in element.children {
            guard child.name == "DataField" else { throw child.error(.unsupported) }
            let field = try Self.field(child)
            guard self[field.name] == nil else { throw child.error(.invalid, attribute: "name") }
            fields.append(field)
            guard fields.count <= Limits.pmmlFieldsMax else { throw child.error(.tooLarge) }
        }
        if let count = try element.count("numberOfFields"), count != fields.count {
            throw element.error(.invalid, attribute: "numberOfFields")
        }
    }

    /// The field of a name.
    subscript(name: String) -> FieldDefinition? {
        fields.first { $0.name == name }
    }

    private static func field(_ element: Element) throws(PMMLError) -> FieldDefinition {
        try element.allow(["name", "displayName", "optype", "dataType", "isCyclic"])
        let name = try element.required("name")
        guard let type = try element.name("optype", as: OperationalType.self) else {
            throw element.error(.invalid, attribute: "optype")
        }
        guard let dataType = try element.name("dataType", as: ValueType.self) else {
            throw element.error(.invalid, attribute: "dataType")
        }
        guard try !element.boolean("isCyclic", default: false) else {
            throw element.error(.unsupported, attribute: "isCyclic")
        }
        let isNumeric = dataType.isNumeric
        let kind: FieldDefinition.Kind
        switch type {
        case .continuous:
            guard isNumeric else { throw element.error(.invalid, attribute: "dataType") }
            kind = .continuous
        case .categorical: kind = .categorical
        case .ordinal: kind = .ordinal
        }
        var field = FieldDefinition(name: name, kind: kind, unit: Self.unit(element))
        field.isNumeric = isNumeric
        field.isWhole = dataType == .integer
        field.isSingle = dataType == .float
        field.isBoolean = dataType == .boolean
        for child in element.children {
            switch child.name {
            case "Interval":
                guard kind == .continuous else { throw child.error(.invalid) }
                field.intervals.append(try Self.interval(child))
            case "Value":
                let value = try Self.value(child, isNumeric: isNumeric)
                guard !field.values.contains(where: { $0.text == value.text }) else {
                    throw child.error(.invalid, attribute: "value")
                }
                field.values.append(value)
                guard field.values.count <= Limits.pmmlValuesMax else {
                    throw child.error(.tooLarge)
                }
            default:
                throw child.error(.unsupported)
            }
        }
        if dataType == .boolean, field.values.isEmpty {
            field.values = [.init(text: "true"), .init(text: "false")]
        }
        let isListed = field.values.contains { $0.role == .valid }
        guard kind != .ordinal || isListed else { throw element.error(.invalid) }
        return field
    }

    /// The unit in UCUM, as `<Extension name="unit" value="/min"/>`.
    private static func unit(_ element: Element) -> String? {
        element.allChildren.first { $0.isExtension && $0["name"] == "unit" }?["value"]
    }

    private static func value(
        _ element: Element,
        isNumeric: Bool
    ) throws(PMMLError) -> FieldDefinition.Value {
        try element.allow(["value", "displayValue", "property"])
        try element.allowNoChildren()
        let text = try element.required("value")
        let number = isNumeric ? Element.number(text) : nil
        guard !isNumeric || number != nil else {
            throw element.error(.invalid, attribute: "value")
        }
        switch try element.name("property", as: Property.self) ?? .valid {
        case .valid: return .init(text: text, number: number, role: .valid)
        case .invalid: return .init(text: text, number: number, role: .invalid)
        case .missing: return .init(text: text, number: number, role: .missing)
        }
    }

    static func interval(_ element: Element) throws(PMMLError) -> Interval {
        try element.allow(["closure", "leftMargin", "rightMargin"])
        try element.allowNoChildren()
        guard let closure = try element.name("closure", as: Closure.self) else {
            throw element.error(.invalid, attribute: "closure")
        }
        let lower = try element.number("leftMargin")
        let upper = try element.number("rightMargin")
        guard lower != nil || upper != nil else { throw element.error(.invalid) }
        let interval = Interval(
            lower: lower ?? -.infinity,
            isLowerClosed: closure == .closedOpen || closure == .closedClosed,
            upper: upper ?? .infinity,
            isUpperClosed: closure == .openClosed || closure == .closedClosed
        )
        guard !interval.isEmpty else { throw element.error(.invalid) }
        return interval
    }
}
