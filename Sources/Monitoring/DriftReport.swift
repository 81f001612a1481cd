import Basics

/// How far one input, output or the segments have moved from the reference.
///
/// **When a trigger fires.** `level` is the probability of a false alarm that this one comparison
/// may have. The distribution has moved when PSI is above 0.1, the usual limit of moderate change,
/// and above the point that PSI exceeds by chance with that probability, given the sizes of both
/// samples: with 300 against 300 values chance alone gives a PSI above 0.11 in one of twenty
/// samples, so that a fixed limit would cry wolf. A rate has moved when Fisher's exact test gives
/// less than `level` and the change is large enough to matter.
package struct DriftReport: Sendable, Equatable {
    /// How many values the reference has; `nil` when its source does not say.
    package let referenceCount: Int?
    /// How many there are now.
    package let currentCount: Int
    /// How many there must be now before they are judged.
    package let currentCountMin: Int
    /// The numbers; `nil` when there is too little to speak, which is not "no drift".
    package let numbers: Numbers?
    /// The rates, by trigger; none where the reference has no counts of them.
    package let rates: [Rate]
    /// What fired; empty also when there is too little to speak.
    package let triggers: [DriftTrigger]

    /// The distances of one distribution.
    package struct Numbers: Sendable, Equatable {
        /// The population stability index.
        package let psi: Double
        /// The PSI that 95 of 100 samples of these sizes without drift stay below.
        package let noDriftBand: Double
        /// The PSI above which the trigger fires.
        package let psiMax: Double
        /// The distance of Jensen and Shannon, 0 to 1.
        package let jensenShannon: Double
        /// Kolmogorov and Smirnov on the bins; `nil` where these have no order.
        package let kolmogorovSmirnov: Double?
        /// How often one so large is seen without drift, at most.
        package let kolmogorovProbability: Double?
        /// The largest difference of a share.
        package let largestDifference: Double
    }

    /// A rate and its change.
    package struct Rate: Sendable, Equatable {
        /// Which one.
        package let kind: DriftTrigger
        /// How it changed.
        package let change: RateChange
    }

    /// The limit of PSI however large the samples.
    package static var psiLimit: Double { 0.1 }

    /// Reports on one series; `nil` when the reference was not counted in its bins.
    package init?(
        _ series: CounterSeries,
        _ current: InputHistogram,
        against reference: ReferenceSeries,
        level: Double
    ) {
        let bins = series.bins
        precondition(level > 0 && level < 1, "a false-alarm rate lies between 0 and 1")
        guard let counted = reference.histogram(in: bins), current.bins.count == bins.count else {
            return nil
        }
        referenceCount = reference.size
        currentCount = current.validCount
        currentCountMin = Self.casesMin(bins)
        numbers =
            Self.isEnough(series, current, reference)
            ? Self.numbers(counted.bins, current.bins, bins, reference.size, level) : nil
        rates = Self.rates(series, current, reference)
        var fired: [DriftTrigger] = []
        if let numbers, numbers.psi > numbers.psiMax { fired.append(.distribution) }
        for rate in rates where rate.change.probability < level {
            if abs(rate.change.difference) >= rate.kind.smallestChange { fired.append(rate.kind) }
        }
        triggers = fired
    }

    /// How many comparisons are made of a series, each of which may give a false alarm.
    package static func comparisonCount(
        _ series: CounterSeries,
        _ current: InputHistogram,
        against reference: ReferenceSeries
    ) -> Int {
        guard reference.histogram(in: series.bins) != nil else { return 0 }
        return (isEnough(series, current, reference) ? 1 : 0)
            + rateKinds(series, current, reference).count
    }

    private static func isEnough(
        _ series: CounterSeries,
        _ current: InputHistogram,
        _ reference: ReferenceSeries
    ) -> Bool {
        current.validCount >= casesMin(series.bins)
            && (reference.size ?? .max) >= Limits.driftCasesMin
    }

    /// How many values are needed: enough for the approximation in every bin.
    package static func casesMin(_ bins: SeriesBins) -> Int {
        max(Limits.driftCasesMin, 10 * bins.count)
    }

    private static func numbers(
        _ reference: [Int],
        _ current: [Int],
        _ bins: SeriesBins,
        _ size: Int?,
        _ level: Double
    ) -> Numbers? {
        guard let psi = DriftStatistics.psi(reference: reference, current: current),
            let distance = DriftStatistics.jensenShannonDistance(
                reference: reference,
                current: current
            ),
            let steps = DriftStatistics.kolmogorovSmirnov(reference: reference, current: current),
            let largest = DriftStatistics.largestDifference(reference: reference, current: current)
        else { return nil }
        let count = current.reduce(0, +)
        // A bin that neither side has cannot move.
        let used = zip(reference, current).reduce(0) { $0 + ($1.0 + $1.1 > 0 ? 1 : 0) }
        let band = { (level: Double) in
            DriftStatistics.noDriftBand(
                binCount: used,
                referenceCount: size,
                currentCount: count,
                level: level
            ) ?? 0
        }
        let effective = DriftStatistics.effectiveCount(size, count)
        return Numbers(
            psi: psi,
            noDriftBand: band(0.05),
            psiMax: max(psiLimit, band(level)),
            jensenShannon: distance,
            kolmogorovSmirnov: bins.isOrdered ? steps : nil,
            kolmogorovProbability: bins.isOrdered
                ? KolmogorovDistribution.upperTail(steps, count: effective) : nil,
            largestDifference: largest
        )
    }

    /// The rates that both sides have counted, the range only where it is the same one.
    private static func rateKinds(
        _ series: CounterSeries,
        _ current: InputHistogram,
        _ reference: ReferenceSeries
    ) -> [DriftTrigger] {
        guard let cases = reference.caseCount, min(cases, current.count) >= Limits.driftCasesMin
        else { return [] }
        var kinds: [DriftTrigger] = []
        if series.name.kind == .input { kinds += [.missing, .invalid] }
        if let range = series.range, range == reference.range { kinds.append(.outOfRange) }
        return kinds
    }

    private static func rates(
        _ series: CounterSeries,
        _ current: InputHistogram,
        _ reference: ReferenceSeries
    ) -> [Rate] {
        rateKinds(series, current, reference).compactMap { kind in
            RateChange(
                referenceEvents: reference.histogram.events(of: kind),
                referenceCount: reference.caseCount ?? 0,
                events: current.events(of: kind),
                count: current.count
            ).map { Rate(kind: kind, change: $0) }
        }
    }
}

extension InputHistogram {
    /// How many cases the rate of a trigger counts.
    fileprivate func events(of kind: DriftTrigger) -> Int {
        switch kind {
        case .missing: missing
        case .invalid: invalid
        case .outOfRange: outOfRange
        case .distribution: 0
        }
    }
}
