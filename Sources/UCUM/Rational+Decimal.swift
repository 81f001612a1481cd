import Basics

extension Rational {
    /// How often two and five divide a number, and what is left.
    static func split(
        _ number: BigInteger
    ) -> (twoCount: Int, fiveCount: Int, rest: BigInteger) {
        var (rest, counts) = (number, [0, 0])
        for (position, prime) in [2, 5].enumerated() {
            while !rest.isZero {
                let (quotient, remainder) = rest.quotientAndRemainder(
                    dividingBy: BigInteger(prime)
                )
                guard remainder.isZero else { break }
                rest = quotient
                counts[position] += 1
            }
        }
        return (counts[0], counts[1], rest)
    }

    /// The number as a decimal: exactly where it is a finite decimal that fits, otherwise to 28
    /// significant digits, half up; `nil` when neither form fits a `DecimalNumber`.
    func decimal() -> DecimalNumber? {
        let (twoCount, fiveCount, rest) = Self.split(denominator)
        if rest == BigInteger(1) {
            let scale = max(twoCount, fiveCount)
            let coefficient =
                numerator * BigInteger(2).raised(to: scale - twoCount)
                * BigInteger(5).raised(to: scale - fiveCount)
            if let small = coefficient.int128,
                let exact = DecimalNumber(coefficient: small, scale: scale)
            {
                return exact
            }
        }
        return rounded(toDigits: 28)
    }

    /// The number rounded half up (away from zero) to so many significant digits.
    func rounded(toDigits digitCount: Int) -> DecimalNumber? {
        guard !isZero else { return DecimalNumber(0) }
        // The quotient has this many digits before the point, or one fewer.
        let wholeCount = numerator.decimalDigitCount - denominator.decimalDigitCount + 1
        for scale in [digitCount - wholeCount, digitCount - wholeCount + 1] {
            let (quotient, remainder) =
                (numerator.magnitude * .powerOfTen(max(scale, 0)))
                .quotientAndRemainder(dividingBy: denominator * .powerOfTen(max(-scale, 0)))
            guard quotient.decimalDigitCount >= digitCount else { continue }
            let twice = remainder * BigInteger(2)
            let isUp = twice >= denominator * .powerOfTen(max(-scale, 0))
            let rounded = quotient + BigInteger(isUp ? 1 : 0)
            let whole = rounded * .powerOfTen(max(-scale, 0))
            guard let coefficient = whole.int128 else { return nil }
            return DecimalNumber(
                coefficient: isNegative ? -coefficient : coefficient,
                scale: max(scale, 0)
            )
        }
        return nil
    }
}

extension DecimalNumber {
    /// The same number with zeros at the end dropped or added until a number of digits stands
    /// behind the point; other digits are never dropped.
    func aligned(toScale wanted: Int) -> DecimalNumber {
        var coefficient = coefficient
        var scale = scale
        if scale > wanted, var small = Int64(exactly: coefficient) {
            while scale > wanted, small % 10 == 0 {
                small /= 10
                scale -= 1
            }
            coefficient = Int128(small)
        }
        while scale > wanted, coefficient % 10 == 0 {
            coefficient /= 10
            scale -= 1
        }
        while scale < wanted {
            let (product, overflowed) = coefficient.multipliedReportingOverflow(by: 10)
            guard !overflowed else { break }
            coefficient = product
            scale += 1
        }
        return DecimalNumber(coefficient: coefficient, scale: scale) ?? self
    }
}
