package import JOSE

import Basics

/// How the tokens of a client are known (CDS Hooks 2.0, "Trusting CDS Clients").
///
///     { "issuer": "https://ehr.example", "keys": { "file": "ward-ehr.jwks.json" },
///       "audience": [ "https://limen.example/cds-services/news2" ], "tenant": "ward-7",
///       "algorithms": [ "ES384" ], "lifetimeMax": "PT5M", "skew": "PT30S" }
package struct TokenRegistration: Sendable {
    /// Where the public keys come from.
    package enum KeySource: Sendable {
        /// A JWK Set that was exchanged out of band.
        case set(KeySet)
        /// The address of a JWK Set; no other address is ever asked, whatever a token says.
        case address(String)

        /// The address, when it is one.
        package var address: String? {
            switch self {
            case .set: nil
            case .address(let address): address
            }
        }

        var isAddress: Bool { address != nil }
    }

    /// What `iss` must be.
    package let issuer: String
    /// Where the public keys come from.
    package let keys: KeySource
    /// Whether keys that a new set no longer names are believed for a while longer.
    package let overlaps: Bool
    /// The values of `jku` that a header may hold; they are compared and never fetched.
    package let keyAddresses: [String]
    /// Further values of `aud` beside the address that was called.
    package let audiences: [String]
    /// What `tenant` must be; `nil` when the client sends none.
    package let tenantClaim: String?
    /// The algorithms it may sign with.
    package let algorithms: Set<JWSAlgorithm>
    /// The longest time between `iat` and `exp`, in seconds.
    package let lifetimeSecondsMax: Int
    /// How far the clocks may differ, in seconds.
    package let skewSeconds: Int

    /// How long a key is believed after a rotation, in seconds.
    ///
    /// A token that was signed just before it, by a clock that is ahead, is good for its life and
    /// twice the skew; no less than the usual values, since a client may be slow to change.
    var overlapSeconds: Int {
        max(
            Limits.tokenLifetimeSecondsDefault + Limits.tokenSkewSecondsDefault,
            lifetimeSecondsMax + 2 * skewSeconds
        )
    }
}
