extension UCUMUnit {
    /// How a value becomes one in base units, such as `x 133322.387415`; empty when it stays.
    ///
    /// `nil` for a unit in which a scale takes part in a product, since that has no meaning.
    package var canonicalFormula: String? {
        guard let base = try? UCUMUnit(parsing: canonicalText),
            let conversion = try? UCUMConversion(from: self, to: base)
        else {
            return nil
        }
        return conversion.formula
    }

    /// Whether the unit has a scale of its own, such as `Cel` or `[pH]` (UCUM, section 21).
    package var isSpecial: Bool { measure.special != nil || measure.isMeaningless }

    /// Whether a procedure defines it, so that it converts to itself alone (UCUM, section 24).
    package var isArbitrary: Bool { !measure.dimension.arbitrary.isEmpty }
}
