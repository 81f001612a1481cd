import Basics

/// What is demanded of the tokens of one issuer, from the registered client.
package struct TokenPolicy: Sendable {
    /// What is demanded of the `tenant` claim.
    package enum Tenant: Sendable, Equatable {
        /// It must be a text when it is there; what it says is not looked at.
        case ignored
        /// It must be this text when it is there.
        case ifPresent(String)
        /// It must be there and be this text.
        case required(String)
    }

    /// The issuer, compared byte by byte.
    package var issuer: String
    /// The URLs that we answer to, any of which the token may be meant for.
    package var audiences: [String]
    /// The algorithms that the issuer is registered for.
    package var algorithms: Set<JWSAlgorithm>
    /// The issuer's keys.
    package var keys: KeySet
    /// The values of `jku` that a token may hold; they are compared and never fetched.
    package var keySetURLs: [String]
    /// What is demanded of the `tenant` claim.
    package var tenant: Tenant
    /// The longest time from `iat` to `exp`, in seconds.
    package var lifetimeSecondsMax: Int
    /// The difference between the two clocks that is granted, in seconds.
    package var skewSeconds: Int

    /// Makes a policy.
    package init(
        issuer: String,
        audiences: [String],
        algorithms: Set<JWSAlgorithm> = JWSAlgorithm.recommended,
        keys: KeySet,
        keySetURLs: [String] = [],
        tenant: Tenant = .ignored,
        lifetimeSecondsMax: Int = Limits.tokenLifetimeSecondsDefault,
        skewSeconds: Int = Limits.tokenSkewSecondsDefault
    ) {
        precondition(lifetimeSecondsMax > 0, "a token must live for some time")
        precondition(lifetimeSecondsMax <= Limits.tokenLifetimeSecondsMax, "tokens live too long")
        precondition(skewSeconds >= 0, "a negative difference of clocks")
        precondition(skewSeconds <= Limits.tokenSkewSecondsMax, "too great a difference of clocks")
        self.issuer = issuer
        self.audiences = audiences
        self.algorithms = algorithms
        self.keys = keys
        self.keySetURLs = keySetURLs
        self.tenant = tenant
        self.lifetimeSecondsMax = lifetimeSecondsMax
        self.skewSeconds = skewSeconds
    }
}
