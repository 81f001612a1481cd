/// Judges a canary against the live arm: which bound it has left, if any.
///
/// A bound is left when the lower limit of the canary's rate lies above the upper limit of the live
/// rate plus the margin. Both limits are those of a `RateSequence`, each at a sixth of alpha (three
/// rates, two arms). So a canary whose true rates keep their margins is taken back, at any of any
/// number of looks, with a probability of at most alpha.
package struct CanaryJudge: Sendable {
    /// What is judged.
    package enum Measure: String, Sendable, CaseIterable {
        case refusal
        case error
        case slow
    }

    /// A bound that was left, with the figures.
    package struct Breach: Sendable, Equatable {
        /// What is too high.
        package let measure: Measure
        /// How much higher than live it may be.
        package let margin: Double
        /// The cases of the canary.
        package let canaryCases: Int
        /// How many of them were counted.
        package let canaryEvents: Int
        /// The lower limit of the canary's rate.
        package let canaryLower: Double
        /// The cases of the live arm.
        package let liveCases: Int
        /// How many of them were counted.
        package let liveEvents: Int
        /// The upper limit of the live rate.
        package let liveUpper: Double
        /// The error probability that was stated.
        package let alpha: Double
    }

    /// The bounds.
    package let bounds: CanaryBounds

    /// Makes a judge.
    package init(_ bounds: CanaryBounds) {
        self.bounds = bounds
    }

    /// The first bound that the canary has left; `nil` while there is none, or too few cases.
    package func breach(canary: ArmTotals, live: ArmTotals) -> Breach? {
        guard canary.cases >= bounds.minimum, live.cases >= bounds.minimum else { return nil }
        for measure in Measure.allCases {
            let side = bounds.alpha / 6
            let margin = margin(of: measure)
            let canaryEvents = Self.events(of: canary, measure)
            let liveEvents = Self.events(of: live, measure)
            let lower = RateSequence(cases: canary.cases, events: canaryEvents)
                .lower(alpha: side)
            let upper = RateSequence(cases: live.cases, events: liveEvents).upper(alpha: side)
            guard lower > upper + margin else { continue }
            return Breach(
                measure: measure,
                margin: margin,
                canaryCases: canary.cases,
                canaryEvents: canaryEvents,
                canaryLower: lower,
                liveCases: live.cases,
                liveEvents: liveEvents,
                liveUpper: upper,
                alpha: bounds.alpha
            )
        }
        return nil
    }

    /// The margin of a measure.
    package func margin(of measure: Measure) -> Double {
        switch measure {
        case .refusal: bounds.refusal
        case .error: bounds.error
        case .slow: bounds.slow
        }
    }

    /// How many cases of an arm had what is judged.
    package static func events(of totals: ArmTotals, _ measure: Measure) -> Int {
        switch measure {
        case .refusal: totals.refused
        case .error: totals.failed
        case .slow: totals.slow
        }
    }
}
