import ClinicalEngine

/// The chi-square distribution, for whole degrees of freedom in closed form.
package enum ChiSquareDistribution {
    /// The probability of a value above `x`.
    ///
    /// A finite sum (Abramowitz and Stegun 26.4.4 and 26.4.5).
    package static func upperTail(_ x: Double, degrees: Int) -> Double {
        precondition(degrees > 0, "chi-square has a degree of freedom")
        guard x > 0 else { return 1 }
        let half = x / 2
        let decay = ElementaryFunctions.exp(-half)
        var sum: Double
        var term: Double
        var degree: Int
        if degrees % 2 == 0 {
            sum = decay
            term = decay * half
            degree = 4
        } else {
            sum = ElementaryFunctions.erfc(half.squareRoot())
            term = 2 * decay * (half / .pi).squareRoot()
            degree = 3
        }
        // From two degrees to the next two the term grows by half / (degree / 2).
        while degree <= degrees {
            sum += term
            term *= x / Double(degree)
            degree += 2
        }
        return min(1, sum)
    }

    /// The value that has the probability `p` below it.
    package static func quantile(_ p: Double, degrees: Int) -> Double {
        precondition(p > 0 && p < 1, "a quantile lies inside")
        var low = 0.0
        var high = Double(degrees) + 10
        while upperTail(high, degrees: degrees) > 1 - p { high *= 2 }
        // Each step halves the width; after 60 nothing is left of it.
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if upperTail(middle, degrees: degrees) > 1 - p { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
