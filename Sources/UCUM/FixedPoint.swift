import Basics

/// Logarithms, powers and tangents to more than fifty digits, for the special units.
///
/// Numbers are integers in units of two to the power of minus 192. Each series runs until its
/// terms vanish, which they do after some sixty terms because arguments are reduced first.
enum FixedPoint {
    private static let fractionBits = 192
    private static let unit = BigInteger(2).raised(to: fractionBits)
    private static let logarithmOfTwo = twiceInverseHyperbolicTangent(
        of: quotient(unit, BigInteger(3))
    )

    /// The circle number, to the 64 digits that UCUM gives.
    private static let pi = fixed(UCUMTable.pi)

    /// The natural logarithm of a number above zero.
    static func logarithm(of value: Rational) -> Rational {
        precondition(!value.isZero && !value.isNegative, "a logarithm of what is not above zero")
        let exponent = value.numerator.bitCount - value.denominator.bitCount
        let mantissa = fixed(value * Rational(2).raised(to: -exponent))
        let ratio = quotient((mantissa - unit) * unit, mantissa + unit)
        let sum = twiceInverseHyperbolicTangent(of: ratio) + logarithmOfTwo * BigInteger(exponent)
        return Rational(sum, over: unit)
    }

    /// e to a power; `nil` when the result is beyond any unit.
    static func exponential(of value: Rational) -> Rational? {
        guard value.bitCount < 1_000 else { return nil }
        let argument = fixed(value)
        let (count, rest) = argument.quotientAndRemainder(dividingBy: logarithmOfTwo)
        guard let exponent = count.int128, abs(exponent) <= 512 else { return nil }
        var (sum, term, index) = (unit, unit, 1)
        while !term.isZero {
            term = quotient(product(term, rest), BigInteger(index))
            sum = sum + term
            index += 1
        }
        return Rational(sum, over: unit) * Rational(2).raised(to: Int(exponent))
    }

    /// The tangent of an angle in radian; `nil` where it has none, or beyond 2^64 turns.
    static func tangent(of angle: Rational) -> Rational? {
        let argument = fixed(angle)
        guard argument.bitCount < fractionBits + 64 else { return nil }
        let rest = argument.quotientAndRemainder(dividingBy: pi).remainder
        let square = product(rest, rest)
        var (sine, cosine, term, index) = (BigInteger(0), BigInteger(0), unit, 0)
        while !term.isZero {
            cosine = cosine + term
            let odd = quotient(product(term, rest), BigInteger(index + 1))
            sine = sine + odd
            term = quotient(product(term, square), BigInteger((index + 1) * (index + 2))).negated
            index += 2
        }
        guard cosine.bitCount > fractionBits / 2 else { return nil }
        return Rational(sine, over: cosine)
    }

    /// The angle in radian, between plus and minus a quarter turn, whose tangent this is.
    static func arcTangent(of value: Rational) -> Rational {
        let isSteep = value.numerator.magnitude > value.denominator
        var argument = fixed(isSteep ? .one / value : value)
        // atan(x) = 2 atan(x / (1 + sqrt(1 + x^2))): three times brings x below an eighth.
        for _ in 0..<3 {
            let root = squareRoot((unit + product(argument, argument)) * unit)
            argument = quotient(argument * unit, unit + root)
        }
        let square = product(argument, argument)
        var (sum, power, index) = (BigInteger(0), argument, 1)
        while !power.isZero {
            sum = sum + quotient(power, BigInteger(index))
            power = product(power, square).negated
            index += 2
        }
        let angle = sum * BigInteger(8)
        guard isSteep else { return Rational(angle, over: unit) }
        let right = quotient(pi, BigInteger(2))
        return Rational((value.isNegative ? right.negated : right) - angle, over: unit)
    }

    /// The square root of a number that is not negative; exact where it is rational.
    static func squareRoot(of value: Rational) -> Rational {
        let numerator = squareRoot(value.numerator)
        let denominator = squareRoot(value.denominator)
        if numerator * numerator == value.numerator, denominator * denominator == value.denominator
        {
            return Rational(numerator, over: denominator)
        }
        let scaled = quotient(value.numerator * unit * unit * unit * unit, value.denominator)
        return Rational(squareRoot(scaled), over: unit * unit)
    }

    // MARK: Arithmetic

    private static func fixed(_ value: Rational) -> BigInteger {
        quotient(value.numerator * unit, value.denominator)
    }

    private static func product(_ left: BigInteger, _ right: BigInteger) -> BigInteger {
        quotient(left * right, unit)
    }

    private static func quotient(_ left: BigInteger, _ right: BigInteger) -> BigInteger {
        left.quotientAndRemainder(dividingBy: right).quotient
    }

    /// ln((1 + x) / (1 - x)) for a fixed-point x of at most a third.
    private static func twiceInverseHyperbolicTangent(of ratio: BigInteger) -> BigInteger {
        let square = product(ratio, ratio)
        var (sum, power, index) = (BigInteger(0), ratio, 1)
        while !power.isZero {
            sum = sum + quotient(power, BigInteger(index))
            power = product(power, square)
            index += 2
        }
        return sum * BigInteger(2)
    }

    /// The largest integer whose square is not above the number (Newton's iteration from above).
    private static func squareRoot(_ number: BigInteger) -> BigInteger {
        guard !number.isZero else { return number }
        var root = BigInteger(2).raised(to: (number.bitCount + 1) / 2)
        while true {
            let next = quotient(root + quotient(number, root), BigInteger(2))
            if next >= root { return root }
            root = next
        }
    }
}
