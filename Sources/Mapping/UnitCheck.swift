package import Basics
package import UCUM

/// Whether units convert as the mapping converts them, for whoever looks a profile over.
package enum UnitCheck {
    /// Whether a value in one unit is taken for an input in another.
    ///
    /// UCUM alone would let charges and osmotic particles count as moles.
    ///
    /// - Parameters:
    ///   - unit: the unit of the value.
    ///   - target: the unit of the input.
    ///   - grams: the molar mass that is declared, if one is.
    ///   - formulaUnits: the units of the declared formulas.
    /// - Returns: whether there is a conversion.
    package static func converts(
        _ unit: UCUMUnit,
        to target: UCUMUnit,
        molarMass grams: DecimalNumber? = nil,
        formulaUnits: [UCUMUnit] = []
    ) -> Bool {
        UnitPath(
            target: target,
            molarMass: grams.map { UnitPath.MolarMass(grams: $0, source: "") },
            formulas: formulaUnits.map {
                UnitPath.Formula(
                    unit: $0,
                    factor: DecimalNumber(1),
                    offset: DecimalNumber(0),
                    source: ""
                )
            }
        ).conversion(from: unit) != nil
    }
}
