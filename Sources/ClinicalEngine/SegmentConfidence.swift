/// When the cluster of a patient is uncertain.
///
/// K-means names the nearest centre for everybody: for those halfway between two centres, and for
/// those like nobody it was made from. So a document states two limits, and a patient beyond one of
/// them is uncertain; a value exactly at a limit is not. A patient with a missing value is always
/// uncertain: the distances are then made up for (PMML 4.4, ClusteringModel, Missing values), which
/// gives a nearest centre but says nothing about how the missing value would have moved it.
public struct SegmentConfidence: Sendable, Equatable {
    /// The smallest margin that is not uncertain: 1 - nearest distance / next distance.
    public var marginMin: Double
    /// The highest percentile among the training distances that is not uncertain, 0 to 100.
    public var atypicalityMax: Double

    /// Makes limits.
    public init(marginMin: Double, atypicalityMax: Double) {
        self.marginMin = marginMin
        self.atypicalityMax = atypicalityMax
    }

    /// Whether a cluster is uncertain; so it is too where margin or percentile is not known.
    func isUncertain(margin: Double?, atypicality: Double?, hasMissing: Bool) -> Bool {
        guard let margin, let atypicality, !hasMissing else { return true }
        return margin < marginMin || atypicality > atypicalityMax
    }

    /// The percentile of a distance among percentiles 0 to 100, interpolated between two of them.
    ///
    /// A distance below the first is 0, one above the last is 100. Where several are the same, the
    /// highest counts.
    static func percentile(of distance: Double, among percentiles: [Double]) -> Double? {
        guard let first = percentiles.first else { return nil }
        if distance < first { return 0 }
        var low = 0
        var high = percentiles.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if percentiles[middle] <= distance { low = middle } else { high = middle }
        }
        guard high < percentiles.count else { return Double(percentiles.count - 1) }
        let width = percentiles[high] - percentiles[low]
        return Double(low) + (distance - percentiles[low]) / width
    }
}
