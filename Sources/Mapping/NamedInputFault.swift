/// Why a named value of a row cannot be used.
///
/// It never holds text of the row: of a name that is not known only the place is told.
package struct NamedInputFault: Error, Equatable, Sendable {
    /// The kinds of fault.
    package enum Code: String, Sendable, CaseIterable {
        case notAnObject = "LIMEN-ROW-001"
        case unknownName = "LIMEN-ROW-002"
        case wrongType = "LIMEN-ROW-003"
        case unknownMember = "LIMEN-ROW-004"
        case unknownUnit = "LIMEN-ROW-005"
        case incompatibleUnit = "LIMEN-ROW-006"
        case numberTooLong = "LIMEN-ROW-007"
        case unknownCode = "LIMEN-ROW-008"
        case implausible = "LIMEN-ROW-009"

        /// One sentence.
        package var sentence: String {
            switch self {
            case .notAnObject: "The row is no object of named values."
            case .unknownName: "The model has no input of this name."
            case .wrongType: "The value is of another type than the input."
            case .unknownMember: "A quantity has the members value and unit."
            case .unknownUnit: "The unit is unknown to UCUM."
            case .incompatibleUnit: "The unit measures another kind of quantity."
            case .numberTooLong: "The number has more digits than can be kept exactly."
            case .unknownCode: "The value is none of the codes of the input."
            case .implausible: "The value is outside the range that is believed."
            }
        }
    }

    /// What is wrong.
    package let code: Code
    /// The input it is about; `nil` when there is none of the name.
    package let input: String?
    /// The byte offset of the value, or of the name that is not known.
    package let offset: Int
    /// What would be accepted.
    package let accepted: String
}
