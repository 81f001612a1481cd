/// Several models that answer together (PMML 4.4, MiningModel, Segmentation).
public struct Mining: Sendable, Equatable {
    /// How the answers are joined (`multipleModelMethod`).
    public enum Method: String, Sendable, CaseIterable {
        case majorityVote
        case weightedMajorityVote
        case average
        case weightedAverage
        case median
        case weightedMedian
        case max
        case sum
        case weightedSum
        case selectFirst
        case modelChain
    }

    /// What becomes of a segment without an answer (`missingPredictionTreatment`).
    public enum MissingTreatment: String, Sendable, CaseIterable {
        case returnMissing
        case skipSegment
        case `continue`
    }

    /// One of the models.
    public struct Segment: Sendable, Equatable {
        /// Its identifier; the position from one when the document gives none.
        public var id: String
        /// When it takes part.
        public var predicate: Predicate
        /// Its weight.
        public var weight: Double
        /// The model.
        public var model: ModelNode

        /// Makes a segment.
        public init(id: String, predicate: Predicate, weight: Double = 1, model: ModelNode) {
            self.id = id
            self.predicate = predicate
            self.weight = weight
            self.model = model
        }
    }

    /// How the answers are joined.
    public var method: Method
    /// What becomes of a segment without an answer.
    public var missingTreatment = MissingTreatment.continue
    /// The share of segments without an answer from which on there is none.
    public var missingThreshold = 1.0
    /// The models in document order.
    public var segments: [Segment]

    /// Makes a set of models.
    public init(method: Method, segments: [Segment]) {
        self.method = method
        self.segments = segments
    }
}
