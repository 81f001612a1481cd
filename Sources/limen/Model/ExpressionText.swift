import ClinicalEngine

/// An expression as a formula: `(age - 63.7) / 16.8`, `if sex = "male" then 1 else 0.742`.
enum ExpressionText {
    /// How strongly an operator binds; an argument that binds less gets brackets.
    private enum Strength: Int {
        case condition, or, and, not, comparison, sum, product, power, whole
    }

    private typealias Formula = (text: String, strength: Strength)

    /// Deeper than this a formula is cut; nobody reads further.
    private static let depthMax = 64
    /// More rows of a table than this are counted and not listed.
    private static let rowsMax = 8

    /// The expression as text.
    static func text(_ expression: Expression) -> String { formula(expression, 0).text }

    /// A constant as text.
    static func constant(_ constant: Expression.Constant) -> String {
        switch constant {
        case .number(let number): NumberText.exact(number)
        case .text(let text): "\"\(text)\""
        case .boolean(let isTrue): isTrue ? "true" : "false"
        case .missing: "missing"
        }
    }

    private static func formula(_ expression: Expression, _ depth: Int) -> Formula {
        guard depth < depthMax else { return ("...", .whole) }
        switch expression {
        case .constant(let constant):
            return (self.constant(constant), .whole)
        case .field(let name, let replacement):
            return (name + missing(replacement), .whole)
        case .apply(let call):
            let formula = self.call(call, depth)
            var endings = ""
            if let value = call.mapMissingTo { endings += ", \(constant(value)) if one is missing" }
            if let value = call.defaultValue { endings += ", \(constant(value)) if there is none" }
            return endings.isEmpty ? formula : ("(" + formula.text + endings + ")", .whole)
        case .converted(let inner, let type):
            let formula = self.formula(inner, depth)
            return type == .double ? formula : ("\(type.rawValue)(\(formula.text))", .whole)
        case .normContinuous(let field, let norms, let outliers, let replacement):
            let points = norms.map {
                "\(NumberText.exact($0.original)) -> \(NumberText.exact($0.normalized))"
            }
            let ends =
                switch outliers {
                case .asIs: ""
                case .asMissingValues: ", else missing"
                case .asExtremeValues: ", clamped"
                }
            let list = points.joined(separator: ", ")
            return ("line(\(field)\(missing(replacement)): \(list)\(ends))", .whole)
        case .normDiscrete(let field, let value, let replacement):
            let text = "1 if \(field) = \(PredicateText.operand(value)) else 0"
            return ("(\(text)\(missing(replacement)))", .whole)
        case .discretize(let field, let bins, let value, let replacement):
            let rows = bins.map { "\(NumberText.range($0.interval)) -> \(constant($0.value))" }
            return (table("bins", field + missing(replacement), rows, value), .whole)
        case .mapValues(let fields, let rows, let results, let value, let replacement):
            let lines = zip(rows, results).map { row, result in
                row.map(PredicateText.operand).joined(separator: ", ") + " -> " + constant(result)
            }
            let head = fields.joined(separator: ", ") + missing(replacement)
            return (table("map", head, lines, value), .whole)
        }
    }

    private static func missing(_ replacement: Expression.Constant?) -> String {
        replacement.map { " (\(constant($0)) if missing)" } ?? ""
    }

    private static func table(
        _ name: String,
        _ head: String,
        _ rows: [String],
        _ otherwise: Expression.Constant?
    ) -> String {
        var parts = Array(rows.prefix(rowsMax))
        if rows.count > rowsMax { parts.append("... \(rows.count - rowsMax) more") }
        if let otherwise { parts.append("else " + constant(otherwise)) }
        return "\(name)(\(head): \(parts.joined(separator: "; ")))"
    }

    private static func call(_ call: Expression.Call, _ depth: Int) -> Formula {
        let parts = call.arguments.map { formula($0, depth + 1) }
        func infix(_ sign: String, _ strength: Strength, isChain: Bool = false) -> Formula {
            let texts = parts.enumerated().map { position, part in
                // `a - (b - c)`: what stands right of a sign that is no chain needs its brackets.
                let limit = position > 0 && !isChain ? strength.rawValue : strength.rawValue - 1
                return part.strength.rawValue > limit ? part.text : "(" + part.text + ")"
            }
            return (texts.joined(separator: " \(sign) "), strength)
        }
        switch call.function {
        case .add: return infix("+", .sum, isChain: true)
        case .subtract: return infix("-", .sum)
        case .multiply: return infix("*", .product, isChain: true)
        case .divide: return infix("/", .product)
        case .pow: return infix("^", .power)
        case .equal: return infix("=", .comparison)
        case .notEqual: return infix("is not", .comparison)
        case .lessThan: return infix("<", .comparison)
        case .lessOrEqual: return infix("<=", .comparison)
        case .greaterThan: return infix(">", .comparison)
        case .greaterOrEqual: return infix(">=", .comparison)
        case .and: return infix("and", .and, isChain: true)
        case .or: return infix("or", .or, isChain: true)
        case .not:
            let part = parts.first ?? ("", .whole)
            let isWhole = part.strength.rawValue > Strength.not.rawValue
            return ("not " + (isWhole ? part.text : "(\(part.text))"), .not)
        case .if where parts.count >= 2:
            let otherwise = parts.count > 2 ? parts[2].text : "missing"
            return (
                "if \(parts[0].text) then \(parts[1].text) else \(otherwise)", .condition
            )
        case .isIn, .isNotIn:
            let list = parts.dropFirst().map(\.text).joined(separator: ", ")
            let word = call.function == .isIn ? "in" : "not in"
            return ("\(parts.first?.text ?? "") \(word) {\(list)}", .comparison)
        case .isMissing: return (subject(parts) + " is missing", .comparison)
        case .isNotMissing: return (subject(parts) + " is not missing", .comparison)
        case .isValid: return (subject(parts) + " is valid", .comparison)
        case .isNotValid: return (subject(parts) + " is not valid", .comparison)
        case .min, .max, .sum, .avg, .median, .product, .log10, .ln, .sqrt, .abs, .exp, .if,
            .threshold, .floor, .ceil, .round, .rint, .modulo, .uppercase, .lowercase,
            .stringLength, .substring, .trimBlanks, .concat, .expm1, .hypot, .ln1p, .sin, .cos,
            .tan, .asin, .acos, .atan, .atan2, .sinh, .cosh, .tanh, .normalCDF, .normalPDF,
            .normalIDF, .stdNormalCDF, .stdNormalPDF, .stdNormalIDF, .erf:
            let list = parts.map(\.text).joined(separator: ", ")
            return ("\(call.function.rawValue)(\(list))", .whole)
        }
    }

    private static func subject(_ parts: [Formula]) -> String {
        guard let part = parts.first else { return "" }
        return part.strength == .whole ? part.text : "(" + part.text + ")"
    }
}
