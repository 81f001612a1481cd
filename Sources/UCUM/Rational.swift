import Basics

/// An exact fraction in lowest terms; the denominator is above zero.
struct Rational: Sendable, Hashable {
    let numerator: BigInteger
    let denominator: BigInteger

    private static let unit = BigInteger(1)
    static let zero = Rational(0)
    static let one = Rational(1)

    init(_ numerator: BigInteger, over denominator: BigInteger) {
        precondition(!denominator.isZero, "a fraction over zero")
        if denominator == Self.unit {
            self.init(coprime: numerator, denominator)
            return
        }
        let divisor = BigInteger.greatestCommonDivisor(numerator, denominator)
        let sign = BigInteger(denominator.isNegative ? -1 : 1)
        self.init(
            coprime: numerator.quotientAndRemainder(dividingBy: divisor).quotient * sign,
            denominator.quotientAndRemainder(dividingBy: divisor).quotient * sign
        )
    }

    init(_ value: Int) {
        self.init(coprime: BigInteger(value), Self.unit)
    }

    init(_ value: DecimalNumber) {
        self.init(BigInteger(value.coefficient), over: .powerOfTen(value.scale))
    }

    /// Reads a definition's factor: decimal digits with point and exponent, or a fraction `5/9`.
    init?(text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 1 else {
            guard parts.count == 2, let numerator = BigInteger(decimalDigits: parts[0]),
                let denominator = BigInteger(decimalDigits: parts[1]), !denominator.isZero
            else { return nil }
            self.init(numerator, over: denominator)
            return
        }
        let halves = text.split(separator: "e", omittingEmptySubsequences: false)
        guard let mantissa = halves.first, halves.count <= 2 else { return nil }
        let digits = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        guard digits.count <= 2, let value = BigInteger(decimalDigits: digits.joined()) else {
            return nil
        }
        var exponent = digits.count == 2 ? -digits[1].utf8.count : 0
        if halves.count == 2 {
            guard let power = Int(halves[1]) else { return nil }
            exponent += power
        }
        self.init(
            value * .powerOfTen(max(exponent, 0)),
            over: .powerOfTen(max(-exponent, 0))
        )
    }

    var isZero: Bool { numerator.isZero }
    var isNegative: Bool { numerator.isNegative }

    /// The larger of the bit counts of numerator and denominator.
    var bitCount: Int { max(numerator.bitCount, denominator.bitCount) }

    /// The number as a small integer, or `nil` when it is none.
    var integer: Int? {
        guard denominator == BigInteger(1), let value = numerator.int128 else { return nil }
        return Int(exactly: value)
    }

    var negated: Rational { Rational(numerator.negated, over: denominator) }

    static func + (left: Rational, right: Rational) -> Rational {
        Rational(
            left.numerator * right.denominator + right.numerator * left.denominator,
            over: left.denominator * right.denominator
        )
    }

    static func - (left: Rational, right: Rational) -> Rational { left + right.negated }

    private var isOne: Bool { numerator == Self.unit && denominator == Self.unit }

    static func * (left: Rational, right: Rational) -> Rational {
        if left.isOne { return right }
        if right.isOne { return left }
        return Rational(
            left.numerator * right.numerator,
            over: left.denominator * right.denominator
        )
    }

    static func / (left: Rational, right: Rational) -> Rational {
        if right.isOne { return left }
        return Rational(
            left.numerator * right.denominator,
            over: left.denominator * right.numerator
        )
    }

    /// The power to any integer; the base must not be zero when the exponent is below zero.
    func raised(to exponent: Int) -> Rational {
        // Powers of numbers without a common divisor have none either.
        let power = Rational(
            coprime: numerator.raised(to: abs(exponent)),
            denominator.raised(to: abs(exponent))
        )
        return exponent < 0 ? .one / power : power
    }

    private init(coprime numerator: BigInteger, _ denominator: BigInteger) {
        self.numerator = numerator
        self.denominator = denominator
    }
}
