/// What the functions of numbers give; not a finite number where they are not defined.
extension ExpressionProgram {
    static func binary(_ function: Function, _ left: Double, _ right: Double) -> Double {
        switch function {
        case .add: return left + right
        case .subtract: return left - right
        case .multiply: return left * right
        case .divide: return left / right
        case .pow: return ElementaryFunctions.power(left, right)
        case .threshold: return left > right ? 1 : 0
        case .modulo:
            // PMML 4.4: the result has the sign of the divisor.
            return left - right * (left / right).rounded(.down)
        case .equal: return left == right ? 1 : 0
        case .notEqual: return left != right ? 1 : 0
        case .lessThan: return left < right ? 1 : 0
        case .lessOrEqual: return left <= right ? 1 : 0
        case .greaterThan: return left > right ? 1 : 0
        case .greaterOrEqual: return left >= right ? 1 : 0
        case .hypot: return (left * left + right * right).squareRoot()
        case .atan2: return arcTangent(left, right)
        case .min, .max, .sum, .avg, .median, .product, .log10, .ln, .sqrt, .abs, .exp, .floor,
            .ceil, .round, .rint, .isMissing, .isNotMissing, .isValid, .isNotValid, .and, .or,
            .not, .isIn, .isNotIn, .if, .uppercase, .lowercase, .stringLength, .substring,
            .trimBlanks, .concat, .expm1, .ln1p, .sin, .cos, .tan, .asin, .acos, .atan, .sinh,
            .cosh, .tanh, .normalCDF, .normalPDF, .normalIDF, .stdNormalCDF, .stdNormalPDF,
            .stdNormalIDF, .erf:
            return .nan
        }
    }

    static func unary(_ function: Function, _ value: Double) -> Double {
        switch function {
        case .log10: return ElementaryFunctions.log10(value)
        case .ln: return ElementaryFunctions.log(value)
        case .sqrt: return value.squareRoot()
        case .abs: return Swift.abs(value)
        case .exp: return ElementaryFunctions.exp(value)
        case .floor: return value.rounded(.down)
        case .ceil: return value.rounded(.up)
        case .round: return round(value)
        case .rint: return value.rounded(.toNearestOrEven)
        case .not: return value == 0 ? 1 : 0
        case .expm1: return ElementaryFunctions.expm1(value)
        case .ln1p: return ElementaryFunctions.log1p(value)
        case .sin: return ElementaryFunctions.sin(value)
        case .cos: return ElementaryFunctions.cos(value)
        case .tan: return ElementaryFunctions.sin(value) / ElementaryFunctions.cos(value)
        case .asin: return arcTangent(value, ((1 - value) * (1 + value)).squareRoot())
        case .acos: return arcTangent(((1 - value) * (1 + value)).squareRoot(), value)
        case .atan: return ElementaryFunctions.atan(value)
        case .sinh:
            let e = ElementaryFunctions.expm1(value)
            return 0.5 * (e + e / (e + 1))
        case .cosh:
            let e = ElementaryFunctions.exp(value)
            return 0.5 * (e + 1 / e)
        case .tanh: return ElementaryFunctions.tanh(value)
        case .stdNormalCDF: return ElementaryFunctions.normalDistribution(value)
        case .stdNormalPDF: return ElementaryFunctions.normalDensity(value)
        case .stdNormalIDF: return ElementaryFunctions.normalQuantile(value)
        case .erf: return ElementaryFunctions.erf(value)
        case .add, .subtract, .multiply, .divide, .min, .max, .sum, .avg, .median, .product,
            .pow, .threshold, .modulo, .isMissing, .isNotMissing, .isValid, .isNotValid, .equal,
            .notEqual, .lessThan, .lessOrEqual, .greaterThan, .greaterOrEqual, .and, .or, .isIn,
            .isNotIn, .if, .uppercase, .lowercase, .stringLength, .substring, .trimBlanks,
            .concat, .hypot, .atan2, .normalCDF, .normalPDF, .normalIDF:
            return .nan
        }
    }

    /// The nearest whole number, of two equally near ones the greater; adding a half would itself
    /// be rounded.
    static func round(_ value: Double) -> Double {
        let below = value.rounded(.down)
        return value - below >= 0.5 ? below + 1 : below
    }

    /// The angle of the point; zero for the origin.
    private static func arcTangent(_ y: Double, _ x: Double) -> Double {
        let pi = Double.pi
        if x.isNaN || y.isNaN { return .nan }
        if x == 0 { return y == 0 ? 0 : (y > 0 ? pi / 2 : -pi / 2) }
        let angle = ElementaryFunctions.atan(y / x)
        if x > 0 { return angle }
        return y < 0 ? angle - pi : angle + pi
    }

    static func normal(
        _ function: Function,
        _ value: Double,
        _ mean: Double,
        _ deviation: Double
    ) -> Double {
        guard deviation > 0 else { return .nan }
        if function == .normalIDF {
            return mean + deviation * ElementaryFunctions.normalQuantile(value)
        }
        let standard = (value - mean) / deviation
        return function == .normalCDF
            ? ElementaryFunctions.normalDistribution(standard)
            : ElementaryFunctions.normalDensity(standard) / deviation
    }

    /// A function that passes over missing operands and is missing when all of them are.
    static func aggregate(_ function: Function, _ values: ArraySlice<Double>) -> Double {
        var present: [Double] = []
        for value in values where !value.isNaN { present.append(value) }
        guard let first = present.first else { return .nan }
        switch function {
        case .min: return present.reduce(first) { Swift.min($0, $1) }
        case .max: return present.reduce(first) { Swift.max($0, $1) }
        case .sum: return present.reduce(0, +)
        case .avg: return present.reduce(0, +) / Double(present.count)
        case .product: return present.reduce(1, *)
        default:
            present.sort()
            let middle = present.count / 2
            return present.count % 2 == 1
                ? present[middle] : (present[middle - 1] + present[middle]) / 2
        }
    }
}
