/// An exact decimal number: `coefficient` times ten to the power of minus `scale`.
///
/// FHIR decimals carry their precision (7.10 is not written 7.1), so the scale is kept as it was
/// read: `DecimalNumber(text: "7.10")` has coefficient 710 and scale 2. Comparison and hashing are
/// by numeric value. At most 38 significant digits; text beyond that is refused, not rounded.
///
/// See FHIR R4, section 2.24.0.1 (decimal) and FHIRPath 2.0, section 4.1.4.
public struct DecimalNumber: Sendable {
    /// The digits of the number as one integer, with its sign.
    public let coefficient: Int128
    /// How many of the digits stand behind the decimal point; never negative.
    public let scale: Int

    /// The largest scale a number may have.
    public static let scaleMax = 60

    /// Makes a number from its parts; `nil` when the scale is out of range.
    ///
    /// The lowest of all coefficients is refused too, for it has no opposite.
    public init?(coefficient: Int128, scale: Int) {
        guard scale >= 0, scale <= Self.scaleMax, coefficient != .min else { return nil }
        self.coefficient = coefficient
        self.scale = scale
    }

    /// Makes a whole number.
    public init(_ value: Int) {
        coefficient = Int128(value)
        scale = 0
    }

    /// The number without trailing zeros behind the decimal point.
    public var normalized: DecimalNumber {
        guard scale > 0 else { return self }
        if let small = Int64(exactly: coefficient) {
            var (rest, scale) = (small, scale)
            while scale > 0, rest % 10 == 0 {
                rest /= 10
                scale -= 1
            }
            return DecimalNumber(exactly: Int128(rest), scale: scale)
        }
        var coefficient = coefficient
        var scale = scale
        while scale > 0, coefficient % 10 == 0 {
            coefficient /= 10
            scale -= 1
        }
        return DecimalNumber(exactly: coefficient, scale: scale)
    }

    /// The decimal text with its scale kept, such as `7.10`.
    public var text: String {
        let isNegative = coefficient < 0
        let magnitude = coefficient.magnitude
        var digits =
            if let small = UInt64(exactly: magnitude) { String(small) } else { String(magnitude) }
        if scale > 0 {
            if digits.utf8.count <= scale {
                digits = String(repeating: "0", count: scale - digits.utf8.count + 1) + digits
            }
            digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -scale))
        }
        return isNegative ? "-" + digits : digits
    }

    /// The nearest double.
    public var doubleValue: Double {
        // Converting 128 bits takes far longer than converting 64.
        if scale <= 22, coefficient.magnitude < (1 << 53) {
            // Both operands are exact doubles, so the one division rounds correctly.
            return Double(Int64(coefficient)) / Self.doublePower(scale)
        }
        if scale == 0 { return Double(coefficient) }
        return Double(text) ?? .nan
    }

    private static func doublePower(_ exponent: Int) -> Double {
        var result = 1.0
        for _ in 0..<exponent { result *= 10 }
        return result
    }

    /// The integer, when the number is a whole one that fits.
    public var integerValue: Int? {
        let whole = normalized
        guard whole.scale == 0 else { return nil }
        return Int(exactly: whole.coefficient)
    }

    /// Rounds half away from zero to a multiple of `increment`, such as `0.1` or `1`.
    ///
    /// This is how a vital sign is charted: 36.05 with an increment of 0.1 is 36.1. The result has
    /// the scale of the increment. `nil` when the increment is not above zero or the result has
    /// too many digits.
    public func rounded(toMultipleOf increment: DecimalNumber) -> DecimalNumber? {
        guard increment.coefficient > 0 else { return nil }
        let common = max(scale, increment.scale)
        guard let value = scaled(to: common) else {
            return nil
        }
        guard let step = increment.scaled(to: common) else {
            return roundedWide(toMultipleOf: increment)
        }
        let magnitude = value.magnitude
        let unit = step.magnitude
        var quotient = magnitude / unit
        if (magnitude % unit) >= unit - magnitude % unit { quotient += 1 }
        let (product, overflowed) = Int128(quotient).multipliedReportingOverflow(
            by: increment.coefficient
        )
        guard !overflowed else { return nil }
        return DecimalNumber(exactly: value < 0 ? -product : product, scale: increment.scale)
    }

    /// The same for a value so much finer than the increment that 128 bits do not hold both.
    ///
    /// The increment is then larger than any coefficient, so the answer is none or one of it.
    private func roundedWide(toMultipleOf increment: DecimalNumber) -> DecimalNumber {
        let step =
            BigInteger(increment.coefficient) * .powerOfTen(scale - increment.scale)
        let isHalfOrMore = BigInteger(coefficient.magnitude) * BigInteger(2) >= step
        let multiple = isHalfOrMore ? increment.coefficient : 0
        return DecimalNumber(
            exactly: coefficient < 0 ? -multiple : multiple,
            scale: increment.scale
        )
    }

    /// The coefficient that stands for the same value at a scale that is not smaller.
    @inline(__always)
    private func scaled(to scale: Int) -> Int128? {
        let distance = scale - self.scale
        if distance == 0 { return coefficient }
        if distance <= 18, let small = Int64(exactly: coefficient) {
            return Int128(small) * Int128(Self.powerOfTen(distance))
        }
        var result = coefficient
        for _ in 0..<distance {
            let (product, overflowed) = result.multipliedReportingOverflow(by: 10)
            guard !overflowed else { return nil }
            result = product
        }
        return result
    }

    @inline(__always)
    private static func powerOfTen(_ exponent: Int) -> Int64 {
        var power: Int64 = 1
        for _ in 0..<exponent { power *= 10 }
        return power
    }

    init(exactly coefficient: Int128, scale: Int) {
        self.coefficient = coefficient
        self.scale = scale
    }

    /// The sum; `nil` when it has too many digits.
    public func adding(_ other: DecimalNumber) -> DecimalNumber? {
        let common = max(scale, other.scale)
        guard let left = scaled(to: common), let right = other.scaled(to: common) else {
            return nil
        }
        let (sum, overflowed) = left.addingReportingOverflow(right)
        return overflowed ? nil : DecimalNumber(coefficient: sum, scale: common)
    }

    /// The difference; `nil` when it has too many digits.
    public func subtracting(_ other: DecimalNumber) -> DecimalNumber? {
        adding(other.negated)
    }

    /// The product; `nil` when it has too many digits.
    public func multiplied(by other: DecimalNumber) -> DecimalNumber? {
        let (product, overflowed) = coefficient.multipliedReportingOverflow(by: other.coefficient)
        return overflowed
            ? nil : DecimalNumber(coefficient: product, scale: scale + other.scale)
    }

    /// The number with the opposite sign.
    public var negated: DecimalNumber {
        DecimalNumber(exactly: -coefficient, scale: scale)
    }
}

extension DecimalNumber: Comparable {
    /// Whether two numbers have the same value, whatever their scales.
    public static func == (left: DecimalNumber, right: DecimalNumber) -> Bool {
        if left.scale == right.scale { return left.coefficient == right.coefficient }
        let common = max(left.scale, right.scale)
        // A number too large for the common scale is larger than the other one.
        guard let first = left.scaled(to: common), let second = right.scaled(to: common) else {
            return false
        }
        return first == second
    }

    /// Whether the left number has the smaller value.
    public static func < (left: DecimalNumber, right: DecimalNumber) -> Bool {
        let common = max(left.scale, right.scale)
        if let first = left.scaled(to: common), let second = right.scaled(to: common) {
            return first < second
        }
        // One of them is too large for the common scale, so the magnitudes differ widely.
        if (left.coefficient < 0) != (right.coefficient < 0) { return left.coefficient < 0 }
        let leftIsLarger = left.scaled(to: common) == nil
        return leftIsLarger == (left.coefficient < 0)
    }
}

extension DecimalNumber: Hashable {
    /// Hashes the numeric value, so that equal numbers of different scale collide.
    public func hash(into hasher: inout Hasher) {
        let value = normalized
        hasher.combine(value.coefficient)
        hasher.combine(value.scale)
    }
}
