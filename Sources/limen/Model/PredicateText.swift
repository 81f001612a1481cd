import ClinicalEngine

/// A condition as a reader says it: `8 < respiratoryRate <= 11`, `sex = male or age >= 65`.
enum PredicateText {
    private struct Part {
        let text: String
        /// Whether it is joined from others, and needs brackets within a further condition.
        var isJoined = false
        /// The one comparison that it is.
        var step: Predicate.Step?
    }

    /// The condition as text.
    static func text(_ predicate: Predicate) -> String {
        var stack: [Part] = []
        for step in predicate.steps {
            switch step {
            case .constant(let isTrue):
                stack.append(Part(text: isTrue ? "always" : "never"))
            case .missing(let field, let isMissing):
                stack.append(Part(text: field + (isMissing ? " is missing" : " is not missing")))
            case .compare(let field, let comparison, let operand):
                let text = "\(field) \(sign(comparison)) \(self.operand(operand))"
                stack.append(Part(text: text, step: step))
            case .set(let field, let isIn, let operands):
                let list = operands.map(operand).joined(separator: ", ")
                stack.append(Part(text: "\(field) \(isIn ? "in" : "not in") {\(list)}"))
            case .combine(let combination, let count):
                guard stack.count >= count else { continue }
                let parts = Array(stack.suffix(count))
                stack.removeLast(count)
                stack.append(join(parts, combination))
            }
        }
        return stack.last?.text ?? "always"
    }

    /// A value as text.
    static func operand(_ operand: Predicate.Operand) -> String {
        switch operand {
        case .number(let number): NumberText.exact(number)
        case .category(let text): text
        }
    }

    private static func join(_ parts: [Part], _ combination: Predicate.Combination) -> Part {
        if parts.count == 1, let part = parts.first { return part }
        switch combination {
        case .and:
            if let text = range(parts) { return Part(text: text) }
            // A band among other conditions is read as a band.
            if parts.count == 3, let text = range(Array(parts[1...])) {
                return Part(text: bracketed(parts[0]) + " and " + text, isJoined: true)
            }
            return Part(
                text: parts.map(bracketed).joined(separator: " and "),
                isJoined: true
            )
        case .or, .xor:
            let word = combination == .or ? " or " : " or else "
            return Part(text: parts.map(bracketed).joined(separator: word), isJoined: true)
        case .surrogate:
            let rest = parts.dropFirst().map(\.text).joined(separator: "; ")
            return Part(text: "\(bracketed(parts[0])) (if unknown: \(rest))", isJoined: true)
        }
    }

    private static func bracketed(_ part: Part) -> String {
        part.isJoined ? "(" + part.text + ")" : part.text
    }

    /// Two borders of one field as `lower < field <= upper`.
    private static func range(_ parts: [Part]) -> String? {
        guard parts.count == 2,
            case .compare(let field, let first, .number(let left)) = parts[0].step,
            case .compare(let other, let second, .number(let right)) = parts[1].step,
            field == other
        else { return nil }
        let isFirstLower = first == .greaterThan || first == .greaterOrEqual
        let isSecondLower = second == .greaterThan || second == .greaterOrEqual
        guard isFirstLower != isSecondLower, left != right else { return nil }
        let (low, below) = isFirstLower ? (left, first) : (right, second)
        let (high, above) = isFirstLower ? (right, second) : (left, first)
        guard above == .lessThan || above == .lessOrEqual else { return nil }
        let lowSign = below == .greaterThan ? "<" : "<="
        let bounds = (NumberText.exact(low), NumberText.exact(high))
        return "\(bounds.0) \(lowSign) \(field) \(sign(above)) \(bounds.1)"
    }

    private static func sign(_ comparison: Predicate.Comparison) -> String {
        switch comparison {
        case .equal: "="
        case .notEqual: "is not"
        case .lessThan: "<"
        case .lessOrEqual: "<="
        case .greaterThan: ">"
        case .greaterOrEqual: ">="
        }
    }
}
