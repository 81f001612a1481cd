/// A condition on the inputs of a model, true, false or unknown (PMML 4.4, TreeModel, Predicates).
///
/// It is kept as steps in postfix order, so that neither making nor evaluating one recurses:
///
///     Predicate.all([
///         .compare("pulse", .greaterThan, .number(90)),
///         .compare("pulse", .lessOrEqual, .number(110)),
///     ])
public struct Predicate: Sendable, Equatable {
    /// How a value is compared (SimplePredicate, `operator`).
    public enum Comparison: String, Sendable, CaseIterable {
        case equal
        case notEqual
        case lessThan
        case lessOrEqual
        case greaterThan
        case greaterOrEqual
    }

    /// What a value is compared with.
    public enum Operand: Sendable, Equatable {
        case number(Double)
        case category(String)
    }

    /// How truth values are joined (CompoundPredicate, `booleanOperator`).
    public enum Combination: String, Sendable, CaseIterable {
        case and
        case or
        case xor
        /// The first one that is not unknown.
        case surrogate
    }

    /// One step: it leaves a truth value, or joins the last ones that were left.
    public enum Step: Sendable, Equatable {
        case constant(Bool)
        case missing(field: String, isMissing: Bool)
        case compare(field: String, Comparison, Operand)
        case set(field: String, isIn: Bool, [Operand])
        case combine(Combination, count: Int)
    }

    /// The steps in postfix order.
    public let steps: [Step]

    /// Makes a condition from steps in postfix order; they are checked when a model is compiled.
    public init(steps: [Step]) {
        self.steps = steps
    }

    /// The condition that always holds (True).
    public static var always: Predicate { Predicate(steps: [.constant(true)]) }

    /// The condition that never holds (False).
    public static var never: Predicate { Predicate(steps: [.constant(false)]) }

    /// Whether the field is missing; never unknown.
    public static func isMissing(_ field: String) -> Predicate {
        Predicate(steps: [.missing(field: field, isMissing: true)])
    }

    /// Whether the field is there; never unknown.
    public static func isNotMissing(_ field: String) -> Predicate {
        Predicate(steps: [.missing(field: field, isMissing: false)])
    }

    /// A comparison of a field; unknown when the field is missing.
    public static func compare(
        _ field: String,
        _ comparison: Comparison,
        _ operand: Operand
    ) -> Predicate {
        Predicate(steps: [.compare(field: field, comparison, operand)])
    }

    /// Whether a field is one of some values; unknown when the field is missing.
    public static func isIn(_ field: String, _ operands: [Operand]) -> Predicate {
        Predicate(steps: [.set(field: field, isIn: true, operands)])
    }

    /// Whether a field is none of some values; unknown when the field is missing.
    public static func isNotIn(_ field: String, _ operands: [Operand]) -> Predicate {
        Predicate(steps: [.set(field: field, isIn: false, operands)])
    }

    /// Joins conditions.
    public static func combined(
        _ combination: Combination,
        _ predicates: [Predicate]
    ) -> Predicate {
        Predicate(
            steps: predicates.flatMap(\.steps) + [.combine(combination, count: predicates.count)]
        )
    }

    /// Whether all conditions hold.
    public static func all(_ predicates: [Predicate]) -> Predicate {
        combined(.and, predicates)
    }

    /// Whether any condition holds.
    public static func any(_ predicates: [Predicate]) -> Predicate {
        combined(.or, predicates)
    }

    /// Calls `body` with each field and category that the steps compare.
    func mentionCategories(_ body: (_ field: String, _ category: String) -> Void) {
        for step in steps {
            switch step {
            case .compare(let field, _, .category(let text)):
                body(field, text)
            case .set(let field, _, let operands):
                for case .category(let text) in operands { body(field, text) }
            case .constant, .missing, .compare, .combine:
                continue
            }
        }
    }
}
