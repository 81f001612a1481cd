import Basics

/// The inputs of a model as flat arrays, and the rules by which a given value becomes a number.
///
/// Every resolved input is one double: a number as it is, a category as its position among the
/// listed ones, not a number when it is missing. Predicates therefore compare doubles only.
struct FieldTable: Sendable {
    /// The category that no predicate names.
    static var otherCategory: Double { -1 }

    /// What becomes of one input.
    enum Resolution: Sendable, Equatable {
        case value(Double)
        /// The document itself replaced the missing value.
        case imputed(Double)
        case missing
        case invalid
    }

    /// The rules of one field, with the ranges of its entries in the flat arrays.
    private struct Rule: Sendable {
        let kind: FieldDefinition.Kind
        /// Whether categories are written as numbers.
        let isNumeric: Bool
        let isWhole: Bool
        /// Whether any category or number is valid that is not listed.
        let isOpen: Bool
        let invalidTreatment: FieldDefinition.InvalidTreatment
        let outlierTreatment: FieldDefinition.OutlierTreatment
        let usual: Interval
        let isMissingInvalid: Bool
        let values: Range<Int>
        let intervals: Range<Int>
        /// Not a number when missing values are not replaced.
        var replacement = Double.nan
    }

    /// What a given value is, before the treatments of the document.
    private enum Reading {
        case valid(Double)
        case invalid(Double)
        case unreadable
        case missing
    }

    private var rules: [Rule] = []
    private var texts: [String] = []
    private var numbers: [Double] = []
    private var roles: [FieldDefinition.Value.Role] = []
    private var intervals: [Interval] = []
    /// The names, in the order of the inputs.
    private(set) var names: [String] = []

    /// Flattens the fields.
    ///
    /// `mentioned` are the categories that predicates name, for fields that list none: such a
    /// field takes any text, and only those need telling apart.
    init(
        _ fields: [FieldDefinition],
        mentioned: [[String]]
    ) throws(ModelError) {
        guard fields.count <= Limits.modelFieldsMax else {
            throw ModelError(code: .tooLarge, place: "fields")
        }
        for (position, field) in fields.enumerated() {
            guard !names.contains(field.name) else {
                throw ModelError(code: .duplicate, place: field.name)
            }
            names.append(field.name)
            try append(field, mentioned: mentioned[position])
        }
    }

    private mutating func append(
        _ field: FieldDefinition,
        mentioned: [String]
    ) throws(ModelError) {
        let hasValid = field.values.contains { $0.role == .valid }
        let firstValue = texts.count
        for value in field.values {
            guard !texts[firstValue...].contains(value.text) else {
                throw ModelError(code: .duplicate, place: field.name)
            }
            if field.kind == .continuous, value.number?.isFinite != true {
                throw ModelError(code: .operandMismatch, place: field.name)
            }
            texts.append(value.text)
            numbers.append(value.number ?? .nan)
            roles.append(value.role)
        }
        let isOpen = !hasValid && (field.kind != .continuous || field.intervals.isEmpty)
        if isOpen {
            for text in mentioned where !texts[firstValue...].contains(text) {
                texts.append(text)
                numbers.append(field.isNumeric ? Double(text) ?? .nan : .nan)
                roles.append(.valid)
            }
        }
        // An unlisted category has no place in an order.
        guard field.kind != .ordinal || (hasValid && field.invalidTreatment != .keep) else {
            throw ModelError(code: .operandMismatch, place: field.name)
        }
        let firstInterval = intervals.count
        intervals.append(contentsOf: field.intervals)
        rules.append(
            Rule(
                kind: field.kind,
                isNumeric: field.isNumeric,
                isWhole: field.isWhole,
                isOpen: isOpen,
                invalidTreatment: field.invalidTreatment,
                outlierTreatment: field.outlierTreatment,
                usual: field.usual,
                isMissingInvalid: field.isMissingInvalid,
                values: firstValue..<texts.count,
                intervals: firstInterval..<intervals.count
            )
        )
        guard field.missingReplacement != .missing else { return }
        switch read(field.missingReplacement, rules[rules.count - 1]) {
        case .valid(let value), .invalid(let value):
            rules[rules.count - 1].replacement = value
        case .unreadable, .missing:
            throw ModelError(code: .operandMismatch, place: field.name)
        }
    }

    /// The number that stands for an operand of a predicate; `nil` when the field cannot have it.
    func operand(_ operand: Predicate.Operand, field: Int) -> Double? {
        let rule = rules[field]
        switch operand {
        case .number(let number):
            guard number.isFinite else { return nil }
            if rule.kind == .continuous { return number }
            return position(of: number, rule).map(Double.init)
        case .category(let text):
            guard rule.kind != .continuous else { return nil }
            return position(of: text, rule).map { Double($0) }
        }
    }

    /// What kind of values a field takes.
    func kind(of field: Int) -> FieldDefinition.Kind {
        rules[field].kind
    }

    /// What becomes of one input: first invalid values, then outliers, then missing ones
    /// (PMML 4.4, MiningSchema).
    @inline(__always)
    func resolve(_ input: InputValue, field: Int) -> Resolution {
        let rule = rules[field]
        switch read(input, rule) {
        case .valid(let value):
            return treatOutlier(value, rule)
        case .invalid(let value):
            switch rule.invalidTreatment {
            case .refuse: return .invalid
            case .keep: return treatOutlier(value, rule)
            case .asMissing: return treatMissing(rule)
            }
        case .unreadable:
            switch rule.invalidTreatment {
            case .refuse, .keep: return .invalid
            case .asMissing: return treatMissing(rule)
            }
        case .missing:
            return treatMissing(rule)
        }
    }

    private func treatOutlier(_ value: Double, _ rule: Rule) -> Resolution {
        switch rule.outlierTreatment {
        case .keep:
            return .value(value)
        case .asMissing:
            return rule.usual.contains(value) ? .value(value) : treatMissing(rule)
        case .clamp:
            return .value(min(max(value, rule.usual.lower), rule.usual.upper))
        }
    }

    private func treatMissing(_ rule: Rule) -> Resolution {
        if rule.isMissingInvalid { return .invalid }
        return rule.replacement.isNaN ? .missing : .imputed(rule.replacement)
    }

    private func read(_ input: InputValue, _ rule: Rule) -> Reading {
        switch input {
        case .missing:
            return .missing
        case .number(let number):
            // Not a number is an invalid value, not a missing one.
            guard number.isFinite else { return .unreadable }
            if rule.kind == .continuous { return read(number, rule) }
            guard rule.isNumeric else { return .unreadable }
            guard let position = position(of: number, rule) else {
                return rule.isOpen
                    ? .valid(Self.otherCategory) : .invalid(Self.otherCategory)
            }
            return category(at: position, rule)
        case .category(let text):
            guard rule.kind != .continuous else { return .unreadable }
            guard let position = position(of: text, rule) else {
                return rule.isOpen
                    ? .valid(Self.otherCategory) : .invalid(Self.otherCategory)
            }
            return category(at: position, rule)
        }
    }

    private func read(_ number: Double, _ rule: Rule) -> Reading {
        for entry in rule.values where numbers[entry] == number {
            switch roles[entry] {
            case .valid: return .valid(number)
            case .invalid: return .invalid(number)
            case .missing: return .missing
            }
        }
        if rule.isWhole, number != number.rounded() { return .invalid(number) }
        if rule.isOpen { return .valid(number) }
        for entry in rule.intervals where intervals[entry].contains(number) {
            return .valid(number)
        }
        return .invalid(number)
    }

    private func category(at position: Int, _ rule: Rule) -> Reading {
        switch roles[rule.values.lowerBound + position] {
        case .valid: return .valid(Double(position))
        case .invalid: return .invalid(Double(position))
        case .missing: return .missing
        }
    }

    private func position(of text: String, _ rule: Rule) -> Int? {
        for entry in rule.values where texts[entry] == text {
            return entry - rule.values.lowerBound
        }
        return nil
    }

    private func position(of number: Double, _ rule: Rule) -> Int? {
        for entry in rule.values where numbers[entry] == number {
            return entry - rule.values.lowerBound
        }
        return nil
    }
}
