import ClinicalEngine

/// The distribution of the two-sided statistic of Kolmogorov for a sample of a given size.
///
/// Three ways, each where it is good (Simard and L'Ecuyer, Journal of Statistical Software 2011):
/// far out twice the one-sided probability, which is a sum; else the matrix power of Marsaglia,
/// Tsang and Wang (2003) up to 1,000 values, and beyond that the limit with Stephens' correction,
/// which is good to about three digits.
package enum KolmogorovDistribution {
    /// The probability of a difference of `d` or more in a sample of `count` values.
    package static func upperTail(_ d: Double, count: Int) -> Double {
        let n = max(1, count)
        if d <= 0.5 / Double(n) { return 1 }
        if d >= 1 { return 0 }
        if n > 1_000 { return limit(d, n) }
        if Double(n) * d * d >= 4 || n == 1 { return min(1, 2 * oneSided(d, n)) }
        return max(0, min(1, 1 - matrixPower(d, n)))
    }

    /// Smirnov's sum (Birnbaum and Tingey, 1951), by logarithms.
    private static func oneSided(_ d: Double, _ n: Int) -> Double {
        var logCombinations = 0.0
        var sum = 0.0
        for j in 0...Int(Double(n) * (1 - d)) {
            if j > 0 { logCombinations += ElementaryFunctions.log(Double(n - j + 1) / Double(j)) }
            let left = d + Double(j) / Double(n)
            let right = 1 - left
            guard right > 0 else { break }
            let term =
                logCombinations + Double(j - 1) * ElementaryFunctions.log(left)
                + Double(n - j) * ElementaryFunctions.log(right)
            sum += ElementaryFunctions.exp(term)
        }
        return d * sum
    }

    private static func limit(_ d: Double, _ n: Int) -> Double {
        let root = Double(n).squareRoot()
        let x = (root + 0.12 + 0.11 / root) * d
        // The series alternates and does not settle near zero, where the probability is one.
        guard x > 0.2 else { return 1 }
        var sum = 0.0
        for k in 1...100 {
            let term = ElementaryFunctions.exp(-2 * Double(k * k) * x * x)
            sum += k % 2 == 1 ? term : -term
            if term < 1e-18 { break }
        }
        return max(0, min(1, 2 * sum))
    }

    /// The probability of less than `d`: n! / n^n times the middle of the n-th power of a matrix.
    private static func matrixPower(_ d: Double, _ n: Int) -> Double {
        let k = Int(Double(n) * d) + 1
        let size = 2 * k - 1
        let h = Double(k) - Double(n) * d
        var step = Array(repeating: 0.0, count: size * size)
        for row in 0..<size {
            for column in 0..<size where row - column + 1 >= 0 { step[row * size + column] = 1 }
        }
        for row in 0..<size {
            step[row * size] -= ElementaryFunctions.power(h, Double(row + 1))
            step[(size - 1) * size + row] -= ElementaryFunctions.power(h, Double(size - row))
        }
        if 2 * h - 1 > 0 {
            step[(size - 1) * size] += ElementaryFunctions.power(2 * h - 1, Double(size))
        }
        for row in 0..<size {
            for column in 0..<size where row - column + 1 > 0 {
                for divisor in 1...(row - column + 1) {
                    step[row * size + column] /= Double(divisor)
                }
            }
        }
        var power = ScaledMatrix(identity: size)
        var square = ScaledMatrix(values: step, size: size)
        var rest = n
        while rest > 0 {
            if rest % 2 == 1 { power = power.times(square) }
            rest /= 2
            if rest > 0 { square = square.times(square) }
        }
        var result = power.values[(k - 1) * size + k - 1]
        var exponent = power.exponent
        for i in 1...n {
            result *= Double(i) / Double(n)
            if result < 1e-140 {
                result *= 1e140
                exponent -= 140
            }
        }
        while exponent < 0, result > 0 {
            result *= 1e-140
            exponent += 140
        }
        while exponent > 0 {
            result *= 1e140
            exponent -= 140
        }
        return result
    }

    /// A square matrix times a power of ten, so that its powers stay in range.
    private struct ScaledMatrix {
        var values: [Double]
        let size: Int
        var exponent = 0

        init(values: [Double], size: Int) {
            self.values = values
            self.size = size
        }

        init(identity size: Int) {
            self.init(values: Array(repeating: 0, count: size * size), size: size)
            for row in 0..<size { values[row * size + row] = 1 }
        }

        func times(_ other: ScaledMatrix) -> ScaledMatrix {
            var product = ScaledMatrix(values: Array(repeating: 0, count: size * size), size: size)
            product.exponent = exponent + other.exponent
            for row in 0..<size {
                for inner in 0..<size {
                    let factor = values[row * size + inner]
                    if factor == 0 { continue }
                    for column in 0..<size {
                        product.values[row * size + column] +=
                            factor * other.values[inner * size + column]
                    }
                }
            }
            if product.values[(size / 2) * size + size / 2] > 1e140 {
                for position in product.values.indices { product.values[position] *= 1e-140 }
                product.exponent += 140
            }
            return product
        }
    }
}
