/// Why a hook document is refused, and where.
package struct HookServiceError: Error, Equatable, Sendable {
    /// The kinds of fault.
    package enum Code: String, Sendable, CaseIterable {
        case malformed = "LIMEN-HOOK-001"
        case unknownMember = "LIMEN-HOOK-002"
        case missing = "LIMEN-HOOK-003"
        case wrongType = "LIMEN-HOOK-004"
        case valueSet = "LIMEN-HOOK-005"
        case identifier = "LIMEN-HOOK-006"
        case prefetchTemplate = "LIMEN-HOOK-007"
        case expression = "LIMEN-HOOK-008"
        case unknownName = "LIMEN-HOOK-009"
        case template = "LIMEN-HOOK-010"
        case invalidCard = "LIMEN-HOOK-011"
        case duplicate = "LIMEN-HOOK-012"
        case tooMany = "LIMEN-HOOK-013"
        case format = "LIMEN-HOOK-014"
        case duration = "LIMEN-HOOK-015"
    }

    /// What is wrong.
    package let code: Code
    /// The path of the element, such as `limen.cards[2].when`.
    package let path: String
    /// One sentence.
    package let sentence: String
    /// The byte offset inside the element's text, when it is known.
    package let offset: Int?

    /// Makes an error.
    package init(code: Code, path: String, sentence: String, offset: Int? = nil) {
        self.code = code
        self.path = path
        self.sentence = sentence
        self.offset = offset
    }
}
