/// A confidence sequence for a rate: limits that hold at every look at once.
///
/// Gateways look whenever they have read the counts, and stop at the first sight of harm. A test
/// made for one look would then raise its false alarms with every look. This one does not: for a
/// rate p the mixture of Bernoulli likelihoods over the uniform prior,
///
///     e(p) = B(1 + s, 1 + f) / (p^s (1 - p)^f) = 1 / ((n + 1) C(n, s) p^s (1 - p)^f),
///
/// is a martingale of mean 1 when p is the true rate, so that by Ville's inequality it reaches
/// 1 / alpha at any time with a probability of at most alpha (Robbins, 1970: Statistical methods
/// related to the law of the iterated logarithm). The rates p for which e(p) stays below 1 / alpha
/// are the limits. They are exact for every number of cases; no approximation by a normal is made.
package struct RateSequence: Sendable {
    /// How many cases there were.
    package let cases: Int
    /// How many of them had what is counted.
    package let events: Int

    /// Makes a sequence at its present state.
    package init(cases: Int, events: Int) {
        precondition(events >= 0, "a count is not negative")
        precondition(events <= cases, "what is counted are cases")
        self.cases = cases
        self.events = events
    }

    /// The lowest rate that the cases do not speak against.
    package func lower(alpha: Double) -> Double {
        guard events > 0 else { return 0 }
        return crossing(alpha: alpha, from: Double(events) / Double(cases), to: 0)
    }

    /// The highest rate that the cases do not speak against.
    package func upper(alpha: Double) -> Double {
        guard events < cases else { return 1 }
        return crossing(alpha: alpha, from: Double(events) / Double(max(cases, 1)), to: 1)
    }

    /// Halves the way from the observed rate, which is within, to an end, which is not.
    private func crossing(alpha: Double, from inside: Double, to end: Double) -> Double {
        let bound = -Logarithm.natural(alpha)
        var inner = inside
        var outer = end
        for _ in 0..<60 {
            let middle = (inner + outer) / 2
            guard middle > 0, middle < 1 else { break }
            if evidence(against: middle) < bound { inner = middle } else { outer = middle }
        }
        // The outer side: the limits are never narrower than they must be.
        return outer
    }

    /// The logarithm of e(p).
    func evidence(against rate: Double) -> Double {
        let others = cases - events
        var sum = -Logarithm.natural(Double(cases + 1)) - Logarithm.choose(cases, events)
        if events > 0 { sum -= Double(events) * Logarithm.natural(rate) }
        if others > 0 { sum -= Double(others) * Logarithm.natural(1 - rate) }
        return sum
    }
}
