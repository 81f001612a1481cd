package import Basics

/// A conversion from one unit to another, prepared once and used for many values.
///
///     let conversion = try UCUMConversion(from: fahrenheit, to: celsius)
///     conversion.convert(98.6)   // 37.0
///     conversion.formula         // (value - 32) x 5/9
package struct UCUMConversion: Sendable {
    private let rule: Rule

    private enum Rule: Sendable {
        case linear(LinearConversion)
        /// By way of the quantity in base units, because a scale is not linear.
        case curved(source: UCUMMeasure, target: UCUMMeasure)
    }

    /// Prepares a conversion.
    ///
    /// - Throws: `UCUMError` `.incompatible` or `.notConvertible`.
    package init(from source: UCUMUnit, to target: UCUMUnit) throws(UCUMError) {
        if source.text == target.text {
            rule = .linear(LinearConversion(factor: .one, addend: .zero))
            return
        }
        guard !source.measure.isMeaningless, !target.measure.isMeaningless else {
            throw UCUMError(code: .notConvertible, offset: 0)
        }
        guard source.isComparable(with: target) else {
            throw UCUMError(code: .incompatible, offset: 0)
        }
        rule =
            Self.linear(from: source.measure, to: target.measure)
            ?? .curved(source: source.measure, target: target.measure)
    }

    private static func linear(from source: UCUMMeasure, to target: UCUMMeasure) -> Rule? {
        let sourceFactor = source.special?.factor ?? .one
        let targetFactor = target.special?.factor ?? .one
        if let special = source.special, special.function == target.special?.function,
            source.magnitude == target.magnitude
        {
            return .linear(
                LinearConversion(factor: sourceFactor / targetFactor, addend: .zero)
            )
        }
        guard let sourceOffset = offset(of: source), let targetOffset = offset(of: target) else {
            return nil
        }
        let ratio = source.magnitude / target.magnitude
        return .linear(
            LinearConversion(
                factor: sourceFactor * ratio / targetFactor,
                addend: (sourceOffset * ratio - targetOffset) / targetFactor
            )
        )
    }

    private static func offset(of measure: UCUMMeasure) -> Rational? {
        switch measure.special?.function {
        case .none: .zero
        case .some(.offset(let offset)): offset
        case .some(.logarithm), .some(.hundredTangent), .some(.squareRoot): nil
        }
    }

    /// Whether values pass unchanged.
    package var isIdentity: Bool {
        switch rule {
        case .linear(let linear): linear.isIdentity
        case .curved: false
        }
    }

    /// Converts exactly where the result is a finite decimal, otherwise to 28 significant digits,
    /// half up; `nil` when the result cannot be represented.
    ///
    /// The result has as many digits behind the point as the value's precision gives it in the new
    /// unit (100 cm is 1.00 m), and more where it is exact only with more.
    package func convert(_ value: DecimalNumber) -> DecimalNumber? {
        switch rule {
        case .linear(let linear):
            return linear.convert(value)
        case .curved(let source, let target):
            guard let quantity = source.quantity(of: Rational(value)) else { return nil }
            let result = target.value(of: quantity)?.rounded(toDigits: 28)
            return result?.aligned(toScale: 0)
        }
    }

    /// What was done, for a reader: such as `x 7.50061682704` or `(value - 32) x 5/9`.
    ///
    /// Empty when values pass unchanged.
    package var formula: String {
        switch rule {
        case .linear(let linear):
            return linear.formula
        case .curved(let source, let target):
            let factor = source.special?.factor ?? .one
            let argument = factor == .one ? "value" : "value x \(formulaText(factor))"
            let ratio = source.special?.function.inverseText(of: argument)
            let scale = source.magnitude / target.magnitude
            var text = ratio ?? argument
            if scale != .one { text = "\(grouped(text)) x \(formulaText(scale))" }
            guard let special = target.special else { return text }
            let result = special.function.text(of: text)
            guard special.factor != .one else { return result }
            return "\(grouped(result)) x \(formulaText(.one / special.factor))"
        }
    }
}
