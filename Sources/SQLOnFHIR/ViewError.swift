import Basics
package import FHIRPath
import JSON

/// Why a ViewDefinition cannot be used, and where in its document.
///
/// It carries the place and what would be accepted there, never what stands there.
package struct ViewError: Error, Equatable, Sendable {
    /// The kinds of fault.
    package enum Code: String, Sendable, CaseIterable {
        /// The value has another JSON shape than the element needs.
        case wrongShape = "LIMEN-VIEW-001"
        /// The element must be there and is not.
        case missing = "LIMEN-VIEW-002"
        /// A ViewDefinition has no such element here.
        case unknownMember = "LIMEN-VIEW-003"
        /// The name cannot be that of a column, a constant or a view.
        case invalidName = "LIMEN-VIEW-004"
        /// Two columns or two constants have one name.
        case duplicateName = "LIMEN-VIEW-005"
        /// The branches of a union have not the same columns in the same order.
        case unionMismatch = "LIMEN-VIEW-006"
        /// The FHIRPath cannot be used.
        case invalidExpression = "LIMEN-VIEW-007"
        /// The constant has no value, several, or one that its type cannot have.
        case invalidConstant = "LIMEN-VIEW-008"
        /// Elements that exclude one another stand side by side.
        case contradiction = "LIMEN-VIEW-009"
        /// There is no such type.
        case unknownType = "LIMEN-VIEW-010"
        /// A limit of `Limits+SQLOnFHIR.swift` is exceeded.
        case limitExceeded = "LIMEN-VIEW-011"
    }

    /// What is wrong.
    package let code: Code
    /// The element, as an RFC 6901 JSON Pointer such as `/select/0/column/1/path`.
    package let pointer: String
    /// The line of the document, from 1.
    package let line: Int
    /// The column in that line in bytes, from 1.
    package let column: Int
    /// What would be accepted.
    package let accepted: String
    /// Why the FHIRPath cannot be used, with the byte offset in its text.
    package let cause: FHIRPathError?

    init(_ code: Code, _ node: ViewNode, _ accepted: String, cause: FHIRPathError? = nil) {
        self.code = code
        self.accepted = accepted
        self.cause = cause
        pointer = node.pointer
        (line, column) = node.json.linePosition
    }

    /// A path that cannot be used.
    init(_ node: ViewNode, cause: FHIRPathError) {
        self.init(.invalidExpression, node, Self.accepted(insteadOf: cause.code), cause: cause)
    }

    private static func accepted(insteadOf code: FHIRPathError.Code) -> String {
        switch code {
        case .unknownElement:
            "an element or a type that FHIR has; a choice element without its type, as in "
                + "value.ofType(Quantity)"
        case .unknownVariable:
            "a declared constant, %resource, %context, or in a selection %rowIndex"
        case .unknownFunction, .wrongArgumentCount, .unsupported:
            "a function of FHIRPath 2.0, getResourceKey() or getReferenceKey()"
        case .limitExceeded:
            "\(Limits.fhirPathBytesMax) bytes and \(Limits.fhirPathDepthMax) levels at most"
        case .syntax, .typeMismatch, .notSingleton, .arithmetic: "a FHIRPath expression"
        }
    }

    /// One English sentence without any text of the document but names of elements.
    package var sentence: String {
        let place = pointer.isEmpty ? "the document" : pointer
        var text = "\(place) (line \(line), column \(column)): \(Self.fault(code))"
        if let cause { text += " (\(cause.code.rawValue) at byte \(cause.offset) of it)" }
        return text + "; accepted: \(accepted)"
    }

    private static func fault(_ code: Code) -> String {
        switch code {
        case .wrongShape: "the value has another shape"
        case .missing: "a required element is missing"
        case .unknownMember: "a ViewDefinition has no such element here"
        case .invalidName: "this cannot be a name"
        case .duplicateName: "the name is taken already"
        case .unionMismatch: "the branches of the union differ in their columns"
        case .invalidExpression: "the FHIRPath cannot be used"
        case .invalidConstant: "the constant has no usable value"
        case .contradiction: "elements exclude one another"
        case .unknownType: "there is no such type"
        case .limitExceeded: "there is too much of it"
        }
    }
}
