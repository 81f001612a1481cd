/// What the search for markers came to.
struct MarkerReport {
    let markerCount: Int
    let statusCounts: [Int: Int]
    /// The files that hold a marker and must not.
    let found: [String]
    /// The files that hold one and must: else the search shows nothing.
    let controls: [String]
    let surfaces: [String]

    /// Whether nothing was found where nothing may be, by a search that finds.
    var isClean: Bool {
        found.isEmpty && !controls.isEmpty && (statusCounts[200] ?? 0) > 0
    }

    /// The report as a text.
    func text(seed: Int) -> String {
        let statuses = statusCounts.sorted { $0.key < $1.key }
            .map { "\($0.value) of \($0.key)" }.joined(separator: ", ")
        return """
            markers planted   \(markerCount) (seed \(seed))
            answers           \(statuses)
            files with one    \(found.isEmpty ? "none" : found.joined(separator: ", "))
            control           \(controls.isEmpty ? "not found: the search shows nothing" : "found")
            \(isClean ? "no marker left the sealed columns" : "this run does not show it")

            """
    }
}
