import Basics

extension Evaluator {
    /// The mathematical functions (FHIRPath 2.0, section 5.7).
    mutating func mathematics(
        _ call: Call,
        _ input: Items,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        guard let item = try single(input, at: call.node) else { return .none }
        let value = system(item)
        if case .quantity(let quantity) = value {
            // Of the others the result would have another unit, or none.
            guard Self.functionsOfQuantities.contains(call.function) else {
                throw fault(.typeMismatch, at: call.node)
            }
            guard let result = try number(call, quantity.value, scope) else { return .none }
            let decimal = Self.decimal(result) ?? quantity.value
            return .one(.quantity(FHIRPathQuantity(value: decimal, unit: quantity.unit)))
        }
        if case .integer(let whole) = value, call.function == .abs {
            return whole == .min ? .none : .one(.integer(Swift.abs(whole)))
        }
        guard let decimal = Self.decimal(value) else { throw fault(.typeMismatch, at: call.node) }
        guard let result = try number(call, decimal, scope) else { return .none }
        if case .integer = value, call.function == .power, let whole = Self.decimal(result) {
            return .one(
                whole.scale == 0 ? whole.integerValue.map { .integer($0) } ?? result : result
            )
        }
        return .one(result)
    }

    /// Those that keep the unit of a quantity (FHIRPath 2.0, section 5.7).
    private static let functionsOfQuantities: Set<FunctionName> = [
        .abs, .ceiling, .floor, .round, .truncate,
    ]

    static func decimal(_ item: Item) -> DecimalNumber? {
        switch item {
        case .integer(let number): DecimalNumber(number)
        case .decimal(let number): number
        case .boolean, .string, .date, .dateTime, .time, .quantity, .element, .type: nil
        }
    }

    private mutating func number(
        _ call: Call,
        _ value: DecimalNumber,
        _ scope: Scope
    ) throws(FHIRPathError) -> Item? {
        let function = call.function
        if function == .abs { return .decimal(value.absolute) }
        if function == .ceiling { return whole(value, .up) }
        if function == .floor { return whole(value, .down) }
        if function == .truncate { return whole(value, .towardZero) }
        if function == .sqrt {
            return Self.decimal(SeriesMathematics.squareRoot(value.doubleValue))
        }
        if function == .exp {
            return Self.decimal(SeriesMathematics.exponential(value.doubleValue))
        }
        if function == .ln { return Self.decimal(SeriesMathematics.logarithm(value.doubleValue)) }
        let argument = try single(try self.value(0, of: call, scope), at: call.node)
        if function == .round { return try rounded(value, argument, at: call.node) }
        guard let argument else { return nil }
        guard let other = Self.decimal(system(argument)) else {
            throw fault(.typeMismatch, at: call.node)
        }
        if function == .power { return try power(value, other, at: call.node) }
        let numerator = SeriesMathematics.logarithm(value.doubleValue)
        let denominator = SeriesMathematics.logarithm(other.doubleValue)
        guard let numerator, let denominator, denominator != 0 else { return nil }
        return Self.decimal(numerator / denominator)
    }

    private func rounded(
        _ value: DecimalNumber,
        _ argument: Item?,
        at node: Int
    ) throws(FHIRPathError) -> Item? {
        let digits = try integer(argument.map { .one($0) } ?? .none, at: node) ?? 0
        guard digits >= 0 else { throw fault(.arithmetic, at: node) }
        // Fewer digits than asked for are left as they are.
        guard digits < value.scale else { return .decimal(value) }
        return value.rounded(.halfAwayFromZero, scale: digits).map { .decimal($0) }
    }

    private func whole(_ value: DecimalNumber, _ rounding: DecimalNumber.Rounding) -> Item? {
        value.rounded(rounding, scale: 0)?.integerValue.map { .integer($0) }
    }

    /// The result of a series, to 15 significant digits, which a double keeps.
    private static func decimal(_ value: Double?) -> Item? {
        guard let value, value.isFinite else { return nil }
        guard let exact = DecimalNumber(text: value.description) else { return nil }
        let digits = String(exact.coefficient.magnitude).utf8.count
        let scale = max(0, exact.scale - max(0, digits - 15))
        return exact.rounded(.halfAwayFromZero, scale: scale).map { .decimal($0.normalized) }
    }

    /// Whole exponents by multiplication, exactly as long as there are digits; others by
    /// `exp(y ln x)`.
    private mutating func power(
        _ base: DecimalNumber,
        _ exponent: DecimalNumber,
        at node: Int
    ) throws(FHIRPathError) -> Item? {
        if base.coefficient == 0 {
            if exponent.coefficient == 0 { return .decimal(DecimalNumber(1)) }
            return exponent.coefficient > 0 ? .decimal(DecimalNumber(0)) : nil
        }
        let whole = exponent.integerValue
        if let whole, whole.magnitude <= PowerOfDecimal.exponentMax {
            let products = PowerOfDecimal.productCount(exponent: whole.magnitude)
            try charge(products * PowerOfDecimal.stepsPerProduct, at: node)
            return PowerOfDecimal.value(base, exponent: whole).map { .decimal($0) }
        }
        if base.coefficient < 0 {
            guard let whole, whole > 0,
                case .decimal(let magnitude) = try power(base.negated, exponent, at: node)
            else { return nil }
            return .decimal(whole.isMultiple(of: 2) ? magnitude : magnitude.negated)
        }
        if exponent == DecimalNumber(coefficient: 5, scale: 1) {
            return Self.decimal(SeriesMathematics.squareRoot(base.doubleValue))
        }
        guard let logarithm = SeriesMathematics.logarithm(base.doubleValue) else { return nil }
        return Self.decimal(SeriesMathematics.exponential(logarithm * exponent.doubleValue))
    }

    // MARK: Aggregates

    /// The sum of two numbers or quantities.
    func sum(_ left: Item, _ right: Item, at node: Int) throws(FHIRPathError) -> Item? {
        let (one, other) = systemPair(left, right)
        if case .integer(let first) = one, case .integer(let second) = other {
            let (sum, overflowed) = first.addingReportingOverflow(second)
            return overflowed ? nil : .integer(sum)
        }
        if case .decimal(let first) = one, case .decimal(let second) = other {
            return first.plus(second).map { .decimal($0) }
        }
        guard case .quantity(let first) = one, case .quantity(let second) = other else {
            throw fault(.typeMismatch, at: node)
        }
        return quantities(.add, first, second).map { .quantity($0) }
    }

    /// A number or quantity divided by a whole number.
    func quotient(_ left: Item, _ right: Item, at node: Int) throws(FHIRPathError) -> Item? {
        guard let divisor = Self.decimal(right) else { throw fault(.typeMismatch, at: node) }
        if case .quantity(let quantity) = left {
            return quantity.value.divided(by: divisor).map {
                .quantity(FHIRPathQuantity(value: $0, unit: quantity.unit))
            }
        }
        guard let number = Self.decimal(left) else { throw fault(.typeMismatch, at: node) }
        return number.divided(by: divisor).map { .decimal($0) }
    }
}

/// Elementary functions by their series, since L1 knows no C library.
enum SeriesMathematics {
    private static let logarithmOfTwo = 0.693_147_180_559_945_309_4

    /// `nil` for a negative number.
    ///
    /// Newton's iteration from a start of half the exponent; the standard library's own root and
    /// rounding would need the C mathematics library to be linked.
    static func squareRoot(_ value: Double) -> Double? {
        guard value.isFinite, value >= 0 else { return nil }
        guard value > 0 else { return 0 }
        var root = Double(sign: .plus, exponent: Int(value.exponent) / 2, significand: 1)
        for _ in 0..<8 { root = (root + value / root) / 2 }
        return root
    }

    /// The powers of two taken out, and the series of Taylor for what is left.
    static func exponential(_ value: Double) -> Double? {
        guard value.isFinite, value.magnitude < 700 else { return nil }
        let count = Int(value / logarithmOfTwo)
        let rest = value - Double(count) * logarithmOfTwo
        var term = 1.0
        var sum = 1.0
        for index in 1...28 {
            term *= rest / Double(index)
            sum += term
        }
        return Double(sign: .plus, exponent: count, significand: sum)
    }

    /// `nil` for a number that is not above zero.
    ///
    /// ln(m 2^e) = e ln 2 + 2 artanh((m - 1) / (m + 1)), with m between 2/3 and 4/3.
    static func logarithm(_ value: Double) -> Double? {
        guard value.isFinite, value > 0 else { return nil }
        var exponent = Double(value.exponent)
        var significand = value.significand
        if significand > 4.0 / 3.0 {
            significand /= 2
            exponent += 1
        }
        let ratio = (significand - 1) / (significand + 1)
        let square = ratio * ratio
        var power = ratio
        var sum = 0.0
        for index in 0..<24 {
            sum += power / Double(2 * index + 1)
            power *= square
        }
        return exponent * logarithmOfTwo + 2 * sum
    }
}
