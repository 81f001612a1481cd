extension Limits {
    /// How many series one metric may have.
    ///
    /// Labels come from configuration, so this is met only by a mistake of ours; what is beyond it
    /// is counted under the label value `other` and memory stays bounded.
    @inlinable public static var metricSeriesMax: Int { 1_000 }

    /// How many characters of an attribute's value a log line may hold.
    @inlinable public static var logValueCharactersMax: Int { 256 }
}
