/// What a model gives under a name (PMML 4.4, OutputField).
public struct OutputDefinition: Sendable, Equatable {
    /// What is given (`feature`).
    public enum Feature: Sendable, Equatable {
        case predictedValue
        case predictedDisplayValue
        /// The probability of a category; of the predicted one without a category.
        case probability(String?)
        /// The confidence in a category; in the predicted one without a category.
        case confidence(String?)
        /// The distance or similarity of an entity; of the winner without a name.
        case affinity(String?)
        /// The identifier of the node, cluster or rule of a rank, from one.
        case entityId(rank: Int)
        /// The reason code of a rank, from one.
        case reasonCode(rank: Int)
        /// An expression over fields and earlier outputs (`transformedValue`, `decision`).
        case expression(Expression)
    }

    /// The name in the document.
    public var name: String
    /// What is given.
    public var feature: Feature
    /// The type its values are brought to; as they come when the document says nothing.
    public var type: ValueType?
    /// Whether it is a result, or only a step towards one (`isFinalResult`).
    public var isFinal = true
    /// The segment whose result is given, instead of that of the whole.
    public var segment: String?
    /// The line in the document, or zero.
    public var line = 0

    /// Makes an output.
    public init(name: String, feature: Feature) {
        self.name = name
        self.feature = feature
    }
}
