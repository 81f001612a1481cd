import Basics

/// The conversion `value x factor + addend`, with the integers prepared that most values need.
///
/// With factor = N/D and addend = B/D over one denominator D = R x 10^K, where R has no divisor 2
/// or 5, a value c x 10^-s becomes (N c + B 10^s) / R x 10^-(s + K). That is a finite decimal where
/// R divides the bracket, which it always does for R = 1.
struct LinearConversion: Sendable {
    let factor: Rational
    let addend: Rational
    let isIdentity: Bool
    private let small: Small?
    /// By how many digits the point moves to the right, about.
    private let pointShift: Int

    /// The integers of the conversion, as far as they fit 128 bits.
    private struct Small {
        var multiplier: Int128
        var summand: Int128
        var divisor: Int128
        var scale: Int
        /// The smallest dividend whose quotient has 28 digits.
        var dividendMin: Int128
    }

    init(factor: Rational, addend: Rational) {
        self.factor = factor
        self.addend = addend
        isIdentity = factor == .one && addend.isZero
        pointShift = factor.numerator.decimalDigitCount - factor.denominator.decimalDigitCount
        small = Self.small(factor, addend)
    }

    private static func small(_ factor: Rational, _ addend: Rational) -> Small? {
        let divisor = BigInteger.greatestCommonDivisor(factor.denominator, addend.denominator)
        let common =
            factor.denominator.quotientAndRemainder(dividingBy: divisor).quotient
            * addend.denominator
        let (twoCount, fiveCount, rest) = Rational.split(common)
        let scale = max(twoCount, fiveCount)
        let whole = Rational(rest * .powerOfTen(scale), over: BigInteger(1))
        guard let multiplier = (factor * whole).numerator.int128,
            let summand = (addend * whole).numerator.int128,
            let divisor = rest.int128,
            let dividendMin = (rest * .powerOfTen(27)).int128
        else { return nil }
        return Small(
            multiplier: multiplier,
            summand: summand,
            divisor: divisor,
            scale: scale,
            dividendMin: dividendMin
        )
    }

    func convert(_ value: DecimalNumber) -> DecimalNumber? {
        if isIdentity { return value }
        let scaleMin = min(max(value.scale - pointShift, 0), DecimalNumber.scaleMax)
        if let small, let result = convert(value, with: small) {
            return result.aligned(toScale: scaleMin)
        }
        return (Rational(value) * factor + addend).decimal()?.aligned(toScale: scaleMin)
    }

    /// The conversion in 128-bit integers; `nil` when they do not suffice.
    private func convert(_ value: DecimalNumber, with small: Small) -> DecimalNumber? {
        var summand = small.summand
        if summand != 0 {
            for _ in 0..<value.scale {
                let (product, overflowed) = summand.multipliedReportingOverflow(by: 10)
                guard !overflowed else { return nil }
                summand = product
            }
        }
        let (product, overflowed) = value.coefficient.multipliedReportingOverflow(
            by: small.multiplier
        )
        let (dividend, carried) = product.addingReportingOverflow(summand)
        guard !overflowed, !carried, dividend != .min else { return nil }
        let scale = value.scale + small.scale
        if small.divisor == 1 { return DecimalNumber(coefficient: dividend, scale: scale) }
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: small.divisor)
        if remainder == 0 { return DecimalNumber(coefficient: quotient, scale: scale) }
        return rounded(dividend, scale: scale, with: small)
    }

    private func rounded(_ dividend: Int128, scale: Int, with small: Small) -> DecimalNumber? {
        var magnitude = Int128(dividend.magnitude)
        var scale = scale
        guard magnitude / 10 < small.dividendMin else { return nil }
        while magnitude < small.dividendMin {
            let (product, overflowed) = magnitude.multipliedReportingOverflow(by: 10)
            guard !overflowed else { return nil }
            magnitude = product
            scale += 1
        }
        var (quotient, remainder) = magnitude.quotientAndRemainder(dividingBy: small.divisor)
        if remainder >= small.divisor - remainder { quotient += 1 }
        return DecimalNumber(coefficient: dividend < 0 ? -quotient : quotient, scale: scale)
    }

    /// The conversion for a reader.
    var formula: String {
        if isIdentity { return "" }
        let times = factor == .one ? "" : " x \(formulaText(factor))"
        if addend.isZero { return String(times.dropFirst()) }
        let isFinite = Rational.split(addend.denominator).rest == BigInteger(1)
        // A shift before the multiplication where that is the tidy number: (value - 32) x 5/9.
        let shift = isFinite ? addend : addend / factor
        let size = formulaText(shift.isNegative ? shift.negated : shift)
        let sign = shift.isNegative ? "-" : "+"
        return isFinite ? "value\(times) \(sign) \(size)" : "(value \(sign) \(size))\(times)"
    }
}

/// A number for a reader: a decimal, a small fraction, or 12 significant digits.
func formulaText(_ number: Rational) -> String {
    let isSmall =
        number.numerator.decimalDigitCount <= 3
        && number.denominator.decimalDigitCount <= 3
    if Rational.split(number.denominator).rest != BigInteger(1), isSmall {
        return "\(number.numerator)/\(number.denominator)"
    }
    guard let rounded = number.rounded(toDigits: 12)?.normalized else {
        return number.numerator.decimalDigitCount > number.denominator.decimalDigitCount
            ? "a very large number" : "a very small number"
    }
    let digits = String(rounded.coefficient.magnitude)
    let point = digits.utf8.count - rounded.scale
    guard point < -5 || point > 15 else { return rounded.text }
    var mantissa = String(digits.prefix(1))
    let fraction = String(digits.dropFirst()).reversed().drop { $0 == "0" }.reversed()
    if !fraction.isEmpty { mantissa += "." + String(fraction) }
    return "\(rounded.coefficient < 0 ? "-" : "")\(mantissa)e\(point - 1)"
}
