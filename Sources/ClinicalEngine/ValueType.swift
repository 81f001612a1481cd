/// The type of the values of a field (PMML 4.4, `dataType`).
///
/// In a row every value is one double: a number as it is, a text as its position in the table of
/// texts, a boolean as 1 or 0, not a number when it is missing.
public enum ValueType: String, Sendable, CaseIterable {
    case string
    case integer
    /// Numbers are rounded to single precision, as the program that made the model did.
    case float
    case double
    case boolean

    /// Whether its values are numbers.
    public var isNumeric: Bool {
        switch self {
        case .integer, .float, .double: true
        case .string, .boolean: false
        }
    }
}
