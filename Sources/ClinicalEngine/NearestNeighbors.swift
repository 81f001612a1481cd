/// The nearest of stored rows (PMML 4.4, NearestNeighborModel).
public struct NearestNeighbors: Sendable, Equatable {
    /// What the numbers of the neighbours become (`continuousScoringMethod`).
    public enum ContinuousScoring: String, Sendable, CaseIterable {
        case average
        case median
        case weightedAverage
    }

    /// How the classes of the neighbours are counted (`categoricalScoringMethod`).
    public enum CategoricalScoring: String, Sendable, CaseIterable {
        case majorityVote
        case weightedMajorityVote
    }

    /// What the stored rows know of the target.
    public enum Answers: Sendable, Equatable {
        case numbers([Double])
        case categories([String])
        /// There is no target: the rows themselves are the answer.
        case none
    }

    /// How many rows are asked.
    public var neighborCount: Int
    /// How rows are compared.
    public var measure: Clustering.Measure
    /// The fields that are compared (KNNInputs).
    public var fields: [Clustering.Field]
    /// The stored rows, one after the other, a value for each field.
    public var cells: [Predicate.Operand]
    /// What the rows know of the target.
    public var answers: Answers
    /// The names of the rows (`instanceIdVariable`); their positions from one without.
    public var identifiers: [String]
    /// What the numbers become.
    public var continuousScoring = ContinuousScoring.average
    /// How the classes are counted.
    public var categoricalScoring = CategoricalScoring.majorityVote
    /// What is added to a distance before a weight is made of it.
    public var threshold = 0.001

    /// Makes a model.
    public init(
        neighborCount: Int,
        measure: Clustering.Measure,
        fields: [Clustering.Field],
        cells: [Predicate.Operand],
        answers: Answers,
        identifiers: [String]
    ) {
        self.neighborCount = neighborCount
        self.measure = measure
        self.fields = fields
        self.cells = cells
        self.answers = answers
        self.identifiers = identifiers
    }
}
