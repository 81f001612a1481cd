/// The conversions into one unit, those from common units prepared.
///
/// Made once when a profile is loaded; asking for a common source unit then costs one look-up, any
/// other unit is parsed on the spot (some microseconds).
///
///     let converter = UCUMConverter(to: millimetresOfMercury)
///     try converter.conversion(from: "kPa").convert(value)
package struct UCUMConverter: Sendable {
    /// The unit that values are converted into.
    package let target: UCUMUnit
    private let prepared: [String: UCUMConversion]

    /// Prepares the conversions from common clinical units and from other texts that are expected.
    package init(to target: UCUMUnit, expecting texts: [String] = []) {
        self.target = target
        var prepared: [String: UCUMConversion] = [:]
        for text in Self.commonTexts + texts + [target.text] {
            guard let source = try? UCUMUnit(parsing: text) else { continue }
            prepared[text] = try? UCUMConversion(from: source, to: target)
        }
        self.prepared = prepared
    }

    /// The conversion from a unit given by its text.
    ///
    /// - Throws: `UCUMError` when the text is no unit or cannot be converted.
    package func conversion(from text: String) throws(UCUMError) -> UCUMConversion {
        if let conversion = prepared[text] { return conversion }
        return try UCUMConversion(from: UCUMUnit(parsing: text), to: target)
    }

    /// What vital signs and common laboratory results are sent in.
    private static let commonTexts = [
        "1", "%", "{score}", "/min", "{beats}/min", "{breaths}/min", "Hz", "mm[Hg]", "cm[H2O]",
        "kPa", "Pa", "Cel", "[degF]", "K", "kg", "g", "mg", "ug", "ng", "[lb_av]", "[oz_av]", "m",
        "cm", "mm", "[in_i]", "[ft_i]", "m2", "kg/m2", "L", "dL", "mL", "l", "ml", "L/min",
        "mL/min", "L/h", "mL/h", "mL/kg/h", "mL/min/{1.73_m2}", "h", "min", "s", "ms", "d", "wk",
        "mo", "a", "mmol/L", "umol/L", "nmol/L", "pmol/L", "mol/L", "meq/L", "mg/dL", "g/dL", "g/L",
        "mg/L", "ug/L", "ug/mL", "ng/mL", "ng/L", "ng/dL", "pg/mL", "U/L", "[iU]/L", "m[iU]/L",
        "u[iU]/mL", "10*3/uL", "10*6/uL", "10*9/L", "10*12/L", "/uL", "fL", "pg", "mosm/kg", "[pH]",
    ]
}
