/// The checks of a token that was taken apart, in the order in which they are made.
///
/// `TokenVerifier` stops at the first that fails; `TokenExplanation` makes them all. Both go
/// through `TokenExamination`, so that what is explained is what is done.
package enum TokenCheck: String, Sendable, CaseIterable {
    case critical = "crit"
    case foreignKeys = "no key in the header"
    case nesting = "no token inside"
    case algorithm = "alg"
    case type = "typ"
    case keyID = "kid"
    case keySetURL = "jku"
    case key = "key"
    case signature = "signature"
    case issuer = "iss"
    case audience = "aud"
    case expiry = "exp"
    case issuedAt = "iat"
    case lifetime = "exp - iat"
    case notBefore = "nbf"
    case tenant = "tenant"
    case tokenID = "jti"

    /// Whether the check comes before the signature's.
    ///
    /// A failure of such a check costs the caller as much time as a wrong signature does.
    var isBeforeSignature: Bool {
        switch self {
        case .critical, .foreignKeys, .nesting, .algorithm, .type, .keyID, .keySetURL, .key: true
        case .signature, .issuer, .audience, .expiry, .issuedAt, .lifetime, .notBefore, .tenant,
            .tokenID:
            false
        }
    }
}
