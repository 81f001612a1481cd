/// A field that is another one multiplied and shifted, such as `(age - 63.7) / 16.8`.
package struct LinearForm: Equatable {
    /// The input.
    package let field: String
    /// What it is multiplied with.
    package let factor: Double
    /// What is then added.
    package let constant: Double

    /// The input that gives a scaled value.
    package func original(of scaled: Double) -> Double { (scaled - constant) / factor }

    /// The form of a field, when it is one: an input is itself.
    package static func form(of name: String, among derived: [DerivedField]) -> LinearForm? {
        form(of: name, among: derived, depth: 0)
    }

    /// Scalers of scalers end here.
    private static let depthMax = 32

    private static func form(
        of name: String,
        among derived: [DerivedField],
        depth: Int
    ) -> LinearForm? {
        guard depth < depthMax else { return nil }
        guard let field = derived.last(where: { $0.name == name }) else {
            return LinearForm(field: name, factor: 1, constant: 0)
        }
        return form(field.expression, of: name, among: derived, depth: depth + 1)
    }

    private static func form(
        _ expression: Expression,
        of name: String,
        among derived: [DerivedField],
        depth: Int
    ) -> LinearForm? {
        guard depth < depthMax else { return nil }
        func inner(_ expression: Expression) -> LinearForm? {
            form(expression, of: name, among: derived, depth: depth + 1)
        }
        switch expression {
        // A field may bear the name of what it is made from; it then is that one.
        case .field(let field, nil):
            guard field != name else { return LinearForm(field: field, factor: 1, constant: 0) }
            return form(of: field, among: derived, depth: depth + 1)
        case .apply(let call) where call.arguments.count == 2:
            return form(call, inner)
        case .converted(let inner, .double):
            return form(inner, of: name, among: derived, depth: depth + 1)
        case .normContinuous(let field, let norms, .asIs, nil) where norms.count == 2:
            let span = norms[1].original - norms[0].original
            guard span != 0, let base = inner(.field(field, mapMissingTo: nil)) else { return nil }
            let slope = (norms[1].normalized - norms[0].normalized) / span
            return base.scaled(slope, norms[0].normalized - slope * norms[0].original)
        case .constant, .field, .apply, .converted, .normContinuous, .normDiscrete, .discretize,
            .mapValues:
            return nil
        }
    }

    private static func form(
        _ call: Expression.Call,
        _ inner: (Expression) -> LinearForm?
    ) -> LinearForm? {
        switch (call.function, call.arguments[0], call.arguments[1]) {
        case (.add, let left, .constant(.number(let number))): return inner(left)?.scaled(1, number)
        case (.add, .constant(.number(let number)), let right):
            return inner(right)?.scaled(1, number)
        case (.subtract, let left, .constant(.number(let number))):
            return inner(left)?.scaled(1, -number)
        case (.subtract, .constant(.number(let number)), let right):
            return inner(right)?.scaled(-1, number)
        case (.multiply, let left, .constant(.number(let number))):
            return inner(left)?.scaled(number, 0)
        case (.multiply, .constant(.number(let number)), let right):
            return inner(right)?.scaled(number, 0)
        case (.divide, let left, .constant(.number(let number))) where number != 0:
            return inner(left)?.scaled(1 / number, 0)
        default:
            return nil
        }
    }

    private func scaled(_ by: Double, _ shift: Double) -> LinearForm? {
        let form = LinearForm(field: field, factor: factor * by, constant: constant * by + shift)
        return form.factor != 0 && form.factor.isFinite && form.constant.isFinite ? form : nil
    }
}
