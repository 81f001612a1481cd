/// How far one version of a model has moved from its reference over some time: every series with
/// what can be said of it, and the triggers that fired.
///
/// **False alarms.** Without any drift a report as a whole fires with a probability of at most
/// `falseAlarmRate`, 1 in 100: each of its n comparisons gets the n-th part of it (Bonferroni),
/// which holds whether the inputs of a model depend on each other or not.
package struct ModelDrift: Sendable, Equatable {
    /// What can be said of a series.
    package enum Verdict: Sendable, Equatable {
        /// There are numbers.
        case judged(DriftReport)
        /// There are too few values to speak of a distribution; rates may still be told.
        case tooFew(DriftReport)
        /// The reference does not have it.
        case noReference
        /// The reference has it in bins that were not counted.
        case otherBins

        /// The report, when there is one.
        package var report: DriftReport? {
            switch self {
            case .judged(let report), .tooFew(let report): report
            case .noReference, .otherBins: nil
            }
        }
    }

    /// One series.
    package struct Item: Sendable, Equatable {
        /// What it is about, and in which bins it was counted.
        package let series: CounterSeries
        /// What was counted.
        package let current: InputHistogram
        /// What the reference has in the same bins.
        package let reference: InputHistogram?
        /// What can be said of it.
        package let verdict: Verdict
        /// What fired.
        package var triggers: [DriftTrigger] { verdict.report?.triggers ?? [] }
    }

    /// How often a report fires without any drift, at most.
    package static var falseAlarmRate: Double { 0.01 }

    /// The series in the order in which they were given.
    package let items: [Item]
    /// How many comparisons share the rate of false alarms.
    package let comparisonCount: Int
    /// The part of the rate that each comparison has.
    package let level: Double

    /// Whether a trigger fired.
    package var hasFired: Bool { items.contains { !$0.triggers.isEmpty } }
    /// Whether anything at all could be judged.
    package var isJudged: Bool { comparisonCount > 0 }

    /// Holds counters against a reference; without one every series is `noReference`.
    package init(
        _ counted: [(series: CounterSeries, histogram: InputHistogram)],
        against reference: ModelReference?
    ) {
        let comparisons = counted.reduce(0) { sum, item in
            guard let found = reference?[item.series.name] else { return sum }
            return sum
                + DriftReport.comparisonCount(item.series, item.histogram, against: found)
        }
        let level = Self.falseAlarmRate / Double(max(1, comparisons))
        comparisonCount = comparisons
        self.level = level
        items = counted.map { item in
            let found = reference?[item.series.name]
            let verdict: Verdict
            if let found {
                let report = DriftReport(
                    item.series,
                    item.histogram,
                    against: found,
                    level: level
                )
                verdict =
                    report.map { $0.numbers == nil ? .tooFew($0) : .judged($0) } ?? .otherBins
            } else {
                verdict = .noReference
            }
            return Item(
                series: item.series,
                current: item.histogram,
                reference: found?.histogram(in: item.series.bins),
                verdict: verdict
            )
        }
    }
}
