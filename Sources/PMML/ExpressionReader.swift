import Basics
import ClinicalEngine

/// Reads expressions (PMML 4.4, Transformations); calls of defined functions are expanded.
///
///     <Apply function="/">
///       <Apply function="-"><FieldRef field="age"/><Constant>63.7</Constant></Apply>
///       <Constant>16.8</Constant>
///     </Apply>
struct ExpressionReader {
    /// The elements that are expressions.
    static let names = [
        "Constant", "FieldRef", "NormContinuous", "NormDiscrete", "Discretize", "MapValues",
        "Apply",
    ]

    private var scope: FieldScope
    /// The fields that hold converted arguments, for the elements that read fields only; `nil`
    /// where no field can be added.
    private var conversions: [Conversion]?
    /// What stands for the parameters of the function that is being expanded.
    private var arguments: [String: Expression] = [:]
    /// The functions that are being expanded.
    private var open: [String] = []
    private var expansions = 0
    /// How deep the element lies that is being read, with the functions around it.
    private var depth = 0

    /// A field brought to the type of a parameter, as a field of its own.
    struct Conversion {
        let source: String
        let field: DerivedField
    }

    private init(_ scope: FieldScope, conversions: [Conversion]? = nil) {
        self.scope = scope
        self.conversions = conversions
    }

    /// The one expression among some elements.
    static func only(
        _ elements: [Element],
        of parent: Element,
        type: ValueType?,
        scope: FieldScope
    ) throws(PMMLError) -> Expression {
        var reader = ExpressionReader(scope)
        return try reader.read(try only(elements, of: parent), type: type)
    }

    /// The same where fields can be added: those that it reads besides, and their names.
    static func only(
        _ elements: [Element],
        of parent: Element,
        type: ValueType?,
        scope: inout FieldScope,
        conversions: inout [Conversion]
    ) throws(PMMLError) -> Expression {
        var reader = ExpressionReader(scope, conversions: conversions)
        let expression = try reader.read(try only(elements, of: parent), type: type)
        scope = reader.scope
        conversions = reader.conversions ?? []
        return expression
    }

    private static func only(
        _ elements: [Element],
        of parent: Element
    ) throws(PMMLError) -> Element {
        guard let first = elements.first else { throw parent.error(.invalid, detail: "expression") }
        guard elements.count == 1 else { throw elements[1].error(.invalid) }
        return first
    }

    /// Reads one expression; `type` is that of the field it is for.
    mutating func read(_ element: Element, type: ValueType?) throws(PMMLError) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Limits.expressionNestingMax else { throw element.error(.tooLarge) }
        switch element.name {
        case "Constant": return .constant(try constant(element))
        case "FieldRef": return try reference(element)
        case "NormContinuous": return try normContinuous(element)
        case "NormDiscrete": return try normDiscrete(element)
        case "Discretize": return try discretize(element, type)
        case "MapValues": return try mapValues(element, type)
        case "Apply": return try apply(element)
        default: throw element.error(.unsupported)
        }
    }

    private func constant(_ element: Element) throws(PMMLError) -> Expression.Constant {
        try element.allow(["dataType", "missing"])
        try element.allowNoChildren()
        if try element.boolean("missing", default: false) { return .missing }
        let text = element.text
        guard let type = element["dataType"] else {
            return Element.number(text).map { .number($0) } ?? .text(text)
        }
        guard let type = ValueType(rawValue: type) else {
            throw element.error(.unsupported, attribute: "dataType")
        }
        return try Self.constant(text, type, element)
    }

    /// A text of the document as a constant of a type.
    static func constant(
        _ text: String,
        _ type: ValueType?,
        _ element: Element
    ) throws(PMMLError) -> Expression.Constant {
        switch type {
        case .string, nil: return .text(text)
        case .boolean:
            guard text == "true" || text == "false" else { throw element.error(.invalid) }
            return .boolean(text == "true")
        case .integer, .double, .float:
            guard let number = Element.number(text) else { throw element.error(.invalid) }
            return .number(type == .float ? Double(Float(number)) : number)
        }
    }

    private func optional(
        _ element: Element,
        _ attribute: String,
        _ type: ValueType? = nil
    ) throws(PMMLError) -> Expression.Constant? {
        guard let text = element[attribute] else { return nil }
        do {
            return try Self.constant(text, type, element)
        } catch {
            throw element.error(.invalid, attribute: attribute)
        }
    }

    private func reference(_ element: Element) throws(PMMLError) -> Expression {
        try element.allow(["field", "mapMissingTo"])
        try element.allowNoChildren()
        let name = try element.required("field")
        let mapMissingTo = try optional(element, "mapMissingTo")
        if let argument = arguments[name] {
            guard let mapMissingTo else { return argument }
            guard case .field(let field, nil) = argument else {
                throw element.error(.unsupported, attribute: "mapMissingTo")
            }
            return .field(field, mapMissingTo: mapMissingTo)
        }
        guard scope[name] != nil, open.isEmpty else {
            throw element.error(.invalid, attribute: "field")
        }
        return .field(name, mapMissingTo: mapMissingTo)
    }

    /// The field that an attribute names; a parameter must stand for a field.
    private mutating func field(
        _ element: Element,
        _ attribute: String = "field"
    ) throws(PMMLError) -> FieldDefinition {
        var name = try element.required(attribute)
        if let argument = arguments[name] {
            if case .field(let field, nil) = argument {
                name = field
            } else if case .converted(.field(let field, nil), let type) = argument,
                let converted = try conversion(of: field, to: type, element)
            {
                name = converted
            } else {
                throw element.error(.unsupported, attribute: attribute)
            }
        } else if !open.isEmpty {
            throw element.error(.invalid, attribute: attribute)
        }
        guard let field = scope[name] else { throw element.error(.invalid, attribute: attribute) }
        return field
    }

    /// The field that holds another one as a type; `nil` where no field can be added.
    private mutating func conversion(
        of source: String,
        to type: ValueType,
        _ element: Element
    ) throws(PMMLError) -> String? {
        guard let known = conversions else { return nil }
        if let same = known.first(where: { $0.source == source && $0.field.type == type }) {
            return same.field.name
        }
        guard known.count < Limits.pmmlFieldsMax else { throw element.error(.tooLarge) }
        var name = "\(source) as \(type.rawValue)"
        // A field of the document, or of a model around, may have that name.
        while scope[name] != nil { name += "'" }
        var field = DerivedField(
            name: name,
            type: type,
            kind: type.isNumeric ? .continuous : .categorical,
            expression: .field(source, mapMissingTo: nil)
        )
        field.line = element.line
        scope.add(field)
        conversions?.append(Conversion(source: source, field: field))
        return name
    }

    private mutating func normContinuous(_ element: Element) throws(PMMLError) -> Expression {
        try element.allow(["field", "outliers", "mapMissingTo"])
        let field = try field(element)
        guard field.isNumeric else { throw element.error(.invalid, attribute: "field") }
        var norms: [Expression.Norm] = []
        for child in element.children {
            guard child.name == "LinearNorm" else { throw child.error(.unsupported) }
            try child.allow(["orig", "norm"])
            try child.allowNoChildren()
            guard let original = try child.number("orig") else {
                throw child.error(.invalid, attribute: "orig")
            }
            guard let normalized = try child.number("norm") else {
                throw child.error(.invalid, attribute: "norm")
            }
            if let last = norms.last, original <= last.original {
                throw child.error(.invalid, attribute: "orig")
            }
            norms.append(.init(original: original, normalized: normalized))
        }
        guard norms.count >= 2 else { throw element.error(.invalid) }
        let outliers = try element.name("outliers", as: Expression.Outliers.self) ?? .asIs
        return .normContinuous(
            field: field.name,
            norms: norms,
            outliers: outliers,
            mapMissingTo: try optional(element, "mapMissingTo", .double)
        )
    }

    private mutating func normDiscrete(_ element: Element) throws(PMMLError) -> Expression {
        try element.allow(["field", "value", "mapMissingTo", "method"])
        try element.allowNoChildren()
        let field = try field(element)
        if let method = element["method"], method != "indicator" {
            throw element.error(.unsupported, attribute: "method")
        }
        guard let operand = FieldOperand.read(try element.required("value"), field) else {
            throw element.error(.invalid, attribute: "value")
        }
        return .normDiscrete(
            field: field.name,
            value: operand,
            mapMissingTo: try optional(element, "mapMissingTo", .double)
        )
    }

    private func type(_ element: Element, _ type: ValueType?) throws(PMMLError) -> ValueType? {
        guard let text = element["dataType"] else { return type }
        guard let type = ValueType(rawValue: text) else {
            throw element.error(.unsupported, attribute: "dataType")
        }
        return type
    }

    private mutating func discretize(
        _ element: Element,
        _ outer: ValueType?
    ) throws(PMMLError) -> Expression {
        try element.allow(["field", "mapMissingTo", "defaultValue", "dataType"])
        let field = try field(element)
        guard field.isNumeric else { throw element.error(.invalid, attribute: "field") }
        let type = try type(element, outer)
        var bins: [Expression.Bin] = []
        for child in element.children {
            guard child.name == "DiscretizeBin" else { throw child.error(.unsupported) }
            try child.allow(["binValue"])
            guard let interval = child.children.first, child.children.count == 1,
                interval.name == "Interval"
            else { throw child.error(.invalid) }
            guard let value = try optional(child, "binValue", type) else {
                throw child.error(.invalid, attribute: "binValue")
            }
            bins.append(.init(interval: try DataDictionary.interval(interval), value: value))
        }
        return .discretize(
            field: field.name,
            bins: bins,
            defaultValue: try optional(element, "defaultValue", type),
            mapMissingTo: try optional(element, "mapMissingTo", type)
        )
    }

    private mutating func mapValues(
        _ element: Element,
        _ outer: ValueType?
    ) throws(PMMLError) -> Expression {
        try element.allow(["mapMissingTo", "defaultValue", "outputColumn", "dataType"])
        let type = try type(element, outer)
        let output = InlineTable.column(try element.required("outputColumn"))
        var fields: [FieldDefinition] = []
        var columns: [String] = []
        var rows: [[Predicate.Operand]] = []
        var results: [Expression.Constant] = []
        for child in element.children {
            switch child.name {
            case "FieldColumnPair":
                try child.allow(["field", "column"])
                try child.allowNoChildren()
                fields.append(try field(child))
                columns.append(InlineTable.column(try child.required("column")))
            case "InlineTable":
                for row in try InlineTable.rows(child) {
                    guard let result = row.cells[output] else {
                        throw PMMLError(code: .invalid, element: "row", line: row.line)
                    }
                    results.append(try Self.constant(result, type, child))
                    var operands: [Predicate.Operand] = []
                    for (column, field) in zip(columns, fields) {
                        guard let text = row.cells[column] else {
                            throw PMMLError(code: .invalid, element: "row", line: row.line)
                        }
                        operands.append(FieldOperand.read(text, field) ?? .category(text))
                    }
                    rows.append(operands)
                }
            default:
                throw child.error(.unsupported)
            }
        }
        guard !fields.isEmpty, !rows.isEmpty else { throw element.error(.invalid) }
        return .mapValues(
            fields: fields.map(\.name),
            rows: rows,
            results: results,
            defaultValue: try optional(element, "defaultValue", type),
            mapMissingTo: try optional(element, "mapMissingTo", type)
        )
    }

    private mutating func apply(_ element: Element) throws(PMMLError) -> Expression {
        try element.allow(["function", "mapMissingTo", "defaultValue", "invalidValueTreatment"])
        let name = try element.required("function")
        var operands: [Expression] = []
        for child in element.children { operands.append(try read(child, type: nil)) }
        if let function = scope.functions[name] {
            return try expand(function, name, operands, element)
        }
        guard let function = Function(rawValue: name) else {
            throw element.error(.unsupported, attribute: "function")
        }
        guard function.argumentCounts.contains(operands.count) else {
            throw element.error(.invalid)
        }
        var call = Expression.Call(function, operands)
        call.line = element.line
        call.mapMissingTo = try optional(element, "mapMissingTo")
        call.defaultValue = try optional(element, "defaultValue")
        switch element["invalidValueTreatment"] ?? "returnInvalid" {
        case "returnInvalid", "asIs": call.invalidResult = .refuse
        case "asMissing": call.invalidResult = .asMissing
        default: throw element.error(.unsupported, attribute: "invalidValueTreatment")
        }
        return .apply(call)
    }

    private mutating func expand(
        _ function: FieldScope.Function,
        _ name: String,
        _ operands: [Expression],
        _ element: Element
    ) throws(PMMLError) -> Expression {
        for attribute in ["mapMissingTo", "defaultValue", "invalidValueTreatment"] {
            guard element[attribute] == nil else {
                throw element.error(.unsupported, attribute: attribute)
            }
        }
        guard !open.contains(name) else { throw function.element.error(.invalid) }
        guard operands.count == function.parameters.count else { throw element.error(.invalid) }
        expansions += 1
        guard expansions <= Limits.functionExpansionsMax else { throw element.error(.tooLarge) }
        let outer = arguments
        arguments = Dictionary(
            zip(function.parameters, operands).map { parameter, operand in
                (parameter.name, converted(operand, to: parameter.type))
            },
            uniquingKeysWith: { first, _ in first }
        )
        open.append(name)
        let body = try read(function.body, type: function.type)
        open.removeLast()
        arguments = outer
        return converted(body, to: function.type)
    }

    /// A field that has the type already stays a field, for which norms and tables ask.
    private func converted(_ expression: Expression, to type: ValueType?) -> Expression {
        guard let type else { return expression }
        if case .converted(_, type) = expression { return expression }
        if case .field(let name, nil) = expression, let own = scope[name]?.type {
            if own == type || type == .double && own.isNumeric { return expression }
        }
        return .converted(expression, to: type)
    }
}
