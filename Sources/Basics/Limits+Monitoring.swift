extension Limits {
    /// How many bins a histogram of an input may have.
    ///
    /// Ten are usual; each is a counter for every input, version and day.
    @inlinable public static var driftBinsMax: Int { 64 }

    /// How many cases either side needs before drift is spoken of.
    ///
    /// Below it the chance differences of ten bins are larger than any drift worth a word.
    @inlinable public static var driftCasesMin: Int { 200 }

    /// Over how many rows of counters the loops spread; more than there are loops gain nothing.
    @inlinable public static var counterShardCount: Int { 8 }

    /// How often in a row the counters of a replaced configuration are found empty before they are
    /// let go: longer than any request takes.
    @inlinable public static var counterRetiredDrainsMax: Int { 10 }

    /// How many rows of counters one statement adds.
    @inlinable public static var counterRowsPerStatementMax: Int { 500 }

    /// The highest count that a reference may state, far above any number of patients.
    ///
    /// Sums of 64 such counts, and products of two as numbers, stay exact.
    @inlinable public static var driftCountMax: Int { 1 << 40 }
}
