/// Logarithms without a C library: this layer has none.
enum Logarithm {
    private static let naturalOfTwo = 0.693_147_180_559_945_3

    /// The natural logarithm of a positive number.
    ///
    /// x = m 2^k with m between 0.7 and 1.4; ln m = 2 artanh((m - 1) / (m + 1)), whose series
    /// needs 16 terms for the last digit there.
    static func natural(_ number: Double) -> Double {
        precondition(number > 0, "only positive numbers have a logarithm")
        var exponent = Double(number.exponent)
        var fraction = number.significand
        if fraction > 1.414_213_562_373_095_1 {
            fraction /= 2
            exponent += 1
        }
        let ratio = (fraction - 1) / (fraction + 1)
        let square = ratio * ratio
        var power = ratio
        var sum = 0.0
        for step in 0..<16 {
            sum += power / Double(2 * step + 1)
            power *= square
        }
        return exponent * naturalOfTwo + 2 * sum
    }

    /// The logarithm of the number of ways to choose some out of all.
    static func choose(_ all: Int, _ some: Int) -> Double {
        factorial(all) - factorial(some) - factorial(all - some)
    }

    /// The logarithm of n!: a sum for small n, else Stirling's series, whose first term left out is
    /// below 1e-13 from 20 on.
    private static func factorial(_ n: Int) -> Double {
        guard n > 1 else { return 0 }
        guard n >= 20 else { return (2...n).reduce(0) { $0 + natural(Double($1)) } }
        let x = Double(n)
        let halfLogOfTwoPi = 0.918_938_533_204_672_8
        let inverse = 1 / x
        let square = inverse * inverse
        let tail =
            inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1_260 - square / 1_680)))
        return (x + 0.5) * natural(x) - x + halfLogOfTwoPi + tail
    }
}
