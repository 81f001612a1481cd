/// Why a text is no usable UCUM unit, or why two units cannot be converted.
package struct UCUMError: Error, Equatable, Sendable {
    /// The kinds of fault.
    package enum Code: String, Sendable, CaseIterable {
        case syntax = "LIMEN-UCUM-001"
        case unknownUnit = "LIMEN-UCUM-002"
        case incompatible = "LIMEN-UCUM-003"
        case notConvertible = "LIMEN-UCUM-004"
        case outOfRange = "LIMEN-UCUM-005"
    }

    /// What is wrong.
    package let code: Code
    /// The byte offset in the unit text.
    package let offset: Int

    /// Makes an error.
    package init(code: Code, offset: Int) {
        self.code = code
        self.offset = offset
    }

    /// One English sentence without any text of the unit.
    package var sentence: String {
        switch code {
        case .syntax: "the text is no unit expression at this place"
        case .unknownUnit: "UCUM has no unit of this code (codes are case-sensitive)"
        case .incompatible: "the units measure different kinds of quantity"
        case .notConvertible: "a unit with a zero of its own takes part in a product"
        case .outOfRange: "a number in the unit, or the unit itself, is too large"
        }
    }
}
