/// Why a PMML document is refused.
public struct PMMLError: Error, Equatable, Sendable {
    /// The kinds of fault.
    public enum Code: String, Sendable, CaseIterable {
        /// The bytes are no well-formed XML in UTF-8.
        case malformed = "LIMEN-PMML-001"
        /// A document type or entity declaration.
        case doctype = "LIMEN-PMML-002"
        /// An element, attribute or value that this reader does not implement.
        case unsupported = "LIMEN-PMML-003"
        /// An element, attribute or value that PMML does not allow there.
        case invalid = "LIMEN-PMML-004"
        /// The model does not give what its own ModelVerification expects.
        case verificationFailed = "LIMEN-PMML-005"
        /// More bytes, elements or nesting than the limits allow.
        case tooLarge = "LIMEN-PMML-006"
    }

    /// What is wrong.
    public let code: Code
    /// The element it is about, such as `Scorecard`, `Scorecard@functionName` or
    /// `ModelVerification row 3`.
    public let element: String
    /// The line in the document, from one.
    public let line: Int

    /// Makes an error.
    public init(code: Code, element: String, line: Int) {
        self.code = code
        self.element = element
        self.line = line
    }
}
