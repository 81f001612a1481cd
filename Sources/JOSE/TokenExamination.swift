import Basics
import Crypto
import JSON

/// One token held against one policy at one moment, check by check.
struct TokenExamination {
    let signed: CompactSignature
    let claims: JSONValue
    let policy: TokenPolicy
    let now: Instant

    init(_ token: UnverifiedToken, _ policy: TokenPolicy, now: Instant) {
        signed = token.signed
        claims = token.claims
        self.policy = policy
        self.now = now
    }

    init(signed: CompactSignature, claims: JSONValue, policy: TokenPolicy, now: Instant) {
        self.signed = signed
        self.claims = claims
        self.policy = policy
        self.now = now
    }

    /// Why a check fails; `nil` when it passes.
    func failure(of check: TokenCheck) -> TokenRejection? {
        switch check {
        case .critical: critical
        case .foreignKeys: foreignKeys
        case .nesting: nesting
        case .algorithm: algorithm
        case .type: signed.header["typ"]?.isString("JWT") == true ? nil : .type
        case .keyID: keyID == nil ? .keyIDMissing : nil
        case .keySetURL: keySetURL
        case .key: keyFailure
        case .signature: isSigned ? nil : .signature
        case .issuer: claims["iss"]?.isString(policy.issuer) == true ? nil : .issuer
        case .audience: audienceFailure
        case .expiry: expiry
        case .issuedAt: issuedAt
        case .lifetime: lifetime
        case .notBefore: notBefore
        case .tenant: tenant
        case .tokenID: tokenID == nil ? .tokenIDClaim : nil
        }
    }

    // MARK: Header

    /// RFC 7515, section 4.1.11: an extension that is not understood must not be passed over.
    ///
    /// None is understood here, unencoded payloads (`b64`, RFC 7797) among them.
    private var critical: TokenRejection? {
        signed.header["crit"] == nil && signed.header["b64"] == nil ? nil : .criticalHeader
    }

    /// A key or certificate in the header proves only that its sender has made one.
    private var foreignKeys: TokenRejection? {
        ["jwk", "x5c", "x5u"].allSatisfy { signed.header[$0] == nil } ? nil : .keyInHeader
    }

    /// RFC 7519, section 5.2: `cty` with the value JWT says that the payload is a token.
    private var nesting: TokenRejection? {
        guard let type = signed.header["cty"] else { return nil }
        guard let text = type.stringValue?.lowercased() else { return .nested }
        return text.hasSuffix("jwt") ? .nested : nil
    }

    private var algorithm: TokenRejection? {
        guard let member = signed.header["alg"], let name = member.stringValue, !name.isEmpty else {
            return .algorithmMissing
        }
        if name.lowercased() == "none" { return .algorithmNone }
        if name.uppercased().hasPrefix("HS") { return .algorithmSymmetric }
        guard let algorithm = JWSAlgorithm(rawValue: name), member.isString(algorithm.rawValue)
        else { return .algorithmUnknown }
        return policy.algorithms.contains(algorithm) ? nil : .algorithmNotRegistered
    }

    /// The key id; `nil` when there is none that a key could have.
    var keyID: String? {
        guard let keyID = signed.keyID, !keyID.isEmpty, keyID.utf8.count <= Limits.keyIDBytesMax
        else { return nil }
        return keyID
    }

    /// The URL is compared and never opened: who may name the keys' place could name the keys.
    private var keySetURL: TokenRejection? {
        guard let url = signed.header["jku"] else { return nil }
        return policy.keySetURLs.contains { url.isString($0) } ? nil : .keySetURL
    }

    /// The key that the header names, when it may decide.
    private var key: JSONWebKey? {
        guard let keyID, case .key(let key) = policy.keys.key(named: keyID) else { return nil }
        return key
    }

    private var keyFailure: TokenRejection? {
        guard let keyID else { return .keyUnknown }
        switch policy.keys.key(named: keyID) {
        case .unknown: return .keyUnknown
        case .refused: return .keyRefused
        case .key(let key):
            guard let algorithm = signed.algorithm else { return .keyMismatch }
            return key.mayVerify(algorithm) ? nil : .keyMismatch
        }
    }

    private var isSigned: Bool {
        guard let key, let algorithm = signed.algorithm, key.mayVerify(algorithm) else {
            return false
        }
        return key.publicKey.isValid(
            signed.signature,
            over: signed.signingInput,
            by: algorithm.scheme
        )
    }

    // MARK: Claims

    /// The audience of ours that the token names (RFC 7519, section 4.1.3).
    var audience: String? {
        guard let named = audiences else { return nil }
        return policy.audiences.first { own in named.contains { $0.isString(own) } }
    }

    /// The audiences that the token names; `nil` when the claim is not as it must be.
    private var audiences: [JSONValue]? {
        guard let claim = claims["aud"] else { return nil }
        switch claim.kind {
        case .string:
            return [claim]
        case .array:
            let list = Array(claim.elements.prefix(Limits.tokenAudiencesMax + 1))
            guard !list.isEmpty, list.count <= Limits.tokenAudiencesMax,
                list.allSatisfy({ $0.kind == .string })
            else { return nil }
            return list
        case .null, .true, .false, .number, .object:
            return nil
        }
    }

    private var audienceFailure: TokenRejection? {
        guard audiences != nil else { return .audienceClaim }
        return audience == nil ? .audience : nil
    }

    /// A moment that a claim gives in whole seconds since 1970 (RFC 7519, section 2, NumericDate;
    /// CDS Hooks asks for integers).
    func moment(_ name: String) -> Instant? {
        guard let claim = claims[name], claim.kind == .number,
            let seconds = claim.integerValue, seconds >= 0, seconds <= Self.lastSecond
        else { return nil }
        return Instant(microseconds: Int64(seconds) * 1_000_000)
    }

    /// The last second of the year 9999, the last that a date can be written of.
    private static let lastSecond = 253_402_300_799

    private var skewMicroseconds: Int64 { Int64(policy.skewSeconds) * 1_000_000 }

    private var expiry: TokenRejection? {
        guard let expiry = moment("exp") else { return .expiryClaim }
        // RFC 7519, section 4.1.4: on or after this moment the token must not be accepted.
        return now < expiry.advanced(byMicroseconds: skewMicroseconds) ? nil : .expired
    }

    private var issuedAt: TokenRejection? {
        guard let issuedAt = moment("iat") else { return .issuedAtClaim }
        return issuedAt <= now.advanced(byMicroseconds: skewMicroseconds) ? nil : .issuedInFuture
    }

    private var lifetime: TokenRejection? {
        guard let expiry = moment("exp") else { return .expiryClaim }
        guard let issuedAt = moment("iat") else { return .issuedAtClaim }
        let seconds = expiry.microseconds(since: issuedAt) / 1_000_000
        return seconds <= Int64(policy.lifetimeSecondsMax) ? nil : .lifetime
    }

    private var notBefore: TokenRejection? {
        guard claims["nbf"] != nil else { return nil }
        guard let notBefore = moment("nbf") else { return .notBeforeClaim }
        return notBefore <= now.advanced(byMicroseconds: skewMicroseconds) ? nil : .notYetValid
    }

    private var tenant: TokenRejection? {
        guard let claim = claims["tenant"] else {
            if case .required = policy.tenant { return .tenantClaim }
            return nil
        }
        guard claim.kind == .string else { return .tenantClaim }
        switch policy.tenant {
        case .ignored: return nil
        case .ifPresent(let text), .required(let text):
            return claim.isString(text) ? nil : .tenant
        }
    }

    /// The `jti`; `nil` when it cannot make the token's use single.
    var tokenID: String? {
        guard let text = claims["jti"]?.stringValue, !text.isEmpty,
            text.utf8.count <= Limits.tokenIDBytesMax
        else { return nil }
        return text
    }

    /// When the token can be forgotten.
    func forgottenAt(_ expiry: Instant) -> Instant {
        expiry.advanced(byMicroseconds: skewMicroseconds)
    }
}
