/// What one series looked like in the data that a model is held against.
package struct ReferenceSeries: Sendable, Equatable {
    /// What it is about.
    package let name: SeriesName
    /// The bins of `histogram`.
    package let bins: SeriesBins
    /// The counts.
    ///
    /// Of a source that knows only shares, such as deciles, they are the shares.
    package let histogram: InputHistogram
    /// How many values the shares were taken from; `nil` when the source does not say.
    package let size: Int?
    /// How many cases missing, invalid and out-of-range values were counted of; `nil` when they
    /// were not.
    package let caseCount: Int?
    /// The range that most values lie in.
    package let range: ClosedRange<Double>?
    /// The same values in the bins that are counted when there is no reference, where known.
    package let standard: InputHistogram?
    /// The bins of `standard`.
    package let standardBins: SeriesBins?

    /// Makes a series whose counts are those of its values.
    package init(
        name: SeriesName,
        bins: SeriesBins,
        histogram: InputHistogram,
        range: ClosedRange<Double>? = nil,
        standard: (bins: SeriesBins, histogram: InputHistogram)? = nil
    ) {
        self.name = name
        self.bins = bins
        self.histogram = histogram
        size = histogram.validCount
        caseCount = histogram.count
        self.range = range
        self.standard = standard?.histogram
        standardBins = standard?.bins
    }

    /// Makes a series of which only the shares are known, and perhaps how many values they are of.
    package init(
        name: SeriesName,
        bins: SeriesBins,
        shares: InputHistogram,
        size: Int?,
        caseCount: Int?,
        range: ClosedRange<Double>?
    ) {
        self.name = name
        self.bins = bins
        histogram = shares
        self.size = size
        self.caseCount = caseCount
        self.range = range
        standard = nil
        standardBins = nil
    }

    /// The counts in these bins; `nil` when the reference was not counted in them.
    package func histogram(in other: SeriesBins) -> InputHistogram? {
        if other == bins { return histogram }
        return other == standardBins ? standard : nil
    }

    /// How the series is counted by a gateway that has this reference.
    package var counted: CounterSeries { CounterSeries(name: name, bins: bins, range: range) }
}
