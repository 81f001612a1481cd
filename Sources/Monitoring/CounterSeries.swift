/// What a series counts.
package enum SeriesKind: String, Sendable, CaseIterable {
    /// An input of the model.
    case input
    /// The number that the model predicts.
    case value
    /// The category that it predicts.
    case category
    /// The probability of one category.
    case probability
    /// The cluster of a patient.
    case segment
    /// Whether there was a result, and if not, why.
    case outcome
}

/// A series by what it counts and of which name.
package struct SeriesName: Sendable, Hashable {
    /// What it counts.
    package let kind: SeriesKind
    /// The input or category; empty where there is one series of the kind.
    package let name: String

    /// Makes a name.
    package init(_ kind: SeriesKind, _ name: String = "") {
        self.kind = kind
        self.name = name
    }

    /// The text in reports, such as `pulse` or `probability of high`.
    package var text: String {
        switch kind {
        case .input: name
        case .value: "predicted value"
        case .category: "predicted category"
        case .probability: "probability of " + name
        case .segment: "segment"
        case .outcome: "outcome"
        }
    }
}

/// One histogram among the counters of a model: its bins, then its notes, from an offset on.
package struct CounterSeries: Sendable, Hashable {
    /// What is counted.
    package let name: SeriesName
    /// The bins.
    package let bins: SeriesBins
    /// The reference range; values beyond it are noted as `below` or `above`.
    package let range: ClosedRange<Double>?

    /// Makes a series.
    package init(name: SeriesName, bins: SeriesBins, range: ClosedRange<Double>? = nil) {
        self.name = name
        self.bins = bins
        self.range = range
    }

    /// How many counters it takes.
    package var cellCount: Int { bins.count + CounterNote.allCases.count }
}
