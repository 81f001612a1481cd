/// Why a whole JWK Set is refused.
///
/// It carries a code and the position of the key, never text of the set.
package struct KeySetError: Error, Equatable, Sendable {
    /// The kinds of fault.
    package enum Code: String, Sendable, CaseIterable {
        case notJSON = "LIMEN-JOSE-001"
        case notAKeySet = "LIMEN-JOSE-002"
        case tooLarge = "LIMEN-JOSE-003"
        case tooManyKeys = "LIMEN-JOSE-004"
        case duplicateKeyID = "LIMEN-JOSE-005"
        case secretKey = "LIMEN-JOSE-006"
        case noUsableKey = "LIMEN-JOSE-007"
        case openKey = "LIMEN-JOSE-008"
    }

    /// What is wrong.
    package let code: Code
    /// The position of the key in the set, from zero, when one is at fault.
    package let position: Int?

    /// Makes an error.
    package init(_ code: Code, at position: Int? = nil) {
        self.code = code
        self.position = position
    }

    /// One English sentence without any text of the set.
    package var sentence: String {
        switch code {
        case .notJSON: "the key set is not JSON, or names a member twice"
        case .notAKeySet: "the document is no JWK Set: an object with an array \"keys\""
        case .tooLarge: "the key set is larger than the limit"
        case .tooManyKeys: "the key set holds more keys than the limit"
        case .duplicateKeyID: "two keys have the same kid"
        case .secretKey: "the set holds a secret or private key, which must never be published"
        case .noUsableKey: "no key of the set can be used"
        case .openKey: "everybody knows the private half of a key of the set"
        }
    }
}
