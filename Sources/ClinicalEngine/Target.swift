/// What a model predicts, and what becomes of the prediction (PMML 4.4, Targets).
public struct Target: Sendable, Equatable {
    /// How a prediction is made whole (`castInteger`).
    public enum Rounding: String, Sendable {
        case round
        case ceiling
        case floor
    }

    /// One value of the target (TargetValue).
    public struct Value: Sendable, Equatable {
        /// The value as it is written; `nil` for a number that is predicted.
        public var value: String?
        /// What is shown for it.
        public var displayValue: String?
        /// How frequent it is; the most frequent one stands for a missing prediction.
        public var priorProbability: Double?
        /// The number that stands for a missing prediction.
        public var defaultValue: Double?

        /// Makes a value.
        public init(value: String?) {
            self.value = value
        }
    }

    /// The name in the document; empty when the document names no target.
    public var name: String
    /// The type of its values.
    public var type: ValueType
    /// The categories, in document order; empty for a number.
    public var categories: [String]
    /// Whether the categories have an order.
    public var isOrdinal = false
    /// The least that is predicted.
    public var minimum: Double?
    /// The most that is predicted.
    public var maximum: Double?
    /// What the prediction is multiplied by.
    public var rescaleFactor = 1.0
    /// What is then added.
    public var rescaleConstant = 0.0
    /// How the result is made whole.
    public var rounding: Rounding?
    /// What the document says of single values.
    public var values: [Value] = []

    /// Makes a target without adjustments.
    public init(name: String, type: ValueType, categories: [String] = []) {
        self.name = name
        self.type = type
        self.categories = categories
    }
}
