import Basics

/// How many of certain inputs must be observed, and how close together, for the result to count.
///
///     "quorum": [ { "of": [ "pulse", "systolic" ], "atLeast": 2, "span": "PT1H",
///                   "else": "not-one-set" } ]
///
/// Observed is an input whose value came from a resource; what is assumed, imputed or read from
/// absence is not. `span` is tested on those of them that have a moment.
struct QuorumRule: Sendable {
    /// The indices of the inputs.
    let members: [Int]
    let countMin: Int?
    let spanSeconds: Int?
    /// The code when the rule does not hold.
    let code: String
    /// The rule as text, for the reader.
    let text: String

    /// Whether the rule holds for the inputs of a report.
    func holds(_ inputs: [MappingReport.Input]) -> Bool {
        let observed = members.compactMap { inputs[$0].source }
        if let countMin, observed.count < countMin { return false }
        guard let spanSeconds else { return true }
        let moments = observed.compactMap(\.effective)
        guard let first = moments.min(), let last = moments.max() else { return true }
        return last.microseconds(since: first) <= Int64(spanSeconds) * 1_000_000
    }
}
