package import Basics
import JSON

/// What a token to be signed says (CDS Hooks 2.0, "Trusting CDS Clients").
package struct TokenClaims: Sendable {
    /// Who issues it.
    package var issuer: String
    /// The URLs that it is meant for; one is written as a text, several as an array.
    package var audiences: [String]
    /// When it is issued.
    package var issuedAt: Instant
    /// How long it lives, in seconds.
    package var lifetimeSeconds: Int
    /// The nonce that makes its use single.
    package var tokenID: String
    /// Before when it must not be accepted, when that is said.
    package var notBefore: Instant?
    /// The organisation that calls, when that is said.
    package var tenant: String?

    /// Makes claims.
    package init(
        issuer: String,
        audiences: [String],
        issuedAt: Instant,
        lifetimeSeconds: Int = Limits.tokenLifetimeSecondsDefault,
        tokenID: String,
        notBefore: Instant? = nil,
        tenant: String? = nil
    ) {
        self.issuer = issuer
        self.audiences = audiences
        self.issuedAt = issuedAt
        self.lifetimeSeconds = lifetimeSeconds
        self.tokenID = tokenID
        self.notBefore = notBefore
        self.tenant = tenant
    }

    /// The claims as a JSON object.
    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("iss")
        writer.value(issuer)
        writer.name("aud")
        if audiences.count == 1 {
            writer.value(audiences[0])
        } else {
            writer.beginArray()
            for audience in audiences { writer.value(audience) }
            writer.endArray()
        }
        let issued = Int(issuedAt.microseconds / 1_000_000)
        writer.name("exp")
        writer.value(issued + lifetimeSeconds)
        writer.name("iat")
        writer.value(issued)
        writer.name("jti")
        writer.value(tokenID)
        if let notBefore {
            writer.name("nbf")
            writer.value(Int(notBefore.microseconds / 1_000_000))
        }
        if let tenant {
            writer.name("tenant")
            writer.value(tenant)
        }
        writer.endObject()
        return writer.bytes
    }
}
