import ClinicalEngine

/// Conditions on one field, and values that stand for all its valid ones.
///
/// Where every condition reads the same field each border is known, so a value on each border,
/// between each two and beyond them tells what holds for whichever value.
struct PredicateSamples {
    let field: FieldDefinition
    private let predicates: [Predicate]

    /// Takes conditions that read one input and nothing else; `nil` for others.
    ///
    /// - Parameters:
    ///   - predicates: the conditions.
    ///   - further: more conditions whose borders count, when they read the same input alone.
    ///   - fields: the inputs of the model.
    init?(
        _ predicates: [Predicate],
        within further: [Predicate] = [],
        fields: [FieldDefinition]
    ) {
        let names = Set(predicates.flatMap(Self.names))
        guard names.count == 1, let field = fields.first(where: { names.contains($0.name) })
        else { return nil }
        self.field = field
        self.predicates = predicates + further.filter { Set(Self.names($0)) == names }
    }

    /// The fields that a condition reads.
    static func names(_ predicate: Predicate) -> [String] {
        predicate.steps.compactMap { step in
            switch step {
            case .missing(let field, _), .compare(let field, _, _), .set(let field, _, _): field
            case .constant, .combine: nil
            }
        }
    }

    /// Values that stand for all valid ones.
    var values: [Predicate.Operand] {
        guard field.isNumeric, field.kind == .continuous else {
            return field.values.filter { $0.role == .valid }.map { value in
                value.number.map { .number($0) } ?? .category(value.text)
            }
        }
        var borders: [Double] = []
        for step in predicates.flatMap(\.steps) {
            switch step {
            case .compare(_, _, .number(let number)): borders.append(number)
            case .set(_, _, let operands):
                for case .number(let number) in operands { borders.append(number) }
            case .constant, .missing, .compare, .combine: continue
            }
        }
        for interval in field.intervals {
            borders += [interval.lower, interval.upper].filter(\.isFinite)
        }
        borders = Set(borders).sorted()
        guard let first = borders.first, let last = borders.last else { return [] }
        var samples = [first - 1, last + 1] + borders
        for (low, high) in zip(borders, borders.dropFirst()) {
            // Between whole borders a whole value is the one that occurs.
            samples += [(low + high) / 2, low.rounded(.down) + 1, high.rounded(.up) - 1]
                .filter { $0 > low && $0 < high }
        }
        let isValid: (Double) -> Bool = { [field] number in
            if field.isWhole, number != number.rounded() { return false }
            return field.intervals.isEmpty || field.intervals.contains { $0.contains(number) }
        }
        return Set(samples).filter(isValid).sorted().map { .number($0) }
    }

    /// Whether a condition on the one field holds for a value.
    func holds(_ predicate: Predicate, _ value: Predicate.Operand) -> Bool {
        var stack: [Bool] = []
        for step in predicate.steps {
            switch step {
            case .constant(let isTrue): stack.append(isTrue)
            case .missing(_, let isMissing): stack.append(!isMissing)
            case .compare(_, let comparison, let operand):
                stack.append(compare(value, comparison, operand))
            case .set(_, let isIn, let operands): stack.append(operands.contains(value) == isIn)
            case .combine(let combination, let count):
                let parts = stack.suffix(count)
                let truth: Bool
                switch combination {
                case .and: truth = parts.allSatisfy { $0 }
                case .or: truth = parts.contains(true)
                case .xor: truth = parts.filter { $0 }.count % 2 == 1
                case .surrogate: truth = parts.first ?? false
                }
                stack.removeLast(min(count, stack.count))
                stack.append(truth)
            }
        }
        return stack.last ?? true
    }

    private func compare(
        _ value: Predicate.Operand,
        _ comparison: Predicate.Comparison,
        _ operand: Predicate.Operand
    ) -> Bool {
        guard let left = rank(value), let right = rank(operand) else {
            return comparison == .equal ? value == operand : comparison == .notEqual
        }
        switch comparison {
        case .equal: return left == right
        case .notEqual: return left != right
        case .lessThan: return left < right
        case .lessOrEqual: return left <= right
        case .greaterThan: return left > right
        case .greaterOrEqual: return left >= right
        }
    }

    /// The number of a value, or its place in the order of the categories.
    private func rank(_ value: Predicate.Operand) -> Double? {
        switch value {
        case .number(let number): number
        case .category(let text):
            field.values.firstIndex { $0.text == text }.map { Double($0) }
        }
    }
}
