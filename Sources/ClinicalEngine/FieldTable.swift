import Basics

/// The inputs of a model as flat arrays, and the rules by which a given value becomes a number.
///
/// Every resolved input is one double: a number as it is, a text as its number in the table of
/// texts, not a number when it is missing. Predicates therefore compare doubles only.
struct FieldTable: Sendable {
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
        let isSingle: Bool
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
        /// What stands for an invalid value.
        var invalidReplacement = Double.nan
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
    /// What stands for each listed value in a row.
    private var codes: [Double] = []
    private var roles: [FieldDefinition.Value.Role] = []
    private var intervals: [Interval] = []
    /// The names, in the order of the inputs.
    private(set) var names: [String] = []

    /// Flattens the fields.
    init(
        _ fields: [FieldDefinition],
        symbols: inout SymbolTable
    ) throws(ModelError) {
        guard fields.count <= Limits.modelFieldsMax else {
            throw ModelError(code: .tooLarge, place: "fields")
        }
        for field in fields {
            guard !names.contains(field.name) else {
                throw ModelError(code: .duplicate, place: field.name)
            }
            names.append(field.name)
            try append(field, symbols: &symbols)
        }
    }

    private mutating func append(
        _ field: FieldDefinition,
        symbols: inout SymbolTable
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
            codes.append(
                field.isNumeric ? single(value.number ?? .nan, field) : symbols.intern(value.text)
            )
            roles.append(value.role)
        }
        let isOpen = !hasValid && (field.kind != .continuous || field.intervals.isEmpty)
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
                isSingle: field.isSingle,
                isOpen: isOpen,
                invalidTreatment: field.invalidTreatment,
                outlierTreatment: field.outlierTreatment,
                usual: field.usual,
                isMissingInvalid: field.isMissingInvalid,
                values: firstValue..<texts.count,
                intervals: firstInterval..<intervals.count
            )
        )
        let last = rules.count - 1
        if let value = try replacement(field.missingReplacement, field, &symbols) {
            rules[last].replacement = value
        }
        if let value = try replacement(field.invalidReplacement, field, &symbols) {
            rules[last].invalidReplacement = value
        }
    }

    private func replacement(
        _ input: InputValue,
        _ field: FieldDefinition,
        _ symbols: inout SymbolTable
    ) throws(ModelError) -> Double? {
        guard input != .missing else { return nil }
        if !field.isNumeric, case .category(let text) = input { _ = symbols.intern(text) }
        var scratch = EvaluationScratch(slotCount: 0, regionCount: 0, stackCount: 0)
        switch read(input, rules[rules.count - 1], symbols, &scratch) {
        case .valid(let value), .invalid(let value): return value
        case .unreadable, .missing:
            throw ModelError(code: .operandMismatch, place: field.name)
        }
    }

    private func single(_ number: Double, _ field: FieldDefinition) -> Double {
        field.isSingle ? Double(Float(number)) : number
    }

    /// The number that stands for an operand of a predicate; `nil` when the field cannot have it.
    func operand(
        _ operand: Predicate.Operand,
        field: Int,
        symbols: inout SymbolTable
    ) -> Double? {
        let rule = rules[field]
        switch operand {
        case .number(let number):
            guard number.isFinite, rule.isNumeric else { return nil }
            let value = rule.isSingle ? Double(Float(number)) : number
            guard rule.kind != .continuous, !rule.isOpen else { return value }
            return position(of: value, rule) == nil ? nil : value
        case .category(let text):
            guard rule.kind != .continuous else { return nil }
            if let position = position(of: text, rule) { return codes[position] }
            guard rule.isOpen else { return nil }
            return rule.isNumeric ? Self.number(text) : symbols.intern(text)
        }
    }

    /// The values of an ordinal field in their order.
    func order(of field: Int) -> [Double] {
        let rule = rules[field]
        guard rule.kind == .ordinal else { return [] }
        return rule.values.filter { roles[$0] == .valid }.map { codes[$0] }
    }

    /// What becomes of one input: first invalid values, then outliers, then missing ones
    /// (PMML 4.4, MiningSchema).
    @inline(__always)
    func resolve(
        _ input: InputValue,
        field: Int,
        _ symbols: SymbolTable,
        _ scratch: inout EvaluationScratch
    ) -> Resolution {
        let rule = rules[field]
        switch read(input, rule, symbols, &scratch) {
        case .valid(let value):
            return treatOutlier(value, rule)
        case .invalid(let value):
            switch rule.invalidTreatment {
            case .refuse: return .invalid
            case .keep: return treatOutlier(value, rule)
            case .asMissing: return treatMissing(rule)
            case .replace: return .imputed(rule.invalidReplacement)
            }
        case .unreadable:
            switch rule.invalidTreatment {
            case .refuse, .keep: return .invalid
            case .asMissing: return treatMissing(rule)
            case .replace: return .imputed(rule.invalidReplacement)
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

    private func read(
        _ input: InputValue,
        _ rule: Rule,
        _ symbols: SymbolTable,
        _ scratch: inout EvaluationScratch
    ) -> Reading {
        switch input {
        case .missing:
            return .missing
        case .number(let given):
            guard rule.isNumeric else { return .unreadable }
            let number = rule.isSingle ? Double(Float(given)) : given
            // Not a number is an invalid value, not a missing one.
            guard number.isFinite else { return .unreadable }
            return read(number, rule)
        case .category(let text):
            guard rule.kind != .continuous else { return .unreadable }
            if let position = position(of: text, rule) { return listed(position) }
            if rule.isNumeric {
                guard let number = Self.number(text) else { return .unreadable }
                return read(number, rule)
            }
            let code = scratch.code(of: text, in: symbols)
            return rule.isOpen ? .valid(code) : .invalid(code)
        }
    }

    private func read(_ number: Double, _ rule: Rule) -> Reading {
        if let position = position(of: number, rule) { return listed(position) }
        if rule.isWhole, number != number.rounded() { return .invalid(number) }
        if rule.isOpen { return .valid(number) }
        for entry in rule.intervals where intervals[entry].contains(number) {
            return .valid(number)
        }
        return .invalid(number)
    }

    private func listed(_ position: Int) -> Reading {
        switch roles[position] {
        case .valid: return .valid(codes[position])
        case .invalid: return .invalid(codes[position])
        case .missing: return .missing
        }
    }

    private func position(of text: String, _ rule: Rule) -> Int? {
        for entry in rule.values where texts[entry] == text { return entry }
        return nil
    }

    private func position(of number: Double, _ rule: Rule) -> Int? {
        for entry in rule.values where codes[entry] == number { return entry }
        return nil
    }

    /// A category that is written as a number.
    static func number(_ text: String) -> Double? {
        // The names of infinities and hexadecimal are no numbers of a document.
        let isDecimal = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            default: false
            }
        }
        guard isDecimal, let number = Double(text), number.isFinite else { return nil }
        return number
    }

    /// Whether a field takes values that the document calls invalid as they are.
    func keepsInvalid(_ field: Int) -> Bool {
        let rule = rules[field]
        return rule.invalidTreatment == .keep
            && (!rule.isOpen || rule.isWhole || rule.values.contains { roles[$0] == .invalid })
    }
}
