import Basics

/// The predicates of a model as one flat array of steps in postfix order.
struct PredicateProgram: Sendable {
    /// What a step does.
    private enum Operation: Sendable {
        case constant
        case isMissing
        case isNotMissing
        case equal
        case notEqual
        case lessThan
        case lessOrEqual
        case greaterThan
        case greaterOrEqual
        case isIn
        case isNotIn
        case combine
    }

    /// One step: 32 bytes.
    private struct Step: Sendable {
        let operation: Operation
        var combination = Predicate.Combination.and
        var field: Int32 = 0
        /// The operand, or 1 and 0 for the constants.
        var number = 0.0
        var setStart: Int32 = 0
        var setCount: Int32 = 0
    }

    private var steps: [Step] = []
    private var sets: [Double] = []

    init() {}

    /// Appends the steps of one predicate and says where they lie.
    mutating func append(
        _ predicate: Predicate,
        fields: FieldTable,
        place: String
    ) throws(ModelError) -> Range<Int> {
        let start = steps.count
        // How many truth values wait, and the most that ever did.
        var waiting = 0
        for step in predicate.steps {
            if case .combine(let combination, let count) = step {
                // All four are associative, so that joining many is joining two, repeatedly.
                guard count >= 1, count <= waiting else {
                    throw ModelError(code: .malformedPredicate, place: place)
                }
                for _ in 1..<count {
                    steps.append(Step(operation: .combine, combination: combination))
                }
                waiting -= count - 1
            } else {
                try append(step, fields: fields, place: place)
                waiting += 1
                guard waiting <= Limits.predicateDepthMax else {
                    throw ModelError(code: .tooLarge, place: place)
                }
            }
            guard steps.count <= Limits.predicateStepsMax else {
                throw ModelError(code: .tooLarge, place: place)
            }
        }
        guard waiting == 1 else { throw ModelError(code: .malformedPredicate, place: place) }
        return start..<steps.count
    }

    private mutating func append(
        _ step: Predicate.Step,
        fields: FieldTable,
        place: String
    ) throws(ModelError) {
        switch step {
        case .constant(let value):
            steps.append(Step(operation: .constant, number: value ? 1 : 0))
        case .missing(let name, let isMissing):
            let field = try index(of: name, fields)
            steps.append(
                Step(operation: isMissing ? .isMissing : .isNotMissing, field: Int32(field))
            )
        case .compare(let name, let comparison, let operand):
            let field = try index(of: name, fields)
            // Only numbers and ordered categories have a less and a greater.
            if fields.kind(of: field) == .categorical {
                guard comparison == .equal || comparison == .notEqual else {
                    throw ModelError(code: .operandMismatch, place: name)
                }
            }
            let number = try value(of: operand, field: field, fields)
            steps.append(
                Step(
                    operation: Self.operation(comparison),
                    field: Int32(field),
                    number: number
                )
            )
        case .set(let name, let isIn, let operands):
            let field = try index(of: name, fields)
            let start = sets.count
            for operand in operands {
                sets.append(try value(of: operand, field: field, fields))
            }
            steps.append(
                Step(
                    operation: isIn ? .isIn : .isNotIn,
                    field: Int32(field),
                    setStart: Int32(start),
                    setCount: Int32(sets.count - start)
                )
            )
        case .combine:
            throw ModelError(code: .malformedPredicate, place: place)
        }
    }

    private func index(of name: String, _ fields: FieldTable) throws(ModelError) -> Int {
        guard let field = fields.names.firstIndex(of: name) else {
            throw ModelError(code: .unknownField, place: name)
        }
        return field
    }

    private func value(
        of operand: Predicate.Operand,
        field: Int,
        _ fields: FieldTable
    ) throws(ModelError) -> Double {
        guard let value = fields.operand(operand, field: field) else {
            throw ModelError(code: .operandMismatch, place: fields.names[field])
        }
        return value
    }

    private static func operation(_ comparison: Predicate.Comparison) -> Operation {
        switch comparison {
        case .equal: .equal
        case .notEqual: .notEqual
        case .lessThan: .lessThan
        case .lessOrEqual: .lessOrEqual
        case .greaterThan: .greaterThan
        case .greaterOrEqual: .greaterOrEqual
        }
    }

    /// Evaluates the steps of one predicate; `values` as `FieldTable` resolves them.
    func truth(of range: Range<Int>, _ values: Span<Double>) -> Truth {
        let steps = steps.span
        let sets = sets.span
        var stack = TruthStack()
        for position in range {
            let step = steps[position]
            switch step.operation {
            case .constant:
                stack.push(Truth(step.number == 1))
            case .isMissing:
                stack.push(Truth(values[Int(step.field)].isNaN))
            case .isNotMissing:
                stack.push(Truth(!values[Int(step.field)].isNaN))
            case .combine:
                let right = stack.pop()
                let left = stack.pop()
                stack.push(Truth.combine(step.combination, left, right))
            case .equal, .notEqual, .lessThan, .lessOrEqual, .greaterThan, .greaterOrEqual,
                .isIn, .isNotIn:
                let value = values[Int(step.field)]
                stack.push(value.isNaN ? .unknown : Truth(Self.compare(value, step, sets)))
            }
        }
        return stack.pop()
    }

    private static func compare(_ value: Double, _ step: Step, _ sets: Span<Double>) -> Bool {
        switch step.operation {
        case .equal: return value == step.number
        case .notEqual: return value != step.number
        case .lessThan: return value < step.number
        case .lessOrEqual: return value <= step.number
        case .greaterThan: return value > step.number
        case .greaterOrEqual: return value >= step.number
        case .isIn: return contains(value, step, sets)
        case .isNotIn: return !contains(value, step, sets)
        case .constant, .isMissing, .isNotMissing, .combine:
            preconditionFailure("only comparisons compare")
        }
    }

    private static func contains(_ value: Double, _ step: Step, _ sets: Span<Double>) -> Bool {
        let start = Int(step.setStart)
        for position in start..<start + Int(step.setCount) where sets[position] == value {
            return true
        }
        return false
    }

    /// The fields that the steps read, each once, in order.
    func fields(in range: Range<Int>) -> [Int] {
        var fields: [Int] = []
        for position in range {
            let step = steps[position]
            guard Self.readsField(step.operation) else { continue }
            let field = Int(step.field)
            if !fields.contains(field) { fields.append(field) }
        }
        return fields
    }

    /// The fields of which the steps ask whether they are missing.
    func fieldsAskedForMissing(in range: Range<Int>) -> [Int] {
        range.filter {
            steps[$0].operation == .isMissing || steps[$0].operation == .isNotMissing
        }.map { Int(steps[$0].field) }
    }

    private static func readsField(_ operation: Operation) -> Bool {
        switch operation {
        case .constant, .combine: false
        case .isMissing, .isNotMissing, .equal, .notEqual, .lessThan, .lessOrEqual,
            .greaterThan, .greaterOrEqual, .isIn, .isNotIn:
            true
        }
    }
}
