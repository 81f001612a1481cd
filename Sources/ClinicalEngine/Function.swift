/// A built-in function of PMML 4.4 (Built-in functions), by the name in the documents.
///
/// Regular expressions, formats of numbers and dates, and the dates themselves are not here: a
/// document that uses them is refused.
public enum Function: String, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case min
    case max
    case sum
    case avg
    case median
    case product
    case log10
    case ln
    case sqrt
    case abs
    case exp
    case pow
    case threshold
    case floor
    case ceil
    case round
    case rint
    case modulo
    case isMissing
    case isNotMissing
    case isValid
    case isNotValid
    case equal
    case notEqual
    case lessThan
    case lessOrEqual
    case greaterThan
    case greaterOrEqual
    case and
    case or
    case not
    case isIn
    case isNotIn
    case `if`
    case uppercase
    case lowercase
    case stringLength
    case substring
    case trimBlanks
    case concat
    case expm1
    case hypot
    case ln1p
    case sin
    case cos
    case tan
    case asin
    case acos
    case atan
    case atan2
    case sinh
    case cosh
    case tanh
    case normalCDF
    case normalPDF
    case normalIDF
    case stdNormalCDF
    case stdNormalPDF
    case stdNormalIDF
    case erf

    /// How many arguments it takes.
    public var argumentCounts: ClosedRange<Int> {
        switch self {
        case .add, .subtract, .multiply, .divide, .pow, .threshold, .modulo, .equal, .notEqual,
            .lessThan, .lessOrEqual, .greaterThan, .greaterOrEqual, .hypot, .atan2:
            2...2
        case .min, .max, .sum, .avg, .median, .product, .concat: 1...256
        case .and, .or, .isIn, .isNotIn: 2...256
        case .if: 2...3
        case .substring, .normalCDF, .normalPDF, .normalIDF: 3...3
        case .log10, .ln, .sqrt, .abs, .exp, .floor, .ceil, .round, .rint, .isMissing,
            .isNotMissing, .isValid, .isNotValid, .not, .uppercase, .lowercase, .stringLength,
            .trimBlanks, .expm1, .ln1p, .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh,
            .tanh, .stdNormalCDF, .stdNormalPDF, .stdNormalIDF, .erf:
            1...1
        }
    }
}
