package import JSON

/// Why the body of a hook call or of feedback is not acceptable, and where.
///
/// The pointer names members by the names this gateway looks for, so no text of the request can
/// reach it.
package struct HookRequestError: Error, Equatable, Sendable {
    /// The kinds of fault.
    package enum Code: String, Sendable, CaseIterable {
        case notJSON = "LIMEN-CDS-001"
        case missing = "LIMEN-CDS-002"
        case wrongType = "LIMEN-CDS-003"
        case emptyText = "LIMEN-CDS-004"
        case notUUID = "LIMEN-CDS-005"
        case notIdentifier = "LIMEN-CDS-006"
        case notReference = "LIMEN-CDS-007"
        case notBundle = "LIMEN-CDS-008"
        case notResource = "LIMEN-CDS-009"
        case tooMany = "LIMEN-CDS-010"
        case notInstant = "LIMEN-CDS-011"
        case notInValueSet = "LIMEN-CDS-012"
        case tooLong = "LIMEN-CDS-013"
        case contradiction = "LIMEN-CDS-014"
    }

    /// What is wrong.
    package let code: Code
    /// The place as an RFC 6901 JSON Pointer; empty for the whole body.
    package let pointer: String
    /// The byte offset in the body, when it is known.
    package let offset: Int?
    /// One sentence without any text of the request.
    package let sentence: String
    /// What would be accepted.
    package let accepted: String

    /// Makes an error.
    package init(
        code: Code,
        pointer: String,
        offset: Int? = nil,
        sentence: String,
        accepted: String
    ) {
        self.code = code
        self.pointer = pointer
        self.offset = offset
        self.sentence = sentence
        self.accepted = accepted
    }

    /// Makes the error for a body that is no JSON.
    package init(_ error: JSONError) {
        self.init(
            code: .notJSON,
            pointer: "",
            offset: error.offset,
            sentence: error.sentence,
            accepted: "one JSON object in UTF-8 (RFC 8259)"
        )
    }
}
