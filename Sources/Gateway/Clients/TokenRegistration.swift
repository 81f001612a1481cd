/// How the tokens of a client are known (CDS Hooks 2.0, "Trusting CDS Clients").
///
///     { "issuer": "https://ehr.example", "keys": { "file": "ward-ehr.jwks.json" },
///       "audience": [ "https://limen.example/cds-services/news2" ], "tenant": "ward-7",
///       "algorithms": [ "ES384" ], "lifetimeMax": "PT5M", "skew": "PT30S" }
package struct TokenRegistration: Sendable, Equatable {
    /// Where the public keys come from.
    package enum KeySource: Sendable, Equatable {
        /// The text of a JWK Set that was exchanged out of band.
        case document([UInt8])
        /// The address of a JWK Set; no other address is ever asked, whatever a token says.
        case url(String)
    }

    /// What `iss` must be.
    package let issuer: String
    /// Where the public keys come from.
    package let keys: KeySource
    /// The values of `jku` that a header may hold; they are compared and never fetched.
    package let keyAddresses: [String]
    /// Further values of `aud` beside the address that was called.
    package let audiences: [String]
    /// What `tenant` must be; `nil` when the client sends none.
    package let tenantClaim: String?
    /// The names of the algorithms it may sign with (RFC 7518, section 3.1).
    package let algorithms: [String]
    /// The longest time between `iat` and `exp`, in seconds.
    package let lifetimeSecondsMax: Int
    /// How far the clocks may differ, in seconds.
    package let skewSeconds: Int

    /// The algorithms that can be registered: none that is symmetric, and never `none`.
    package static let knownAlgorithms = [
        "ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "EdDSA",
    ]
    /// Those that CDS Hooks recommends, which count when none are registered.
    package static let recommendedAlgorithms = ["ES384", "RS384"]
    /// The longest life of a token when none is registered, in seconds.
    package static let lifetimeSecondsDefault = 300
    /// The clock skew when none is registered, in seconds.
    package static let skewSecondsDefault = 30
}
