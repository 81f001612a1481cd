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
    private var hasSurrogates = false

    init() {}

    /// Appends the steps of one predicate and says where they lie.
    mutating func append(
        _ predicate: Predicate,
        compiler: inout ModelCompiler,
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
                if combination == .surrogate { hasSurrogates = true }
                for _ in 1..<count {
                    steps.append(Step(operation: .combine, combination: combination))
                }
                waiting -= count - 1
            } else {
                try append(step, compiler: &compiler, place: place)
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
        compiler: inout ModelCompiler,
        place: String
    ) throws(ModelError) {
        switch step {
        case .constant(let value):
            steps.append(Step(operation: .constant, number: value ? 1 : 0))
        case .missing(let name, let isMissing):
            let slot = try compiler.slot(name)
            steps.append(
                Step(operation: isMissing ? .isMissing : .isNotMissing, field: Int32(slot))
            )
        case .compare(let name, let comparison, let operand):
            let slot = try compiler.slot(name)
            let number = try compiler.operand(operand, slot: slot)
            let isEquality = comparison == .equal || comparison == .notEqual
            switch compiler.slots[slot].kind {
            case .continuous:
                break
            case .categorical:
                // Only numbers and ordered categories have a less and a greater.
                guard isEquality else { throw ModelError(code: .operandMismatch, place: name) }
            case .ordinal:
                if !isEquality { return try appendOrdered(slot, comparison, number, compiler) }
            }
            steps.append(
                Step(operation: Self.operation(comparison), field: Int32(slot), number: number)
            )
        case .set(let name, let isIn, let operands):
            let slot = try compiler.slot(name)
            var values: [Double] = []
            for operand in operands {
                values.append(try compiler.operand(operand, slot: slot))
            }
            appendSet(slot, isIn: isIn, values)
        case .combine:
            throw ModelError(code: .malformedPredicate, place: place)
        }
    }

    private mutating func appendSet(_ slot: Int, isIn: Bool, _ values: [Double]) {
        let start = sets.count
        sets.append(contentsOf: values)
        steps.append(
            Step(
                operation: isIn ? .isIn : .isNotIn,
                field: Int32(slot),
                setStart: Int32(start),
                setCount: Int32(values.count)
            )
        )
    }

    /// Less and greater of ordered categories, as the set of those that lie on that side.
    private mutating func appendOrdered(
        _ slot: Int,
        _ comparison: Predicate.Comparison,
        _ number: Double,
        _ compiler: ModelCompiler
    ) throws(ModelError) {
        let order = compiler.slots[slot].order
        guard let rank = order.firstIndex(of: number) else {
            throw ModelError(code: .operandMismatch, place: compiler.slots[slot].name)
        }
        let values: ArraySlice<Double>
        switch comparison {
        case .lessThan: values = order[..<rank]
        case .lessOrEqual: values = order[...rank]
        case .greaterThan: values = order[(rank + 1)...]
        case .greaterOrEqual: values = order[rank...]
        case .equal, .notEqual: values = order[rank...rank]
        }
        appendSet(slot, isIn: true, Array(values))
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
            if step.operation == .combine {
                let right = stack.pop()
                let left = stack.pop()
                stack.push(Truth.combine(step.combination, left, right))
            } else {
                stack.push(Self.truth(of: step, values, sets))
            }
        }
        return stack.pop()
    }

    @inline(__always)
    private static func truth(
        of step: Step,
        _ values: Span<Double>,
        _ sets: Span<Double>
    ) -> Truth {
        switch step.operation {
        case .constant:
            return Truth(step.number == 1)
        case .isMissing:
            return Truth(values[Int(step.field)].isNaN)
        case .isNotMissing:
            return Truth(!values[Int(step.field)].isNaN)
        case .equal, .notEqual, .lessThan, .lessOrEqual, .greaterThan, .greaterOrEqual,
            .isIn, .isNotIn:
            let value = values[Int(step.field)]
            return value.isNaN ? .unknown : Truth(compare(value, step, sets))
        case .combine:
            preconditionFailure("what joins has no truth of its own")
        }
    }

    /// The missing field in whose place a surrogate decided; `nil` when none did.
    func replacedSlot(in range: Range<Int>, _ values: Span<Double>) -> Int? {
        guard hasSurrogates else { return nil }
        let steps = steps.span
        let sets = sets.span
        var truths = TruthStack()
        // For each truth value that waits, whether a surrogate gave it.
        var marks = TruthStack()
        for position in range {
            let step = steps[position]
            guard step.operation == .combine else {
                truths.push(Self.truth(of: step, values, sets))
                marks.push(.no)
                continue
            }
            let (right, rightMark) = (truths.pop(), marks.pop())
            let (left, leftMark) = (truths.pop(), marks.pop())
            truths.push(Truth.combine(step.combination, left, right))
            if step.combination != .surrogate {
                marks.push(Truth(leftMark == .yes || rightMark == .yes))
            } else if left != .unknown {
                marks.push(leftMark)
            } else {
                marks.push(right == .unknown ? rightMark : .yes)
            }
        }
        guard marks.pop() == .yes else { return nil }
        for slot in fields(in: range) where values[slot].isNaN { return slot }
        return nil
    }

    /// The missing field that leaves a predicate unknown; `nil` when it is not unknown.
    ///
    /// One in whose place a surrogate decided does not: another one beside it does.
    func openSlot(in range: Range<Int>, _ values: Span<Double>) -> Int? {
        let steps = steps.span
        let sets = sets.span
        var truths = TruthStack()
        // For each truth value that waits, the field that leaves it unknown, or -1.
        var open: [Int] = []
        for position in range {
            let step = steps[position]
            guard step.operation == .combine else {
                let truth = Self.truth(of: step, values, sets)
                truths.push(truth)
                open.append(truth == .unknown ? Int(step.field) : -1)
                continue
            }
            let (right, left) = (truths.pop(), truths.pop())
            let (rightOpen, leftOpen) = (open.removeLast(), open.removeLast())
            let truth = Truth.combine(step.combination, left, right)
            truths.push(truth)
            open.append(truth != .unknown ? -1 : (leftOpen >= 0 ? leftOpen : rightOpen))
        }
        let slot = open.removeLast()
        return slot >= 0 ? slot : nil
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

    /// Copies a single comparison of numbers into a node of a tree.
    func inline(into node: inout TreeKernel.Node) {
        guard node.predicate.count == 1 else { return }
        let step = steps[node.predicate.lowerBound]
        switch step.operation {
        case .constant:
            if step.number == 1 { node.test = .always }
            return
        case .equal: node.test = .equal
        case .notEqual: node.test = .notEqual
        case .lessThan: node.test = .lessThan
        case .lessOrEqual: node.test = .lessOrEqual
        case .greaterThan: node.test = .greaterThan
        case .greaterOrEqual: node.test = .greaterOrEqual
        case .isMissing, .isNotMissing, .isIn, .isNotIn, .combine: return
        }
        node.slot = step.field
        node.number = step.number
    }

    /// The values of one field for which a condition holds.
    enum Extent {
        case interval(Interval)
        case values([Double])
    }

    /// The values for which a condition on a single field holds; `nil` for any other condition.
    func extent(of range: Range<Int>) -> (slot: Int, extent: Extent)? {
        guard let first = range.first else { return nil }
        if range.count == 1, steps[first].operation == .isIn {
            let start = Int(steps[first].setStart)
            let values = Array(sets[start..<start + Int(steps[first].setCount)])
            return (Int(steps[first].field), .values(values))
        }
        var slot = -1
        var interval = Interval()
        for position in range {
            let step = steps[position]
            let side: Interval
            switch step.operation {
            case .lessThan: side = Interval(upper: step.number, isUpperClosed: false)
            case .lessOrEqual: side = Interval(upper: step.number)
            case .greaterThan: side = Interval(lower: step.number, isLowerClosed: false)
            case .greaterOrEqual: side = Interval(lower: step.number)
            case .equal: side = Interval(lower: step.number, upper: step.number)
            case .combine where step.combination == .and: continue
            case .combine, .constant, .isMissing, .isNotMissing, .notEqual, .isIn, .isNotIn:
                return nil
            }
            guard slot < 0 || slot == Int(step.field) else { return nil }
            slot = Int(step.field)
            interval = interval.intersection(side)
        }
        return slot < 0 ? nil : (slot, .interval(interval))
    }

    /// The condition as a person would read it.
    func text(of range: Range<Int>, _ compiler: ModelCompiler) -> String {
        var parts: [String] = []
        for position in range {
            let step = steps[position]
            if step.operation == .combine {
                let right = parts.popLast() ?? ""
                let left = parts.popLast() ?? ""
                parts.append("(\(left) \(step.combination.rawValue) \(right))")
                continue
            }
            if step.operation == .constant {
                parts.append(step.number == 1 ? "always" : "never")
                continue
            }
            let slot = compiler.slots[Int(step.field)]
            var text = slot.name
            switch step.operation {
            case .isMissing: text += " is missing"
            case .isNotMissing: text += " is there"
            case .equal: text += " = " + compiler.text(of: step.number, slot)
            case .notEqual: text += " != " + compiler.text(of: step.number, slot)
            case .lessThan: text += " < " + compiler.text(of: step.number, slot)
            case .lessOrEqual: text += " <= " + compiler.text(of: step.number, slot)
            case .greaterThan: text += " > " + compiler.text(of: step.number, slot)
            case .greaterOrEqual: text += " >= " + compiler.text(of: step.number, slot)
            case .isIn, .isNotIn:
                let start = Int(step.setStart)
                let values = sets[start..<start + Int(step.setCount)]
                    .map { compiler.text(of: $0, slot) }
                text += step.operation == .isIn ? " in " : " not in "
                text += values.joined(separator: ", ")
            case .constant, .combine: break
            }
            parts.append(text)
        }
        return parts.last ?? ""
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
