/// A unit expression of the Unified Code for Units of Measure, case-sensitive form.
///
///     mm[Hg]   kg/m2   10*3/uL   {beats}/min   mL/(kg.h)
package struct UCUMUnit: Sendable {
    /// The text it was read from.
    package let text: String

    /// What it amounts to in base units.
    let measure: UCUMMeasure

    /// Reads a unit expression such as `mm[Hg]`, `{beats}/min` or `10*3/uL`.
    ///
    /// - Throws: `UCUMError` `.syntax`, `.unknownUnit` or `.outOfRange` with the offset.
    package init(parsing text: String) throws(UCUMError) {
        let tokens = try UCUMParser.parse(text, atoms: UCUMTable.atoms)
        self.text = text
        measure = try UCUMParser.measure(of: tokens)
    }

    /// Whether both measure the same kind of quantity, so that values can be converted.
    ///
    /// A unit in which a special scale takes part in a product (`Cel/min`) is comparable to its own
    /// text alone, because the scale's zero has no meaning there (UCUM, section 22).
    package func isComparable(with other: UCUMUnit) -> Bool {
        if text == other.text { return true }
        if measure.isMeaningless || other.measure.isMeaningless { return false }
        return measure.dimension == other.measure.dimension
    }

    /// The kind of quantity as base units in a fixed order, such as `g.m-1.s-2` for a pressure.
    ///
    /// Itself a unit expression; comparable units have the same one. A number is `1`.
    package var canonicalText: String {
        measure.isMeaningless ? text : measure.dimension.text
    }

    /// The product of two units, such as `kg.m` of `kg` and `m`.
    ///
    /// - Throws: `UCUMError` `.outOfRange` when the expression grows too long.
    package func multiplied(by other: UCUMUnit) throws(UCUMError) -> UCUMUnit {
        try UCUMUnit(parsing: text + "." + other.operandText)
    }

    /// The quotient of two units, such as `mg/kg` of `mg` and `kg`.
    ///
    /// - Throws: `UCUMError` `.outOfRange` when the expression grows too long.
    package func divided(by other: UCUMUnit) throws(UCUMError) -> UCUMUnit {
        try UCUMUnit(parsing: text + "/" + other.operandText)
    }

    /// The text as it can stand behind an operator.
    private var operandText: String {
        if text.utf8.first == UInt8(ascii: "/") { return "(1" + text + ")" }
        let isSingle = !text.utf8.contains { byte in
            byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".")
        }
        return isSingle ? text : "(" + text + ")"
    }
}
