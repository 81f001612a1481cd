import Basics
import ClinicalEngine

/// Reads derived fields and functions (PMML 4.4, TransformationDictionary, LocalTransformations).
enum TransformationReader {
    /// Reads the fields; each is added to the scope, so that later ones may read it.
    static func read(
        _ element: Element,
        scope: inout FieldScope,
        allowsFunctions: Bool
    ) throws(PMMLError) -> [DerivedField] {
        try element.allow([])
        // Fields may be written in any order: first their names and types, then what they are.
        var declared: [(field: DerivedField, element: Element)] = []
        for child in element.children {
            switch child.name {
            case "DefineFunction":
                guard allowsFunctions else { throw child.error(.unsupported) }
                try function(child, &scope)
            case "DerivedField":
                let field = try declaration(child)
                guard scope[field.name] == nil else {
                    throw child.error(.invalid, attribute: "name")
                }
                scope.add(field)
                declared.append((field, child))
                guard declared.count <= Limits.pmmlFieldsMax else { throw child.error(.tooLarge) }
            default:
                throw child.error(.unsupported)
            }
        }
        var fields: [DerivedField] = []
        var conversions: [ExpressionReader.Conversion] = []
        for entry in declared {
            var field = entry.field
            field.expression = try ExpressionReader.only(
                entry.element.children.filter { $0.name != "Value" },
                of: entry.element,
                type: field.type,
                scope: &scope,
                conversions: &conversions
            )
            fields.append(field)
        }
        return fields + conversions.map(\.field)
    }

    /// What stands in a field about itself; `name` is for one that may lack a name.
    static func declaration(
        _ element: Element,
        name stated: String? = nil
    ) throws(PMMLError) -> DerivedField {
        try element.allow(["name", "displayName", "optype", "dataType"])
        let name = if let stated { stated } else { try element.required("name") }
        guard let type = try element.name("dataType", as: ValueType.self) else {
            throw element.error(.invalid, attribute: "dataType")
        }
        var field = DerivedField(
            name: name,
            type: type,
            kind: try kind(element),
            expression: .constant(.missing)
        )
        field.line = element.line
        guard field.kind != .continuous || type.isNumeric else {
            throw element.error(.invalid, attribute: "dataType")
        }
        for child in element.children where child.name == "Value" {
            field.values.append(try child.required("value"))
        }
        return field
    }

    /// The kind of a field (`optype`).
    static func kind(_ element: Element) throws(PMMLError) -> FieldDefinition.Kind {
        switch element["optype"] {
        case "continuous": return .continuous
        case "categorical": return .categorical
        case "ordinal": return .ordinal
        case nil: throw element.error(.invalid, attribute: "optype")
        default: throw element.error(.unsupported, attribute: "optype")
        }
    }

    private static func function(
        _ element: Element,
        _ scope: inout FieldScope
    ) throws(PMMLError) {
        try element.allow(["name", "optype", "dataType"])
        let name = try element.required("name")
        guard scope.functions[name] == nil, Function(rawValue: name) == nil else {
            throw element.error(.invalid, attribute: "name")
        }
        var parameters: [FieldScope.Function.Parameter] = []
        var body: Element?
        for child in element.children {
            if child.name == "ParameterField" {
                try child.allow(["name", "optype", "dataType", "displayName"])
                parameters.append(
                    .init(
                        name: try child.required("name"),
                        type: try child.name("dataType", as: ValueType.self)
                    )
                )
            } else {
                guard body == nil else { throw child.error(.invalid) }
                guard ExpressionReader.names.contains(child.name) else {
                    throw child.error(.unsupported)
                }
                body = child
            }
        }
        guard let body, Set(parameters.map(\.name)).count == parameters.count else {
            throw element.error(.invalid)
        }
        scope.functions[name] = .init(
            element: element,
            parameters: parameters,
            type: try element.name("dataType", as: ValueType.self),
            body: body
        )
    }
}
