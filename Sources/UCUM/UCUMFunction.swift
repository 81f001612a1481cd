import Basics

/// How values on a special scale relate to a proper unit (UCUM, sections 21 and 22).
///
///     value in Cel  = ratio - 273.15      where ratio is the quantity divided by 1 K
///     value in [pH] = -lg(ratio)          where ratio is the quantity divided by 1 mol/l
enum UCUMFunction: Sendable, Equatable {
    /// The quantity is the value times the reference, plus this many reference units.
    case offset(Rational)
    /// The value is `times` times the logarithm of the ratio; base 0 stands for e.
    case logarithm(base: Int, times: Int)
    /// The value is a hundred times the tangent of the ratio, which is an angle in radian.
    case hundredTangent
    /// The value is the square root of the ratio.
    case squareRoot

    /// The ratio that a value on the scale stands for; `nil` when it is out of range.
    func ratio(of value: Rational) -> Rational? {
        switch self {
        case .offset(let offset):
            return value + offset
        case .logarithm(let base, let times):
            let exponent = value / Rational(times)
            if base > 0, let whole = exponent.integer, abs(whole) <= 100 {
                return Rational(base).raised(to: whole)
            }
            let scaled = base == 0 ? exponent : exponent * FixedPoint.logarithm(of: Rational(base))
            return FixedPoint.exponential(of: scaled)
        case .hundredTangent:
            return FixedPoint.arcTangent(of: value / Rational(100))
        case .squareRoot:
            return value.isNegative ? nil : value * value
        }
    }

    /// The value on the scale that a ratio stands for; `nil` when there is none.
    func value(of ratio: Rational) -> Rational? {
        switch self {
        case .offset(let offset):
            return ratio - offset
        case .logarithm(let base, let times):
            guard !ratio.isNegative, !ratio.isZero else { return nil }
            let natural = FixedPoint.logarithm(of: ratio)
            let scaled = base == 0 ? natural : natural / FixedPoint.logarithm(of: Rational(base))
            return scaled * Rational(times)
        case .hundredTangent:
            return FixedPoint.tangent(of: ratio).map { $0 * Rational(100) }
        case .squareRoot:
            return ratio.isNegative ? nil : FixedPoint.squareRoot(of: ratio)
        }
    }

    /// The function for a reader, applied to a text.
    func text(of argument: String) -> String {
        switch self {
        case .offset(let offset): return "\(argument) - \(formulaText(offset))"
        case .logarithm(let base, let times):
            let name = base == 0 ? "ln" : base == 10 ? "lg" : "log\(base)"
            let factor = times == 1 ? "" : times == -1 ? "-" : "\(times) "
            return "\(factor)\(name)(\(argument))"
        case .hundredTangent: return "100 tan(\(argument))"
        case .squareRoot: return "sqrt(\(argument))"
        }
    }

    /// The inverse function for a reader, applied to a text.
    func inverseText(of argument: String) -> String {
        switch self {
        case .offset(let offset): return "\(argument) + \(formulaText(offset))"
        case .logarithm(let base, let times):
            let name = base == 0 ? "e" : String(base)
            switch times {
            case 1: return "\(name)^(\(argument))"
            case -1: return "\(name)^(-\(grouped(argument)))"
            default: return "\(name)^(\(grouped(argument))/\(times))"
            }
        case .hundredTangent: return "atan(\(grouped(argument))/100)"
        case .squareRoot: return "\(grouped(argument))^2"
        }
    }
}

/// A text in parentheses when it has more than one part.
func grouped(_ text: String) -> String {
    text.utf8.contains(UInt8(ascii: " ")) ? "(" + text + ")" : text
}
