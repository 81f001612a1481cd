package import Basics
import Crypto

/// A token whose every check has passed, but for its single use.
package struct VerifiedToken: Sendable, Equatable {
    /// Who issued it.
    package let issuer: String
    /// The key that signed it.
    package let keyID: String
    /// How it was signed.
    package let algorithm: JWSAlgorithm
    /// The URL of ours that it is meant for.
    package let audience: String
    /// Its `jti`.
    package let tokenID: String
    /// Its `tenant`, when it has one.
    package let tenant: String?
    /// Its `iat`.
    package let issuedAt: Instant
    /// Its `exp`.
    package let expiresAt: Instant
    /// When it can be forgotten: at its expiry and the granted difference of clocks.
    package let forgottenAt: Instant

    /// What makes its use single, for a tenant.
    package func use(tenant: String) -> TokenUse {
        TokenUse(
            tenant: tenant,
            issuerDigest: Digest.sha256(issuer),
            tokenIDDigest: Digest.sha256(tokenID),
            forgottenAt: forgottenAt
        )
    }
}

/// One use of a token: who may not use which `jti` again, until when.
///
/// Hashes stand for the texts: a `jti` is chosen by the caller and may hold anything.
package struct TokenUse: Sendable, Hashable {
    /// The tenant of the client.
    package let tenant: String
    /// SHA-256 of the issuer.
    package let issuerDigest: [UInt8]
    /// SHA-256 of the `jti`.
    package let tokenIDDigest: [UInt8]
    /// Until when the use must be remembered.
    package let forgottenAt: Instant

    /// Makes a use.
    package init(
        tenant: String,
        issuerDigest: [UInt8],
        tokenIDDigest: [UInt8],
        forgottenAt: Instant
    ) {
        self.tenant = tenant
        self.issuerDigest = issuerDigest
        self.tokenIDDigest = tokenIDDigest
        self.forgottenAt = forgottenAt
    }
}
