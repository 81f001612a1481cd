import Basics

/// Whole powers of decimal numbers, by squaring and multiplying.
///
///     PowerOfDecimal.value(1.01, exponent: 100)    2.704813829421526093267194711
///
/// A power that has room is exact. Any other one is computed with some twenty digits more than
/// are kept, so that every digit of the rounded result is right.
struct PowerOfDecimal {
    /// The highest magnitude of an exponent that is multiplied out.
    static let exponentMax = 1_000
    /// What one product counts among the steps of an evaluation.
    static let stepsPerProduct = 32
    /// The bits that intermediate results keep: 48 digits or more, of which a thousand
    /// multiplications spoil three.
    private static let workingBits = 160

    /// The number is `digits` divided by ten to the power of `scale`.
    private var digits: BigInteger
    private var scale: Int
    /// Whether digits were dropped.
    private var isRounded = false

    private init(_ number: DecimalNumber) {
        digits = BigInteger(number.coefficient)
        scale = number.scale
    }

    /// How many products a power takes.
    static func productCount(exponent: UInt) -> Int {
        max(1, 2 * (UInt.bitWidth - exponent.leadingZeroBitCount))
    }

    /// The power of a number that is not zero; `nil` when it cannot be represented.
    static func value(_ base: DecimalNumber, exponent: Int) -> DecimalNumber? {
        precondition(exponent.magnitude <= exponentMax, "the exponent is checked before")
        precondition(base.coefficient != 0, "zero has no power below zero")
        guard exponent != 0 else { return DecimalNumber(1) }
        // From the highest bit of the exponent down, no number on the way has more digits than
        // the result, so that none is rounded where the result is exact.
        var power = PowerOfDecimal(base)
        let factor = power
        let bitCount = Int.bitWidth - Int(exponent.magnitude.leadingZeroBitCount)
        for bit in (0..<bitCount - 1).reversed() {
            power.multiply(by: power)
            if exponent.magnitude >> UInt(bit) & 1 == 1 { power.multiply(by: factor) }
        }
        return exponent > 0 ? power.number : power.reciprocal
    }

    private mutating func multiply(by other: PowerOfDecimal) {
        digits = digits * other.digits
        scale += other.scale
        isRounded = isRounded || other.isRounded
        // Three digits have less than ten bits, so that no more fall away than are too many.
        let surplus = (digits.bitCount - Self.workingBits) * 3 / 10
        guard surplus > 0 else { return }
        let (quotient, rest) = digits.quotientAndRemainder(dividingBy: .powerOfTen(surplus))
        digits = quotient
        scale -= surplus
        isRounded = isRounded || !rest.isZero
    }

    /// The number as it is when it has room, and rounded otherwise.
    private var number: DecimalNumber? {
        exact ?? DecimalNumber(rounding: digits, scale: scale)
    }

    private var exact: DecimalNumber? {
        guard !isRounded, let coefficient = digits.int128 else { return nil }
        return DecimalNumber(coefficient: coefficient, scale: scale)
    }

    private var reciprocal: DecimalNumber? {
        if let exact { return DecimalNumber(1).divided(by: exact) }
        // The quotient has fifty digits or one more.
        let count = digits.decimalDigitCount + 50
        let (quotient, _) = BigInteger.powerOfTen(count).quotientAndRemainder(dividingBy: digits)
        return DecimalNumber(rounding: quotient, scale: count - scale)
    }
}
