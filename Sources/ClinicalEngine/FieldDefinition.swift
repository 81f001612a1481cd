/// One input of a model: its values, and what becomes of those it does not know.
///
/// This joins what PMML 4.4 keeps in DataField (which values are valid) and in MiningField (how
/// missing, invalid and outlying values are treated).
public struct FieldDefinition: Sendable, Equatable {
    /// What kind of values a field takes (PMML 4.4, DataField, `optype`).
    public enum Kind: Sendable, Equatable {
        /// Numbers.
        case continuous
        /// Categories without an order.
        case categorical
        /// Categories in the order in which they are listed.
        case ordinal
    }

    /// A listed value (PMML 4.4, DataField, Value).
    public struct Value: Sendable, Equatable {
        /// What the listing says about the value (`property`).
        public enum Role: Sendable, Equatable {
            case valid
            case invalid
            case missing
        }

        /// The value as it is written.
        public let text: String
        /// The value as a number, when the field is numeric.
        public let number: Double?
        /// What the listing says about it.
        public let role: Role

        /// Makes a listed value.
        public init(text: String, number: Double? = nil, role: Role = .valid) {
            self.text = text
            self.number = number
            self.role = role
        }
    }

    /// What becomes of a value outside the valid ones (`invalidValueTreatment`).
    public enum InvalidTreatment: Sendable, Equatable {
        /// The model gives no answer (`returnInvalid`).
        case refuse
        /// It is used as it is (`asIs`).
        case keep
        /// It counts as missing (`asMissing`).
        case asMissing
        /// Another value stands for it (`asValue`).
        case replace
    }

    /// What becomes of a valid number outside the usual range (`outliers`).
    public enum OutlierTreatment: Sendable, Equatable {
        /// It is used as it is (`asIs`).
        case keep
        /// It counts as missing (`asMissingValues`).
        case asMissing
        /// The nearer end of the range is used (`asExtremeValues`).
        case clamp
    }

    /// The name in the document.
    public var name: String
    /// What kind of values it takes.
    public var kind: Kind
    /// Whether its values are numbers, or categories written as numbers (`dataType`).
    public var isNumeric: Bool
    /// Whether only whole numbers are valid (`dataType="integer"`).
    public var isWhole = false
    /// Whether numbers have single precision (`dataType="float"`).
    public var isSingle = false
    /// Whether its values are `true` and `false` (`dataType="boolean"`).
    public var isBoolean = false
    /// The unit of its numbers in UCUM, when the document states one.
    public var unit: String?
    /// The ranges of valid numbers; any number when there are none and no value is listed.
    public var intervals: [Interval] = []
    /// The listed values, in document order.
    public var values: [Value] = []
    /// What becomes of invalid values.
    public var invalidTreatment: InvalidTreatment = .refuse
    /// What stands for an invalid value (`invalidValueReplacement`).
    public var invalidReplacement: InputValue = .missing
    /// What stands in for a missing value (`missingValueReplacement`).
    public var missingReplacement: InputValue = .missing
    /// Whether a missing value is an invalid one (`missingValueTreatment="returnInvalid"`).
    public var isMissingInvalid = false
    /// What becomes of outliers.
    public var outlierTreatment: OutlierTreatment = .keep
    /// The usual range, outside of which a number is an outlier.
    public var usual = Interval()

    /// The type of its values.
    public var type: ValueType {
        if isBoolean { return .boolean }
        guard isNumeric else { return .string }
        if isWhole { return .integer }
        return isSingle ? .float : .double
    }

    /// Makes a field that takes any value and refuses nothing.
    public init(name: String, kind: Kind, unit: String? = nil) {
        self.name = name
        self.kind = kind
        isNumeric = kind == .continuous
        self.unit = unit
    }
}
