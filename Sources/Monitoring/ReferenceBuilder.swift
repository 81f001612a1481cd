/// Makes the series of a reference from the values themselves.
package enum ReferenceBuilder {
    /// The share of the values that lies below the reference range, and above it.
    ///
    /// One in a hundred on either side: so the rate of values beyond the range is a rate that both
    /// sides have, and not one that is zero by the way the range was made.
    package static var tailShare: Double { 0.01 }

    /// A series of numbers, cut at its deciles; `nil` when there is no value or one is not finite.
    ///
    /// - Parameters:
    ///   - name: what it is about.
    ///   - values: the values.
    ///   - notes: what else was counted; `below` and `above` are counted here.
    ///   - standard: the bins that are counted without a reference.
    /// - Returns: the series, or `nil`.
    package static func numbers(
        name: SeriesName,
        values: [Double],
        notes: [CounterNote: Int],
        standard: SeriesBins?
    ) -> ReferenceSeries? {
        let sorted = values.sorted()
        guard let bins = ReferenceBins(decilesOf: sorted),
            let low = ReferenceBins.quantile(tailShare, ofSorted: sorted),
            let high = ReferenceBins.quantile(1 - tailShare, ofSorted: sorted)
        else { return nil }
        let range = low...max(low, high)
        var notes = notes
        notes[.below] = sorted.count { $0 < low }
        notes[.above] = sorted.count { $0 > range.upperBound }
        guard let histogram = count(sorted, .numbers(bins), notes) else { return nil }
        return ReferenceSeries(
            name: name,
            bins: .numbers(bins),
            histogram: histogram,
            range: range,
            standard: standard.flatMap { standard in
                count(sorted, standard, notes).map { (bins: standard, histogram: $0) }
            }
        )
    }

    private static func count(
        _ values: [Double],
        _ bins: SeriesBins,
        _ notes: [CounterNote: Int]
    ) -> InputHistogram? {
        var counts = Array(repeating: 0, count: bins.count)
        for value in values {
            guard let bin = bins.index(of: value) else { return nil }
            counts[bin] += 1
        }
        return InputHistogram(bins: counts, notes: notes)
    }
}
