import ClinicalEngine

/// Reads conditions (PMML 4.4, TreeModel, Predicates).
enum PredicateReader {
    /// The elements that are conditions.
    static let names = [
        "True", "False", "SimplePredicate", "CompoundPredicate", "SimpleSetPredicate",
    ]

    /// A CompoundPredicate whose parts are being read.
    private struct Open {
        let combination: Predicate.Combination
        let count: Int
        let end: Int
    }

    /// Reads a condition into postfix steps, without recursion.
    static func read(
        _ element: Element,
        scope: FieldScope
    ) throws(PMMLError) -> Predicate {
        var steps: [Predicate.Step] = []
        var open: [Open] = []
        var position = element.position
        while position < element.end {
            let part = Element(tree: element.tree, position: position)
            position = part.end
            if part.isExtension {
                // Skipped; it may be the last part.
            } else if part.name == "CompoundPredicate" {
                open.append(try compound(part))
                position = part.position + 1
            } else {
                steps.append(try simple(part, scope: scope))
            }
            while let last = open.last, position >= last.end {
                steps.append(.combine(last.combination, count: last.count))
                open.removeLast()
            }
        }
        return Predicate(steps: steps)
    }

    private static func compound(_ element: Element) throws(PMMLError) -> Open {
        try element.allow(["booleanOperator"])
        guard
            let combination = try element.name(
                "booleanOperator",
                as: Predicate.Combination.self
            )
        else { throw element.error(.invalid, attribute: "booleanOperator") }
        let count = element.children.count
        guard count >= 2 else { throw element.error(.invalid) }
        return Open(combination: combination, count: count, end: element.end)
    }

    private static func simple(
        _ element: Element,
        scope: FieldScope
    ) throws(PMMLError) -> Predicate.Step {
        switch element.name {
        case "True", "False":
            try element.allow([])
            try element.allowNoChildren()
            return .constant(element.name == "True")
        case "SimplePredicate":
            return try comparison(element, scope: scope)
        case "SimpleSetPredicate":
            return try set(element, scope: scope)
        default:
            throw element.error(.unsupported)
        }
    }

    private static func comparison(
        _ element: Element,
        scope: FieldScope
    ) throws(PMMLError) -> Predicate.Step {
        try element.allow(["field", "operator", "value"])
        try element.allowNoChildren()
        let field = try field(of: element, scope)
        let name = try element.required("operator")
        if name == "isMissing" || name == "isNotMissing" {
            guard element["value"] == nil else {
                throw element.error(.invalid, attribute: "value")
            }
            return .missing(field: field.name, isMissing: name == "isMissing")
        }
        guard let comparison = Predicate.Comparison(rawValue: name) else {
            throw element.error(.unsupported, attribute: "operator")
        }
        let isEquality = comparison == .equal || comparison == .notEqual
        guard field.kind != .categorical || isEquality else {
            throw element.error(.invalid, attribute: "operator")
        }
        let text = try element.required("value")
        if field.kind == .continuous, text == "INF" || text == "-INF" {
            return infinite(comparison, field: field, isNegative: text == "-INF")
        }
        guard let operand = FieldOperand.read(text, field) else {
            throw element.error(.invalid, attribute: "value")
        }
        return .compare(field: field.name, comparison, operand)
    }

    /// A comparison with an infinity (XML Schema, double): the values of a row are finite, so that
    /// it always holds or never does, and is unknown when the field is missing.
    private static func infinite(
        _ comparison: Predicate.Comparison,
        field: FieldDefinition,
        isNegative: Bool
    ) -> Predicate.Step {
        let edge =
            field.isSingle
            ? Double(Float.greatestFiniteMagnitude) : Double.greatestFiniteMagnitude
        let holds: Bool
        switch comparison {
        case .equal: holds = false
        case .notEqual: holds = true
        case .lessThan, .lessOrEqual: holds = !isNegative
        case .greaterThan, .greaterOrEqual: holds = isNegative
        }
        return .compare(field: field.name, holds ? .lessOrEqual : .greaterThan, .number(edge))
    }

    private static func set(
        _ element: Element,
        scope: FieldScope
    ) throws(PMMLError) -> Predicate.Step {
        try element.allow(["field", "booleanOperator"])
        let field = try field(of: element, scope)
        let name = try element.required("booleanOperator")
        guard name == "isIn" || name == "isNotIn" else {
            throw element.error(.unsupported, attribute: "booleanOperator")
        }
        guard let array = element.children.first, element.children.count == 1 else {
            throw element.error(.invalid)
        }
        guard array.name == "Array" else { throw array.error(.unsupported) }
        var operands: [Predicate.Operand] = []
        for text in try FieldOperand.array(array) {
            guard let operand = FieldOperand.read(text, field) else {
                throw array.error(.invalid)
            }
            operands.append(operand)
        }
        return .set(field: field.name, isIn: name == "isIn", operands)
    }

    private static func field(
        of element: Element,
        _ scope: FieldScope
    ) throws(PMMLError) -> FieldDefinition {
        let name = try element.required("field")
        guard let field = scope[name] else {
            throw element.error(.invalid, attribute: "field")
        }
        return field
    }
}
