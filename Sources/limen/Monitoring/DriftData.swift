import Basics
import Monitoring

/// The counters of one version of a model over some days, put together.
struct DriftData {
    /// A version by its document, with what was counted of it.
    struct Version: Equatable {
        let version: String
        let sha256: String
        /// How many cases had an outcome.
        let caseCount: Int
        let lastDay: Int
    }

    /// Every version of which something was counted in the arm, the latest first.
    let versions: [Version]
    /// The one that is looked at; `nil` when nothing was counted.
    let chosen: Version?
    /// Its series, each with its counts over all days.
    let series: [(series: CounterSeries, histogram: InputHistogram)]
    /// For a series that was counted in several bins, how many cases are left out.
    let leftOut: [SeriesName: Int]
    /// The segments or categories by day.
    let days: [(day: Int, histogram: InputHistogram)]
    /// What `days` is about; `nil` for a model that predicts numbers.
    let dayBins: CounterSeries?
    /// How many cases were counted in other arms, by arm.
    let otherArms: [String: Int]

    /// Puts counters together.
    ///
    /// - Parameters:
    ///   - counted: everything that was counted of the profile.
    ///   - arm: the arm that is looked at.
    ///   - sha256: the beginning of the digest of the wanted document; `nil` for the one in force.
    ///   - current: the digest of the document in force.
    ///   - reference: what the counts will be held against.
    init(
        _ counted: [CountedSeries],
        arm: String,
        sha256: String?,
        current: String,
        reference: ModelReference?
    ) {
        var otherArms: [String: Int] = [:]
        for one in counted where one.arm != arm && one.series.name.kind == .outcome {
            otherArms[one.arm, default: 0] += one.histogram.validCount
        }
        self.otherArms = otherArms
        let own = counted.filter { $0.arm == arm }
        let versions = Self.versions(own)
        self.versions = versions
        let chosen =
            sha256.map { wanted in versions.first { $0.sha256.hasPrefix(wanted) } }
            ?? versions.first { $0.sha256 == current } ?? versions.first
        self.chosen = chosen
        let mine = own.filter { $0.sha256 == chosen?.sha256 && $0.version == chosen?.version }
        var sums: [(series: CounterSeries, histogram: InputHistogram)] = []
        for one in mine {
            if let place = sums.firstIndex(where: { $0.series == one.series }) {
                sums[place].histogram.merge(one.histogram)
            } else {
                sums.append((one.series, one.histogram))
            }
        }
        (series, leftOut) = Self.choose(sums, reference)
        let grouped = series.first {
            $0.series.name.kind == .segment || $0.series.name.kind == .category
        }?.series
        dayBins = grouped
        var days: [Int: InputHistogram] = [:]
        for one in mine where one.series == grouped {
            days[one.day, default: InputHistogram(binCount: one.series.bins.count)]
                .merge(one.histogram)
        }
        self.days = days.sorted { $0.key < $1.key }.map { (day: $0.key, histogram: $0.value) }
    }

    /// The days put together into weeks that start on Monday, when there are many.
    var periods: [(name: String, histogram: InputHistogram)] {
        guard let first = days.first, let last = days.last, last.day - first.day >= 14 else {
            return days.map { (CivilDate(daysSinceEpoch: $0.day).text, $0.histogram) }
        }
        var weeks: [(start: Int, histogram: InputHistogram)] = []
        for (day, histogram) in days {
            // 1970-01-01 was a Thursday.
            let start = day - ((day + 3) % 7 + 7) % 7
            if weeks.last?.start == start {
                weeks[weeks.count - 1].histogram.merge(histogram)
            } else {
                weeks.append((start, histogram))
            }
        }
        return weeks.map { ("week of " + CivilDate(daysSinceEpoch: $0.start).text, $0.histogram) }
    }

    private static func versions(_ counted: [CountedSeries]) -> [Version] {
        var found: [Version] = []
        for one in counted {
            let count = one.series.name.kind == .outcome ? one.histogram.validCount : 0
            let place = found.firstIndex { $0.sha256 == one.sha256 && $0.version == one.version }
            let before = place.map { found.remove(at: $0) }
            found.append(
                Version(
                    version: one.version,
                    sha256: one.sha256,
                    caseCount: count + (before?.caseCount ?? 0),
                    lastDay: max(one.day, before?.lastDay ?? .min)
                )
            )
        }
        return found.sorted { ($0.lastDay, $0.sha256) > ($1.lastDay, $1.sha256) }
    }

    /// Of a series that was counted in several bins, those of the reference, or else the most.
    private static func choose(
        _ sums: [(series: CounterSeries, histogram: InputHistogram)],
        _ reference: ModelReference?
    ) -> (
        series: [(series: CounterSeries, histogram: InputHistogram)], leftOut: [SeriesName: Int]
    ) {
        func rank(_ one: (series: CounterSeries, histogram: InputHistogram)) -> (Int, Int) {
            let found = reference?[one.series.name]
            let isOwn = found?.counted == one.series
            let fits = found?.histogram(in: one.series.bins) != nil
            return (isOwn ? 2 : fits ? 1 : 0, one.histogram.count)
        }
        var best: [(series: CounterSeries, histogram: InputHistogram)] = []
        var leftOut: [SeriesName: Int] = [:]
        for one in sums {
            let name = one.series.name
            guard let place = best.firstIndex(where: { $0.series.name == name }) else {
                best.append(one)
                continue
            }
            let loser = rank(one) > rank(best[place]) ? best[place] : one
            if loser.series == best[place].series { best[place] = one }
            leftOut[name, default: 0] += loser.histogram.count
        }
        let kinds = SeriesKind.allCases
        best.sort { left, right in
            let first = kinds.firstIndex(of: left.series.name.kind) ?? 0
            let second = kinds.firstIndex(of: right.series.name.kind) ?? 0
            return (first, left.series.name.name) < (second, right.series.name.name)
        }
        return (best, leftOut)
    }
}
