/// Why a text is not acceptable JSON, and where.
///
/// The error carries the byte offset of the fault, never the text around it.
package struct JSONError: Error, Equatable, Sendable {
    /// The kinds of fault.
    package enum Code: String, Sendable, CaseIterable {
        case empty = "LIMEN-JSON-001"
        case unexpectedByte = "LIMEN-JSON-002"
        case unexpectedEnd = "LIMEN-JSON-003"
        case invalidNumber = "LIMEN-JSON-004"
        case invalidEscape = "LIMEN-JSON-005"
        case loneSurrogate = "LIMEN-JSON-006"
        case invalidUTF8 = "LIMEN-JSON-007"
        case controlCharacter = "LIMEN-JSON-008"
        case duplicateName = "LIMEN-JSON-009"
        case trailingBytes = "LIMEN-JSON-010"
        case tooDeep = "LIMEN-JSON-011"
        case tooLarge = "LIMEN-JSON-012"
        case byteOrderMark = "LIMEN-JSON-013"
    }

    /// What is wrong.
    package let code: Code
    /// The byte offset at which it was seen, from zero.
    package let offset: Int

    /// Makes an error.
    package init(code: Code, offset: Int) {
        self.code = code
        self.offset = offset
    }

    /// One English sentence without any text of the document.
    package var sentence: String {
        switch code {
        case .empty: "the text is empty; a JSON value is expected"
        case .unexpectedByte: "this byte cannot stand here in JSON"
        case .unexpectedEnd: "the text ends inside a JSON value"
        case .invalidNumber: "this is not a JSON number"
        case .invalidEscape: "this escape sequence is not JSON's"
        case .loneSurrogate: "a \\u surrogate stands without its other half"
        case .invalidUTF8: "these bytes are not UTF-8"
        case .controlCharacter: "a control character must be escaped in a string"
        case .duplicateName: "a member name occurs twice in one object"
        case .trailingBytes: "bytes follow the JSON value"
        case .tooDeep: "the value nests deeper than \(jsonDepthMaxForMessages) levels"
        case .tooLarge: "the text is larger than the limit"
        case .byteOrderMark: "a byte order mark must not precede JSON"
        }
    }
}
