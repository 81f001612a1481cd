package import Basics
import Crypto
import JSON

/// Decides whether a token is to be believed (RFC 7519, section 7.2; RFC 8725; CDS Hooks 2.0,
/// "Trusting CDS Clients").
///
///     let token = try UnverifiedToken(parsing: bytes)      // form, base64url, JSON
///     // the client registered for token.claimedIssuer gives the policy
///     let verified = try TokenVerifier.verify(token, policy: policy, now: now)
///     try await replayGuard.claim(verified.use(tenant: tenant), now: now)     // single use
///
/// The signature comes before the claims: what an audit row says of a claim was signed. Nothing
/// is opened or fetched here, whatever the token names.
package enum TokenVerifier {
    /// Verifies a token in its compact form.
    package static func verify(
        _ compact: [UInt8],
        policy: TokenPolicy,
        now: Instant
    ) throws(TokenRejection) -> VerifiedToken {
        try verify(UnverifiedToken(parsing: compact), policy: policy, now: now)
    }

    /// Verifies a token that was taken apart.
    package static func verify(
        _ token: UnverifiedToken,
        policy: TokenPolicy,
        now: Instant
    ) throws(TokenRejection) -> VerifiedToken {
        let examination = TokenExamination(token, policy, now: now)
        for check in TokenCheck.allCases {
            guard let rejection = examination.failure(of: check) else { continue }
            if check.isBeforeSignature { spendSignature(on: token) }
            throw rejection
        }
        return try verified(examination)
    }

    /// Spends the time of a signature check on a token that is refused without one.
    ///
    /// The answer then comes as late as for a wrong signature, and its time does not tell which
    /// issuers and key ids exist. Who does not know the issuer of a token calls this before the
    /// refusal. A token of no algorithm of ours costs as much as one of the first that is
    /// recommended.
    package static func spendSignature(on token: UnverifiedToken) {
        spendSignature(token.signed.algorithm ?? .es384, over: token.signed.signingInput)
    }

    /// Spends the time of a signature check where there is no token that could be taken apart.
    package static func spendSignature() { spendSignature(.es384, over: []) }

    private static func spendSignature(_ algorithm: JWSAlgorithm, over input: [UInt8]) {
        _ = DecoyKeys.key(for: algorithm)?.isValid(
            DecoyKeys.signature(for: algorithm),
            over: input,
            by: algorithm.scheme
        )
    }

    /// The checks have passed, so what they looked at is there.
    private static func verified(
        _ examination: TokenExamination
    ) throws(TokenRejection) -> VerifiedToken {
        guard let keyID = examination.keyID else { throw .keyIDMissing }
        guard let algorithm = examination.signed.algorithm else { throw .algorithmUnknown }
        guard let audience = examination.audience else { throw .audience }
        guard let tokenID = examination.tokenID else { throw .tokenIDClaim }
        guard let expiresAt = examination.moment("exp") else { throw .expiryClaim }
        guard let issuedAt = examination.moment("iat") else { throw .issuedAtClaim }
        return VerifiedToken(
            issuer: examination.policy.issuer,
            keyID: keyID,
            algorithm: algorithm,
            audience: audience,
            tokenID: tokenID,
            tenant: examination.claims["tenant"]?.stringValue,
            issuedAt: issuedAt,
            expiresAt: expiresAt,
            forgottenAt: examination.forgottenAt(expiresAt)
        )
    }
}
