import Basics

/// What a unit amounts to: an exact multiple of base units, and what is special about it.
struct UCUMMeasure: Sendable {
    /// The unit in base units; of a special unit, of its reference.
    var magnitude: Rational
    var dimension: UCUMDimension
    /// The scale of a special unit such as `Cel`; `nil` for an ordinary one.
    var special: Special?
    /// Whether a special unit takes part in a product or power, where it means nothing.
    var isMeaningless = false

    struct Special: Sendable {
        var function: UCUMFunction
        /// Prefix and factors: a value is multiplied by it before the function is undone.
        var factor = Rational.one
    }

    init(_ magnitude: Rational, _ dimension: UCUMDimension = .none, special: Special? = nil) {
        self.magnitude = magnitude
        self.dimension = dimension
        self.special = special
    }

    private var isNumber: Bool { special == nil && !isMeaningless && dimension == .none }

    /// The product with another measure to a power of plus or minus one.
    ///
    /// UCUM, section 22: special units do not take part in algebra; only a number may scale them.
    func combined(with other: UCUMMeasure, isDivision: Bool) -> UCUMMeasure {
        if special == nil, !isMeaningless, other.special == nil, !other.isMeaningless {
            return UCUMMeasure(
                isDivision ? magnitude / other.magnitude : magnitude * other.magnitude,
                dimension.multiplied(
                    by: isDivision ? other.dimension.raised(to: -1) : other.dimension
                )
            )
        }
        if special != nil, other.isNumber, !isMeaningless {
            return scaled(by: isDivision ? .one / other.magnitude : other.magnitude)
        }
        if other.special != nil, isNumber, !isDivision, !other.isMeaningless {
            return other.scaled(by: magnitude)
        }
        var result = UCUMMeasure(
            .one,
            dimension.multiplied(by: isDivision ? other.dimension.raised(to: -1) : other.dimension)
        )
        result.isMeaningless = true
        return result
    }

    func raised(to exponent: Int) -> UCUMMeasure {
        if exponent == 1 { return self }
        var result = UCUMMeasure(.one, dimension.raised(to: exponent))
        if special != nil || isMeaningless {
            result.isMeaningless = true
        } else {
            result.magnitude = magnitude.raised(to: exponent)
        }
        return result
    }

    /// The same scale with values that are so many times larger.
    func scaled(by factor: Rational) -> UCUMMeasure {
        var result = self
        if var special {
            special.factor = special.factor * factor
            result.special = special
        } else {
            result.magnitude = magnitude * factor
        }
        return result
    }

    /// The quantity in base units that a value in this unit stands for.
    func quantity(of value: Rational) -> Rational? {
        guard let special else { return value * magnitude }
        return special.function.ratio(of: value * special.factor).map { $0 * magnitude }
    }

    /// The value in this unit that a quantity in base units stands for.
    func value(of quantity: Rational) -> Rational? {
        guard let special else { return quantity / magnitude }
        return special.function.value(of: quantity / magnitude).map { $0 / special.factor }
    }
}
