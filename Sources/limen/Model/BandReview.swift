import ClinicalEngine

/// Looks for values that two bands of a scorecard claim, or none.
///
/// Only characteristics that read a single field are looked at.
struct BandReview {
    /// What was found about one characteristic.
    enum Fault: Equatable {
        /// Two attributes with different points hold for the same value; the first counts.
        case overlap(first: Int, second: Int, value: String)
        /// No attribute holds for a valid value, so that there is no score.
        case gap(value: String)
    }

    private let samples: PredicateSamples
    private let attributes: [Scorecard.Attribute]

    /// Prepares the review of a characteristic, when it reads one input and nothing else.
    init?(_ characteristic: Scorecard.Characteristic, fields: [FieldDefinition]) {
        attributes = characteristic.attributes
        guard let samples = PredicateSamples(attributes.map(\.predicate), fields: fields) else {
            return nil
        }
        self.samples = samples
    }

    /// The first overlap and the first gap.
    var faults: [Fault] {
        var overlap: Fault?
        var gap: Fault?
        for value in samples.values {
            let holding = attributes.indices.filter { position in
                samples.holds(attributes[position].predicate, value)
            }
            guard let first = holding.first else {
                if gap == nil { gap = .gap(value: PredicateText.operand(value)) }
                continue
            }
            // A last line for all the rest is meant to be last.
            let second = holding.dropFirst().first { position in
                attributes[position].predicate != .always
                    && attributes[position].partialScore != attributes[first].partialScore
            }
            if let second, overlap == nil {
                let text = PredicateText.operand(value)
                overlap = .overlap(first: first + 1, second: second + 1, value: text)
            }
        }
        return [overlap, gap].compactMap { $0 }
    }
}
