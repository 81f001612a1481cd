import Basics

extension DecimalNumber {
    /// How many significant digits a quotient has at the most (FHIRPath 2.0, section 4.1.4).
    static let quotientDigitsMax = 28

    /// Both coefficients at the same scale.
    private func aligned(with other: DecimalNumber) -> (Int128, Int128, scale: Int)? {
        let common = max(scale, other.scale)
        guard let one = coefficient.times10(power: common - scale),
            let two = other.coefficient.times10(power: common - other.scale)
        else {
            return nil
        }
        return (one, two, common)
    }

    /// The quotient, exact or rounded half up to 28 significant digits; `nil` when the divisor is
    /// zero or the result cannot be represented.
    func divided(by divisor: DecimalNumber) -> DecimalNumber? {
        guard divisor.coefficient != 0 else { return nil }
        let denominator = divisor.coefficient.magnitude
        let (quotient, rest) = coefficient.magnitude.quotientAndRemainder(dividingBy: denominator)
        var digits = quotient
        var remainder = rest
        var scale = self.scale - divisor.scale
        var digitCount = digits == 0 ? 0 : String(digits).utf8.count
        while remainder != 0, scale < 0 || digitCount < Self.quotientDigitsMax {
            let (next, overflowed) = remainder.multipliedReportingOverflow(by: 10)
            let (shifted, isFull) = digits.multipliedReportingOverflow(by: 10)
            guard !overflowed, !isFull, scale < Self.scaleMax else { break }
            digits = shifted + next / denominator
            remainder = next % denominator
            scale += 1
            if digits != 0 { digitCount += 1 }
        }
        if remainder >= denominator - remainder, remainder != 0 { digits += 1 }
        guard var result = Int128(exactly: digits) else { return nil }
        if scale < 0 {
            guard let scaled = result.times10(power: -scale) else { return nil }
            result = scaled
            scale = 0
        }
        let isNegative = (coefficient < 0) != (divisor.coefficient < 0)
        return DecimalNumber(coefficient: isNegative ? -result : result, scale: scale)
    }

    /// The whole part of the quotient.
    func wholeQuotient(dividingBy divisor: DecimalNumber) -> Int? {
        guard divisor.coefficient != 0, let (one, other, _) = aligned(with: divisor) else {
            return nil
        }
        return Int(exactly: one / other)
    }

    /// What is left of a division, with the sign of the dividend.
    func remainder(dividingBy divisor: DecimalNumber) -> DecimalNumber? {
        guard divisor.coefficient != 0, let (one, other, common) = aligned(with: divisor) else {
            return nil
        }
        return DecimalNumber(coefficient: one % other, scale: common)
    }

    /// How a number is cut to fewer digits.
    enum Rounding {
        case down, up, towardZero, halfAwayFromZero
    }

    /// The number with just so many digits behind the point.
    func rounded(_ rounding: Rounding, scale digits: Int) -> DecimalNumber? {
        guard digits >= 0, digits <= Self.scaleMax else { return nil }
        if digits >= scale {
            return coefficient.times10(power: digits - scale).flatMap {
                DecimalNumber(coefficient: $0, scale: digits)
            }
        }
        guard let unit = Int128(1).times10(power: scale - digits) else {
            // All digits fall away.
            return DecimalNumber(coefficient: 0, scale: digits)
        }
        var quotient = coefficient / unit
        let rest = coefficient % unit
        switch rounding {
        case .down: if rest < 0 { quotient -= 1 }
        case .up: if rest > 0 { quotient += 1 }
        case .towardZero: break
        case .halfAwayFromZero:
            let size = rest.magnitude
            if size >= unit.magnitude - size, size != 0 { quotient += coefficient < 0 ? -1 : 1 }
        }
        return DecimalNumber(coefficient: quotient, scale: digits)
    }

    /// The magnitude.
    var absolute: DecimalNumber { coefficient < 0 ? negated : self }
}

extension Int128 {
    /// The number times ten to a power; `nil` when it has too many digits.
    func times10(power: Int) -> Int128? {
        var result = self
        if result == 0 { return 0 }
        guard power <= 39 else { return nil }
        for _ in 0..<Swift.max(power, 0) {
            let (product, overflowed) = result.multipliedReportingOverflow(by: 10)
            guard !overflowed else { return nil }
            result = product
        }
        return result
    }
}

// MARK: Sums and products with more digits than there is room for

extension DecimalNumber {
    /// The sum, exact where it has room and otherwise rounded behind the point; `nil` when what
    /// stands before the point has no room.
    func plus(_ other: DecimalNumber) -> DecimalNumber? {
        if let sum = adding(other) { return sum }
        var scale = max(scale, other.scale)
        while scale > 0 {
            scale -= 1
            guard let one = shortened(to: scale), let two = other.shortened(to: scale) else {
                return nil
            }
            if let sum = one.adding(two) { return sum }
        }
        return nil
    }

    /// The product, exact where it has room and otherwise rounded to 28 significant digits, as a
    /// quotient is; `nil` when it cannot be represented.
    func times(_ other: DecimalNumber) -> DecimalNumber? {
        if let product = multiplied(by: other) { return product }
        let digits = BigInteger(coefficient) * BigInteger(other.coefficient)
        guard !digits.isZero else { return DecimalNumber(0) }
        return DecimalNumber(rounding: digits, scale: scale + other.scale)
    }

    /// Rounds an integer divided by ten to the power of `scale` to 28 significant digits; `nil`
    /// when nothing is left of it or it has too many digits before the point.
    init?(rounding digits: BigInteger, scale: Int) {
        var (digits, scale) = (digits, scale)
        let count = digits.decimalDigitCount
        // Digits before the point are never dropped.
        let surplus = min(scale, max(count - Self.quotientDigitsMax, scale - Self.scaleMax))
        guard surplus <= count else { return nil }
        if surplus > 0 {
            let step = BigInteger.powerOfTen(surplus)
            let (quotient, rest) = digits.quotientAndRemainder(dividingBy: step)
            let isHalfOrMore = (rest.magnitude * BigInteger(2) - step).isNegative == false
            let up = isHalfOrMore ? BigInteger(digits.isNegative ? -1 : 1) : BigInteger(0)
            digits = quotient + up
            scale -= surplus
        }
        guard !digits.isZero, let result = digits.int128 else { return nil }
        self.init(coefficient: result, scale: scale)
    }

    /// The number with at most so many digits behind the point.
    private func shortened(to scale: Int) -> DecimalNumber? {
        self.scale <= scale ? self : rounded(.halfAwayFromZero, scale: scale)
    }
}
