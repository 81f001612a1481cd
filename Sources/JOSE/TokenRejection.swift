/// Why a token is not accepted: a closed list, for the audit row and never for the caller.
///
/// The raw value is what the row holds. No case carries text of the token.
package enum TokenRejection: String, Error, Sendable, CaseIterable {
    case tooLarge = "token-too-large"
    case notCompact = "token-not-compact"
    case encoding = "token-encoding"
    case headerNotJSON = "token-header-not-json"
    case headerDuplicate = "token-header-duplicate-member"
    case claimsNotJSON = "token-claims-not-json"
    case claimsDuplicate = "token-claims-duplicate-member"
    case criticalHeader = "token-critical-header"
    case keyInHeader = "token-key-in-header"
    case nested = "token-nested"
    case algorithmMissing = "token-algorithm-missing"
    case algorithmNone = "token-algorithm-none"
    case algorithmSymmetric = "token-algorithm-symmetric"
    case algorithmUnknown = "token-algorithm-unknown"
    case algorithmNotRegistered = "token-algorithm-not-registered"
    case type = "token-type"
    case keyIDMissing = "token-key-id-missing"
    case keySetURL = "token-key-set-url"
    case keysUnavailable = "token-keys-unavailable"
    case keyUnknown = "token-key-unknown"
    case keyRefused = "token-key-refused"
    case keyMismatch = "token-key-mismatch"
    case signature = "token-signature"
    case issuerUnknown = "token-issuer-unknown"
    case issuer = "token-issuer"
    case audienceClaim = "token-audience-claim"
    case audience = "token-audience"
    case expiryClaim = "token-expiry-claim"
    case expired = "token-expired"
    case issuedAtClaim = "token-issued-at-claim"
    case issuedInFuture = "token-issued-in-future"
    case lifetime = "token-lifetime"
    case notBeforeClaim = "token-not-before-claim"
    case notYetValid = "token-not-yet-valid"
    case tenantClaim = "token-tenant-claim"
    case tenant = "token-tenant"
    case tokenIDClaim = "token-id-claim"
    case replayed = "token-replayed"
    case ledgerUnavailable = "token-ledger-unavailable"

    /// Whether the token could not even be taken apart, so that no signature was looked at.
    package var isOfForm: Bool {
        switch self {
        case .tooLarge, .notCompact, .encoding, .headerNotJSON, .headerDuplicate, .claimsNotJSON,
            .claimsDuplicate:
            true
        case .criticalHeader, .keyInHeader, .nested, .algorithmMissing, .algorithmNone,
            .algorithmSymmetric, .algorithmUnknown, .algorithmNotRegistered, .type, .keyIDMissing,
            .keySetURL, .keysUnavailable, .keyUnknown, .keyRefused, .keyMismatch, .signature,
            .issuerUnknown, .issuer, .audienceClaim, .audience, .expiryClaim, .expired,
            .issuedAtClaim, .issuedInFuture, .lifetime, .notBeforeClaim, .notYetValid,
            .tenantClaim, .tenant, .tokenIDClaim, .replayed, .ledgerUnavailable:
            false
        }
    }

    /// One English sentence for the operator, without any text of the token.
    package var sentence: String {
        switch self {
        case .tooLarge: "the token is longer than the limit"
        case .notCompact: "the token is not three parts with dots between them"
        case .encoding: "a part is not base64url in its one canonical form"
        case .headerNotJSON: "the header is not a JSON object"
        case .headerDuplicate: "a header member occurs twice"
        case .claimsNotJSON: "the claims are not a JSON object"
        case .claimsDuplicate: "a claim occurs twice"
        case .criticalHeader: "the header demands an extension that is not understood"
        case .keyInHeader: "the header brings its own key; a token cannot vouch for itself"
        case .nested: "the token holds another token"
        case .algorithmMissing: "the header names no algorithm"
        case .algorithmNone: "the token is not signed"
        case .algorithmSymmetric: "the algorithm needs a shared secret, which CDS Hooks forbids"
        case .algorithmUnknown: "the algorithm is not known"
        case .algorithmNotRegistered: "the issuer is not registered for this algorithm"
        case .type: "typ is not JWT"
        case .keyIDMissing: "kid is missing or no text"
        case .keySetURL: "jku is not a registered URL"
        case .keysUnavailable: "the issuer's keys are not at hand or too old to be trusted"
        case .keyUnknown: "no key of the issuer has this kid"
        case .keyRefused: "the key with this kid may not be used"
        case .keyMismatch: "the key with this kid is not for this algorithm"
        case .signature: "the signature was not made with this key over this token"
        case .issuerUnknown: "no client is registered for this issuer"
        case .issuer: "iss is missing or not the registered issuer"
        case .audienceClaim: "aud is missing, or neither a text nor an array of texts"
        case .audience: "aud does not name the URL that was called"
        case .expiryClaim: "exp is missing or no whole number of seconds"
        case .expired: "the token has expired"
        case .issuedAtClaim: "iat is missing or no whole number of seconds"
        case .issuedInFuture: "iat lies in the future"
        case .lifetime: "the time from iat to exp is longer than allowed"
        case .notBeforeClaim: "nbf is no whole number of seconds"
        case .notYetValid: "nbf lies in the future"
        case .tenantClaim: "tenant is missing or no text"
        case .tenant: "tenant is not the registered one"
        case .tokenIDClaim: "jti is missing, empty, too long or no text"
        case .replayed: "a token with this jti was used before"
        case .ledgerUnavailable: "whether the token was used before cannot be found out"
        }
    }
}
