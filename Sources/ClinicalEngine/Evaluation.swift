/// One input of a model, in the order of `ClinicalModel.fields`.
public enum InputValue: Sendable, Equatable {
    case number(Double)
    case category(String)
    case missing
}

/// What a model says about one patient.
public struct Evaluation: Sendable, Equatable {
    /// Whether there is a result.
    public enum Status: String, Sendable {
        /// The model gave a result: every input it depends on was there, was replaced by the
        /// document (see `imputed`), or could not change the result.
        case complete
        /// Inputs are missing: there are bounds, but no result.
        case incomplete
        /// The model gives no answer for these inputs; see `refusal`.
        case refused
    }

    /// The part that one characteristic (or predictor) plays in the result.
    public struct Contribution: Sendable, Equatable {
        /// The name of the characteristic in the document.
        public let name: String
        /// The fields it reads.
        public let fields: [String]
        /// The points it gives; `nil` when a field it needs is missing, or when it decides
        /// without points, as a node of a tree does.
        public let points: Double?
        /// The fewest points it can give, whatever the missing fields hold.
        public let pointsMin: Double
        /// The most points it can give, whatever the missing fields hold.
        public let pointsMax: Double
        /// The reason code of the document, when it has one.
        public let reasonCode: String?

        /// Makes a contribution.
        public init(
            name: String,
            fields: [String],
            points: Double?,
            pointsMin: Double,
            pointsMax: Double,
            reasonCode: String?
        ) {
            self.name = name
            self.fields = fields
            self.points = points
            self.pointsMin = pointsMin
            self.pointsMax = pointsMax
            self.reasonCode = reasonCode
        }
    }

    /// Why a model gives no answer.
    public struct Refusal: Sendable, Equatable {
        /// The kinds of refusal.
        public enum Code: String, Sendable, CaseIterable {
            case invalidValue = "invalid-value"
            case missingValue = "missing-value"
            case noPrediction = "no-prediction"
            case notFinite = "not-finite"
        }

        /// The kind.
        public let code: Code
        /// The field it is about, when it is about one.
        public let field: String?

        /// Makes a refusal.
        public init(code: Code, field: String?) {
            self.code = code
            self.field = field
        }
    }

    /// The probability of one category.
    public struct Probability: Sendable, Equatable {
        /// The category.
        public let category: String
        /// Its probability.
        public let value: Double

        /// Makes a probability.
        public init(category: String, value: Double) {
            self.category = category
            self.value = value
        }
    }

    /// The cluster to which a patient belongs.
    public struct Segment: Sendable, Equatable {
        /// Its identifier.
        public let id: String
        /// Its name, when it has one.
        public let name: String?
        /// The distance of each cluster in document order, or its similarity.
        public let distances: [Double]
        /// One less the nearest distance divided by the next: 0 for a tie, 1 for a centre.
        public let margin: Double?
        /// What it is called and means, by language.
        public var texts: [SegmentText] = []
        /// The percentile of the nearest distance among those of the training rows of the cluster,
        /// 0 to 100, where the document has them.
        public var atypicality: Double?
        /// Whether it lies beyond the limits of the document, or a value was missing; `nil` when
        /// the document has no limits.
        public var isUncertain: Bool?

        /// Makes a segment.
        public init(id: String, name: String?, distances: [Double], margin: Double?) {
            self.id = id
            self.name = name
            self.distances = distances
            self.margin = margin
        }
    }

    /// One output field of the document.
    public struct Output: Sendable, Equatable {
        /// What it holds.
        public enum Value: Sendable, Equatable {
            case number(Double)
            case text(String)
            case boolean(Bool)
            case missing
        }

        /// The name in the document.
        public let name: String
        /// What it holds.
        public let value: Value
        /// Whether it is a result, or only a step towards one.
        public let isFinal: Bool

        /// Makes an output.
        public init(name: String, value: Value, isFinal: Bool = true) {
            self.name = name
            self.value = value
            self.isFinal = isFinal
        }
    }

    /// Whether there is a result.
    public let status: Status
    /// The predicted number; only when complete, and not for categories and segments.
    public let value: Double?
    /// The lowest value that the missing inputs allow; equal to `value` when complete.
    public let lower: Double?
    /// The highest value that the missing inputs allow; equal to `value` when complete.
    public let upper: Double?
    /// The parts of the result, in document order.
    public let contributions: [Contribution]
    /// The reason codes in rank order; only when complete and the document asks for them.
    public let reasonCodes: [String]
    /// The names of fields that are missing and that the result depends on.
    public let missing: [String]
    /// The names of missing fields for which the document itself says what they are worth, by a
    /// replacement value or by asking whether they are missing.
    public let imputed: [String]
    /// Why there is no answer; only when refused.
    public let refusal: Refusal?

    /// The predicted category; only when complete.
    public var category: String?
    /// The probability of each category in the order of the document, where the model gives them.
    public var probabilities: [Probability] = []
    /// The cluster of the patient.
    public var segment: Segment?
    /// The identifier of the node, cluster or rule that decided.
    public var entity: String?
    /// Every output field of the document; missing ones too.
    public var outputs: [Output] = []

    /// Makes an evaluation.
    public init(
        status: Status,
        value: Double?,
        lower: Double?,
        upper: Double?,
        contributions: [Contribution],
        reasonCodes: [String],
        missing: [String],
        imputed: [String],
        refusal: Refusal?
    ) {
        self.status = status
        self.value = value
        self.lower = lower
        self.upper = upper
        self.contributions = contributions
        self.reasonCodes = reasonCodes
        self.missing = missing
        self.imputed = imputed
        self.refusal = refusal
    }
}
