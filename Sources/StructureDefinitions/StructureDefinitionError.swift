/// Why a StructureDefinition or a ValueSet cannot be used, and where.
///
/// It carries the path in the document, never what stands there.
package struct StructureDefinitionError: Error, Equatable, Sendable {
    /// The kinds of fault.
    package enum Code: String, Sendable, CaseIterable {
        case malformed = "LIMEN-SD-001"
        case unsupportedMember = "LIMEN-SD-002"
        case invalidExpression = "LIMEN-SD-003"
        case unsupportedSlicing = "LIMEN-SD-004"
        case invalidValueSet = "LIMEN-SD-005"
        case tooLarge = "LIMEN-SD-006"
    }

    /// What is wrong.
    package let code: Code
    /// The place, such as `snapshot.element[3].slicing.discriminator[0]`.
    package let path: String

    /// Makes an error.
    package init(code: Code, path: String) {
        self.code = code
        self.path = path
    }

    /// One English sentence without any text of the document.
    package var sentence: String {
        switch code {
        case .malformed: "this is not what a StructureDefinition has here"
        case .unsupportedMember: "this member is not supported, and is never skipped in silence"
        case .invalidExpression: "the expression cannot be read"
        case .unsupportedSlicing: "this way of slicing is not supported"
        case .invalidValueSet: "this is not what a ValueSet has here"
        case .tooLarge: "there are more entries than the limit"
        }
    }
}
