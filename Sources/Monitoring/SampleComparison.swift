/// Two samples compared value by value, where both are at hand, as in a file for reference.
package struct SampleComparison: Sendable, Equatable {
    /// The largest difference of the two distribution functions (Kolmogorov and Smirnov).
    package let kolmogorovSmirnov: Double
    /// How often so large a difference is seen without drift.
    package let probability: Double
    /// The area between the two distribution functions (Wasserstein), in the unit of the values.
    package let wasserstein: Double
    /// The same in standard deviations of the reference; `nil` when it does not vary.
    package let wassersteinInDeviations: Double?

    /// Compares two samples; `nil` when one is empty or has a value that is not finite.
    package init?(reference: [Double], current: [Double]) {
        guard !reference.isEmpty, !current.isEmpty else { return nil }
        guard reference.allSatisfy(\.isFinite), current.allSatisfy(\.isFinite) else { return nil }
        let (a, b) = (reference.sorted(), current.sorted())
        let (n, m) = (Double(a.count), Double(b.count))
        var (i, j) = (0, 0)
        var (largest, area) = (0.0, 0.0)
        while i < a.count || j < b.count {
            let here = min(i < a.count ? a[i] : .infinity, j < b.count ? b[j] : .infinity)
            while i < a.count, a[i] == here { i += 1 }
            while j < b.count, b[j] == here { j += 1 }
            let difference = abs(Double(i) / n - Double(j) / m)
            largest = max(largest, difference)
            let next = min(i < a.count ? a[i] : .infinity, j < b.count ? b[j] : .infinity)
            if next.isFinite { area += difference * (next - here) }
        }
        kolmogorovSmirnov = largest
        // The distribution of one sample of n m / (n + m) values stands for that of two.
        probability = KolmogorovDistribution.upperTail(
            largest,
            count: DriftStatistics.effectiveCount(a.count, b.count)
        )
        wasserstein = area
        let mean = a.reduce(0, +) / n
        let variance = a.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
        wassersteinInDeviations = variance > 0 ? area / variance.squareRoot() : nil
    }
}
