/// Why a model cannot be compiled.
public struct ModelError: Error, Equatable, Sendable {
    /// The kinds of fault.
    public enum Code: String, Sendable, CaseIterable {
        /// A field is named that the model does not have.
        case unknownField = "LIMEN-ENGINE-001"
        /// Two fields have the same name, or a field has the same category twice.
        case duplicate = "LIMEN-ENGINE-002"
        /// A comparison that the kind of the field does not allow.
        case operandMismatch = "LIMEN-ENGINE-003"
        /// A predicate whose steps do not leave exactly one truth value.
        case malformedPredicate = "LIMEN-ENGINE-004"
        /// More fields, characteristics, steps or nesting than the limits allow.
        case tooLarge = "LIMEN-ENGINE-005"
        /// Reason codes are asked for, and a baseline score or a reason code is absent.
        case reasonCodeAbsent = "LIMEN-ENGINE-006"
        /// A number that is not finite.
        case notFinite = "LIMEN-ENGINE-007"
        /// A model without characteristics, or a characteristic without attributes.
        case empty = "LIMEN-ENGINE-008"
        /// A derived field that depends on itself.
        case cycle = "LIMEN-ENGINE-009"
        /// Nodes of a tree of which more than one can hold, or one that can never be reached.
        case overlap = "LIMEN-ENGINE-010"
        /// Parts that do not fit together, such as a centre with too few numbers.
        case inconsistent = "LIMEN-ENGINE-011"
        /// A function with arguments it does not take, or a combination that is not supported.
        case unsupported = "LIMEN-ENGINE-012"
    }

    /// What is wrong.
    public let code: Code
    /// The field or characteristic of the model that it is about.
    public let place: String
    /// The line in the document, or zero when it is not known.
    public let line: Int

    /// Makes an error.
    public init(code: Code, place: String, line: Int = 0) {
        self.code = code
        self.place = place
        self.line = line
    }
}
