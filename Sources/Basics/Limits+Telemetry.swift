extension Limits {
    /// How many series one metric may have.
    ///
    /// Labels come from configuration, so this is met only by a mistake of ours; what is beyond it
    /// is counted under the label value `other` and memory stays bounded.
    @inlinable public static var metricSeriesMax: Int { 1_000 }

    /// How many series a metric of the models may have: a series for each bin of each input of
    /// each version, of which a site with some dozens of models has a few thousand.
    @inlinable public static var metricModelSeriesMax: Int { 10_000 }

    /// How many characters of an attribute's value a log line may hold.
    @inlinable public static var logValueCharactersMax: Int { 256 }
}
