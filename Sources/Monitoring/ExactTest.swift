import ClinicalEngine

/// Fisher's exact test of two rates.
///
///     3 of 400 before, 14 of 300 now: p = 0.0015
///
/// It holds for any counts. The usual z of two rates does not where one is rare, which is just
/// where a broken feed shows first: with one event expected, z is beyond three far too often.
package enum ExactTest {
    /// How often two rates as different as these are seen, either way, when both are the same.
    ///
    /// Twice the smaller tail, 1 at most. Without a case on either side, or without any event, 1.
    package static func probability(
        referenceEvents: Int,
        referenceCount: Int,
        events: Int,
        count: Int
    ) -> Double {
        let total = referenceEvents + events
        guard referenceCount > 0, count > 0, total > 0, total < referenceCount + count else {
            return 1
        }
        let low = max(0, total - referenceCount)
        let high = min(total, count)
        let here = mass(events, total, count, referenceCount)
        var (below, above) = (0.0, 0.0)
        // From the observed count outwards each term is the one before times a ratio, which only
        // falls once beyond the middle; what is below a millionth of a millionth adds nothing.
        var (term, k) = (here, events)
        while k >= low {
            below += term
            if k == low || term < below * 1e-14 && Double(k) < middle(total, count, referenceCount)
            {
                break
            }
            term *= ratioDown(k, total, count, referenceCount)
            k -= 1
        }
        (term, k) = (here, events)
        while k <= high {
            above += term
            if k == high || term < above * 1e-14 && Double(k) > middle(total, count, referenceCount)
            {
                break
            }
            term /= ratioDown(k + 1, total, count, referenceCount)
            k += 1
        }
        return min(1, 2 * min(below, above))
    }

    /// The number of events that is expected now.
    private static func middle(_ total: Int, _ count: Int, _ other: Int) -> Double {
        Double(total) * Double(count) / Double(count + other)
    }

    /// The probability of k - 1 events over that of k.
    private static func ratioDown(_ k: Int, _ total: Int, _ count: Int, _ other: Int) -> Double {
        Double(k) * Double(other - total + k) / (Double(count - k + 1) * Double(total - k + 1))
    }

    /// The hypergeometric probability of k events among `count`, of `total` among both.
    private static func mass(_ k: Int, _ total: Int, _ count: Int, _ other: Int) -> Double {
        ElementaryFunctions.exp(
            logChoose(count, k) + logChoose(other, total - k) - logChoose(count + other, total)
        )
    }

    private static func logChoose(_ n: Int, _ k: Int) -> Double {
        logFactorial(n) - logFactorial(k) - logFactorial(n - k)
    }

    /// The logarithm of n!, by Stirling's series (Abramowitz and Stegun 6.1.41) from 16 on.
    static func logFactorial(_ n: Int) -> Double {
        guard n >= 16 else {
            return n < 2 ? 0 : (2...n).reduce(0) { $0 + ElementaryFunctions.log(Double($1)) }
        }
        let x = Double(n) + 1
        let inverse = 1 / x
        let square = inverse * inverse
        let series =
            inverse
            * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1_260 - square / 1_680)))
        return (x - 0.5) * ElementaryFunctions.log(x) - x + 0.9189385332046727 + series
    }
}
