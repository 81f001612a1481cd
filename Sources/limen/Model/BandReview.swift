import ClinicalEngine

/// Looks for values that two bands of a scorecard claim, or none.
///
/// Only characteristics that read a single field are looked at: there every border is known, and a
/// value on each border, between each two and beyond them stands for all values.
struct BandReview {
    /// What was found about one characteristic.
    enum Fault: Equatable {
        /// Two attributes with different points hold for the same value; the first counts.
        case overlap(first: Int, second: Int, value: String)
        /// No attribute holds for a valid value, so that there is no score.
        case gap(value: String)
    }

    private let field: FieldDefinition
    private let attributes: [Scorecard.Attribute]

    /// Prepares the review of a characteristic, when it reads one input and nothing else.
    init?(_ characteristic: Scorecard.Characteristic, fields: [FieldDefinition]) {
        var names: Set<String> = []
        for step in characteristic.attributes.flatMap(\.predicate.steps) {
            switch step {
            case .missing(let field, _), .compare(let field, _, _), .set(let field, _, _):
                names.insert(field)
            case .constant, .combine: continue
            }
        }
        guard names.count == 1, let field = fields.first(where: { names.contains($0.name) })
        else { return nil }
        self.field = field
        attributes = characteristic.attributes
    }

    /// The first overlap and the first gap.
    var faults: [Fault] {
        var overlap: Fault?
        var gap: Fault?
        for value in samples {
            let holding = attributes.indices.filter { holds(attributes[$0].predicate, value) }
            guard let first = holding.first else {
                if gap == nil { gap = .gap(value: PredicateText.operand(value)) }
                continue
            }
            // A last line for all the rest is meant to be last.
            let second = holding.dropFirst().first { position in
                attributes[position].predicate != .always
                    && attributes[position].partialScore != attributes[first].partialScore
            }
            if let second, overlap == nil {
                let text = PredicateText.operand(value)
                overlap = .overlap(first: first + 1, second: second + 1, value: text)
            }
        }
        return [overlap, gap].compactMap { $0 }
    }

    /// Values that stand for all valid ones.
    private var samples: [Predicate.Operand] {
        guard field.isNumeric, field.kind == .continuous else {
            return field.values.filter { $0.role == .valid }.map { value in
                value.number.map { .number($0) } ?? .category(value.text)
            }
        }
        var borders: [Double] = []
        for step in attributes.flatMap(\.predicate.steps) {
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
        let isValid: (Double) -> Bool = { number in
            if field.isWhole, number != number.rounded() { return false }
            return field.intervals.isEmpty || field.intervals.contains { $0.contains(number) }
        }
        return Set(samples).filter(isValid).sorted().map { .number($0) }
    }

    /// Whether a condition on the one field holds for a value.
    private func holds(_ predicate: Predicate, _ value: Predicate.Operand) -> Bool {
        var stack: [Bool] = []
        for step in predicate.steps {
            switch step {
            case .constant(let isTrue): stack.append(isTrue)
            case .missing(_, let isMissing): stack.append(!isMissing)
            case .compare(_, let comparison, let operand):
                stack.append(Self.compare(value, comparison, operand, field))
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

    private static func compare(
        _ value: Predicate.Operand,
        _ comparison: Predicate.Comparison,
        _ operand: Predicate.Operand,
        _ field: FieldDefinition
    ) -> Bool {
        guard let left = rank(value, field), let right = rank(operand, field) else {
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
    private static func rank(_ value: Predicate.Operand, _ field: FieldDefinition) -> Double? {
        switch value {
        case .number(let number): number
        case .category(let text):
            field.values.firstIndex { $0.text == text }.map { Double($0) }
        }
    }
}
