/// The error function and the normal distribution.
extension ElementaryFunctions {
    /// The complementary error function.
    package static func erfc(_ x: Double) -> Double {
        if x.isNaN { return x }
        if x < 0 { return 2 - erfc(-x) }
        if x < 1.5 { return 1 - erf(x) }
        if x > 27 { return 0 }
        // A continued fraction, from the inside out.
        var fraction = 0.0
        for term in stride(from: 120, to: 0, by: -1) {
            fraction = Double(term) * 0.5 / (x + fraction)
        }
        return exp(-x * x) / ((x + fraction) * 1.7724538509055160273)
    }

    /// The error function, by a series of positive terms.
    static func erf(_ x: Double) -> Double {
        if x.isNaN { return x }
        if abs(x) >= 1.5 { return x < 0 ? erfc(-x) - 1 : 1 - erfc(x) }
        var term = x
        var sum = x
        for count in 1...200 {
            term *= 2 * x * x / Double(2 * count + 1)
            sum += term
            if abs(term) < abs(sum) * 1e-17 { break }
        }
        return 1.1283791670955125739 * exp(-x * x) * sum
    }

    /// The distribution function of the standard normal distribution.
    static func normalDistribution(_ x: Double) -> Double {
        0.5 * erfc(-x * 0.7071067811865475244)
    }

    /// The density of the standard normal distribution.
    static func normalDensity(_ x: Double) -> Double {
        0.3989422804014326779 * exp(-0.5 * x * x)
    }

    /// The quantile of the standard normal distribution; not a number outside of 0 and 1.
    ///
    /// A rational approximation, made exact by two steps of Halley's method.
    static func normalQuantile(_ p: Double) -> Double {
        guard p > 0, p < 1 else { return .nan }
        var x: Double
        if p < 0.02425 {
            x = tailQuantile((-2 * log(p)).squareRoot())
        } else if p > 0.97575 {
            x = -tailQuantile((-2 * log1p(-p)).squareRoot())
        } else {
            let q = p - 0.5
            let r = q * q
            let top =
                ((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r
                    - 2.759285104469687e+02) * r + 1.383577518672690e+02) * r
                    - 3.066479806614716e+01) * r + 2.506628277459239e+00
            let bottom =
                ((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r
                    - 1.556989798598866e+02) * r + 6.680131188771972e+01) * r
                    - 1.328068155288572e+01) * r + 1
            x = top * q / bottom
        }
        for _ in 0..<2 {
            let u = (normalDistribution(x) - p) / normalDensity(x)
            x -= u / (1 + x * u / 2)
        }
        return x
    }

    private static func tailQuantile(_ q: Double) -> Double {
        let top =
            ((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q
                - 2.400758277161838e+00) * q - 2.549732539343734e+00) * q
                + 4.374664141464968e+00) * q + 2.938163982698783e+00
        let bottom =
            (((7.784695709041462e-03 * q + 3.224671290700398e-01) * q
                + 2.445134137142996e+00) * q + 3.754408661907416e+00) * q + 1
        return top / bottom
    }
}
