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

    /// One English sentence without any text of the expression or the resource.
    package var sentence: String {
        switch code {
        case .syntax: "the expression cannot be read at this place"
        case .unknownFunction: "there is no function of this name"
        case .unknownVariable: "there is no variable of this name, or it is defined twice"
        case .wrongArgumentCount: "the function does not take this many arguments"
        case .typeMismatch: "a value here is of a type that this place does not take"
        case .notSingleton: "one item is expected here, and there are several"
        case .limitExceeded: "the evaluation takes more steps, depth or room than is allowed"
        case .unsupported: "this needs terminology, a profile, order or pattern that is not at hand"
        case .arithmetic: "the number of digits must not be negative"
        case .unknownElement: "the type at this place has no element or type of this name"
        }
    }
}
