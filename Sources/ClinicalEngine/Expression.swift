/// An expression that makes a value from fields (PMML 4.4, Transformations).
///
/// Calls of functions that a document defines are expanded by its reader, so that what stands here
/// reads fields only.
public indirect enum Expression: Sendable, Equatable {
    /// What becomes of a result that a function does not define (`invalidValueTreatment`).
    public enum InvalidResult: Sendable, Equatable {
        /// The model gives no answer (`returnInvalid`, `asIs`: no number stands for it here).
        case refuse
        /// It counts as missing (`asMissing`).
        case asMissing
    }

    /// What becomes of numbers outside the norms of NormContinuous (`outliers`).
    public enum Outliers: String, Sendable {
        case asIs
        case asMissingValues
        case asExtremeValues
    }

    /// One call of a built-in function (Apply).
    public struct Call: Sendable, Equatable {
        /// The function.
        public var function: Function
        /// What it is applied to.
        public var arguments: [Expression]
        /// The result when an argument is missing.
        public var mapMissingTo: Constant?
        /// The result when the result is missing.
        public var defaultValue: Constant?
        /// What becomes of an undefined result.
        public var invalidResult = InvalidResult.refuse
        /// The line in the document, or zero.
        public var line = 0

        /// Makes a call.
        public init(_ function: Function, _ arguments: [Expression]) {
            self.function = function
            self.arguments = arguments
        }
    }

    /// A constant of a document.
    public enum Constant: Sendable, Equatable {
        case number(Double)
        case text(String)
        case boolean(Bool)
        case missing
    }

    /// One point of a piecewise linear function (LinearNorm).
    public struct Norm: Sendable, Equatable {
        /// The value before.
        public let original: Double
        /// The value after.
        public let normalized: Double

        /// Makes a point.
        public init(original: Double, normalized: Double) {
            self.original = original
            self.normalized = normalized
        }
    }

    /// One bin of Discretize (DiscretizeBin).
    public struct Bin: Sendable, Equatable {
        /// The range of the bin.
        public let interval: Interval
        /// What stands for the numbers of that range.
        public let value: Constant

        /// Makes a bin.
        public init(interval: Interval, value: Constant) {
            self.interval = interval
            self.value = value
        }
    }

    case constant(Constant)
    /// The value of a field (FieldRef).
    case field(String, mapMissingTo: Constant?)
    case apply(Call)
    /// A value brought to a type, as a function states it for its result and its parameters
    /// (DefineFunction, ParameterField).
    case converted(Expression, to: ValueType)
    /// A piecewise linear function of a field (NormContinuous).
    case normContinuous(
        field: String,
        norms: [Norm],
        outliers: Outliers,
        mapMissingTo: Constant?
    )
    /// One when the field has the value, else zero (NormDiscrete).
    case normDiscrete(field: String, value: Predicate.Operand, mapMissingTo: Constant?)
    /// The bin in which a number lies (Discretize).
    case discretize(field: String, bins: [Bin], defaultValue: Constant?, mapMissingTo: Constant?)
    /// The result of the row in which all columns are those values (MapValues).
    case mapValues(
        fields: [String],
        rows: [[Predicate.Operand]],
        results: [Constant],
        defaultValue: Constant?,
        mapMissingTo: Constant?
    )
}
