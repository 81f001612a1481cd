/// A scorecard: each characteristic gives the points of the first attribute that holds, and the
/// score is their sum (PMML 4.4, Scorecard).
public struct Scorecard: Sendable, Equatable {
    /// How the distance of a partial score from its baseline is measured.
    public enum ReasonCodeAlgorithm: String, Sendable, CaseIterable {
        /// More points than the baseline are a reason.
        case pointsAbove
        /// Fewer points than the baseline are a reason.
        case pointsBelow
    }

    /// A condition and the points it gives.
    public struct Attribute: Sendable, Equatable {
        /// When it applies.
        public let predicate: Predicate
        /// The points it gives.
        public let partialScore: Double
        /// Its reason code; it goes before that of the characteristic.
        public let reasonCode: String?
        /// Computes the points instead (ComplexPartialScore).
        public var complexScore: Expression?

        /// Makes an attribute.
        public init(predicate: Predicate, partialScore: Double, reasonCode: String? = nil) {
            self.predicate = predicate
            self.partialScore = partialScore
            self.reasonCode = reasonCode
        }
    }

    /// One part of the score.
    public struct Characteristic: Sendable, Equatable {
        /// Its name; the name of the first field it reads when the document gives none.
        public let name: String?
        /// Its reason code, for attributes that have none of their own.
        public let reasonCode: String?
        /// Its baseline score; it goes before that of the scorecard.
        public let baselineScore: Double?
        /// Its attributes; the first that holds counts.
        public let attributes: [Attribute]

        /// Makes a characteristic.
        public init(
            name: String?,
            reasonCode: String? = nil,
            baselineScore: Double? = nil,
            attributes: [Attribute]
        ) {
            self.name = name
            self.reasonCode = reasonCode
            self.baselineScore = baselineScore
            self.attributes = attributes
        }
    }

    /// The name of the model.
    public var name: String
    /// What stands in the document about itself.
    public var about = ClinicalModel.About()
    /// The score before any characteristic is added.
    public var initialScore = 0.0
    /// How reasons are ranked, or `nil` when no reason codes are asked for.
    public var reasonCodeAlgorithm: ReasonCodeAlgorithm?
    /// The baseline score of characteristics that have none of their own.
    public var baselineScore: Double?
    /// The inputs, in the order in which the model takes them.
    public var fields: [FieldDefinition]
    /// The parts of the score, in document order.
    public var characteristics: [Characteristic]

    /// Makes a scorecard without reason codes.
    public init(name: String, fields: [FieldDefinition], characteristics: [Characteristic]) {
        self.name = name
        self.fields = fields
        self.characteristics = characteristics
    }
}
