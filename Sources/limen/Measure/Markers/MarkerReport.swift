/// What the search for markers came to.
struct MarkerReport {
    let markerCount: Int
    let statusCounts: [Int: Int]
    /// How many files the spool had while PostgreSQL was away.
    let spooledCount: Int
    /// How often the FHIR server of the drill was asked.
    let fetchCount: Int
    /// The files that hold a marker and must not.
    let found: [String]
    /// Whether a row that was opened with its key holds one.
    let isOpened: Bool
    /// The places where a marker was put afterwards and not found: there the search shows nothing.
    let missed: [String]

    /// Whether nothing was found where nothing may be, by a search that finds.
    var isClean: Bool {
        found.isEmpty && isOpened && missed.isEmpty && spooledCount > 0 && fetchCount > 0
            && (statusCounts[200] ?? 0) > 0
    }

    /// The report as a text.
    func text(seed: Int) -> String {
        """
        markers planted      \(markerCount) (seed \(seed))
        answers              \(StatusCounts.text(statusCounts))
        files of the spool   \(spooledCount)
        fetched              \(fetchCount) requests
        files with one       \(found.isEmpty ? "none" : found.joined(separator: ", "))
        opened with its key  \(isOpened ? "found" : "not found: nothing was planted")
        places not searched  \(missed.isEmpty ? "none" : missed.joined(separator: ", "))
        \(isClean ? "no marker left the sealed columns" : "this run does not show it")

        """
    }
}
