import ClinicalEngine

/// How far the counts of one distribution are from those of a reference.
///
///     reference [39, 32, 41, ...], current [24, 26, 25, ...]: PSI 0.022
///
/// All take counts of the same bins or categories, in the same order, and answer `nil` when a side
/// is empty or the two do not fit: no number is not "no drift".
package enum DriftStatistics {
    /// The share that an empty bin is taken to have, for `psi` and `divergence` only.
    ///
    /// The shares are not scaled to one afterwards, which is how the usual programs do it.
    package static var shareMin: Double { 1e-4 }

    /// The population stability index: the sum of (q - p) ln(q / p).
    package static func psi(reference: [Int], current: [Int]) -> Double? {
        guard let (p, q) = shares(reference, current) else { return nil }
        var sum = 0.0
        for (p, q) in zip(p, q) {
            let (p, q) = (max(p, shareMin), max(q, shareMin))
            sum += (q - p) * ElementaryFunctions.log(q / p)
        }
        return sum
    }

    /// The divergence of Kullback and Leibler of the current from the reference, in nats.
    package static func divergence(reference: [Int], current: [Int]) -> Double? {
        guard let (p, q) = shares(reference, current) else { return nil }
        var sum = 0.0
        for (p, q) in zip(p, q) {
            let (p, q) = (max(p, shareMin), max(q, shareMin))
            sum += p * ElementaryFunctions.log(p / q)
        }
        return sum
    }

    /// The distance of Jensen and Shannon: the root of the divergence to base 2, 0 to 1.
    package static func jensenShannonDistance(reference: [Int], current: [Int]) -> Double? {
        guard let (p, q) = shares(reference, current) else { return nil }
        var sum = 0.0
        for (p, q) in zip(p, q) {
            let middle = (p + q) / 2
            if p > 0 { sum += p * ElementaryFunctions.log(p / middle) }
            if q > 0 { sum += q * ElementaryFunctions.log(q / middle) }
        }
        return max(0, sum / 2 / 0.6931471805599453).squareRoot()
    }

    /// The largest difference of a share.
    package static func largestDifference(reference: [Int], current: [Int]) -> Double? {
        guard let (p, q) = shares(reference, current) else { return nil }
        return zip(p, q).map { abs($0 - $1) }.max()
    }

    /// The largest difference of the cumulative shares: Kolmogorov and Smirnov on bins.
    ///
    /// It sees only the edges, so that it is never above the statistic of the values themselves.
    package static func kolmogorovSmirnov(reference: [Int], current: [Int]) -> Double? {
        guard let (p, q) = shares(reference, current) else { return nil }
        var (below, belowReference, largest) = (0.0, 0.0, 0.0)
        for (p, q) in zip(p, q) {
            belowReference += p
            below += q
            largest = max(largest, abs(below - belowReference))
        }
        return largest
    }

    /// Pearson's statistic of the table of both rows, with its p-value.
    ///
    /// Categories that neither side has do not count.
    package static func chiSquare(
        reference: [Int],
        current: [Int]
    ) -> (statistic: Double, degrees: Int, probability: Double)? {
        guard shares(reference, current) != nil else { return nil }
        let n = Double(reference.reduce(0, +))
        let m = Double(current.reduce(0, +))
        var (statistic, used) = (0.0, 0)
        for (a, b) in zip(reference, current) where a + b > 0 {
            used += 1
            let expected = n * Double(a + b) / (n + m)
            let other = m * Double(a + b) / (n + m)
            statistic += (Double(a) - expected) * (Double(a) - expected) / expected
            statistic += (Double(b) - other) * (Double(b) - other) / other
        }
        guard used > 1 else { return (0, 0, 1) }
        let probability = ChiSquareDistribution.upperTail(statistic, degrees: used - 1)
        return (statistic, used - 1, probability)
    }

    /// The PSI that samples without any drift exceed with the probability `level`.
    ///
    /// Without drift PSI is about (1/n + 1/m) times chi-square with one degree less than bins. A
    /// reference of unknown size counts as the population itself: 1/n is zero.
    package static func noDriftBand(
        binCount: Int,
        referenceCount: Int?,
        currentCount: Int,
        level: Double = 0.05
    ) -> Double? {
        guard binCount > 1, currentCount > 0, referenceCount ?? 1 > 0 else { return nil }
        let point = ChiSquareDistribution.quantile(1 - level, degrees: binCount - 1)
        let reference = referenceCount.map { 1 / Double($0) } ?? 0
        return (reference + 1 / Double(currentCount)) * point
    }

    /// The size of the one sample whose distances from a population are spread like those of two
    /// samples from each other: n m / (n + m).
    package static func effectiveCount(_ referenceCount: Int?, _ currentCount: Int) -> Int {
        guard let referenceCount, referenceCount > 0, currentCount > 0 else { return currentCount }
        let (n, m) = (Double(referenceCount), Double(currentCount))
        return max(1, Int((n * m / (n + m)).rounded(.toNearestOrEven)))
    }

    /// The shares of both sides; `nil` when they do not fit or one is empty.
    private static func shares(_ reference: [Int], _ current: [Int]) -> ([Double], [Double])? {
        guard reference.count == current.count else { return nil }
        guard reference.allSatisfy({ $0 >= 0 }), current.allSatisfy({ $0 >= 0 }) else { return nil }
        let n = reference.reduce(0, +)
        let m = current.reduce(0, +)
        guard n > 0, m > 0 else { return nil }
        return (reference.map { Double($0) / Double(n) }, current.map { Double($0) / Double(m) })
    }
}
