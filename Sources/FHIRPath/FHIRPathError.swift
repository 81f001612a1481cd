/// Why an expression cannot be read or run, and where in its text.
package struct FHIRPathError: Error, Equatable, Sendable {
    /// The kinds of fault.
    package enum Code: String, Sendable, CaseIterable {
        case syntax = "LIMEN-PATH-001"
        case unknownFunction = "LIMEN-PATH-002"
        case unknownVariable = "LIMEN-PATH-003"
        case wrongArgumentCount = "LIMEN-PATH-004"
        case typeMismatch = "LIMEN-PATH-005"
        case notSingleton = "LIMEN-PATH-006"
        case limitExceeded = "LIMEN-PATH-007"
        case unsupported = "LIMEN-PATH-008"
        case arithmetic = "LIMEN-PATH-009"
        case unknownElement = "LIMEN-PATH-010"
    }

    /// What is wrong.
    package let code: Code
    /// The byte offset in the expression text.
    package let offset: Int

    /// Makes an error.
    package init(code: Code, offset: Int) {
        self.code = code
        self.offset = offset
    }
}
