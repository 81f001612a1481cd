extension Limits {
    /// The longest token in bytes.
    ///
    /// A signed token with the claims of CDS Hooks is below one kilobyte; 8 KiB is what servers
    /// grant a header field.
    @inlinable public static var tokenBytesMax: Int { 8_192 }

    /// The longest `jti` in bytes; a UUID has 36.
    @inlinable public static var tokenIDBytesMax: Int { 128 }

    /// The longest `kid` in bytes; a thumbprint has 43, some vendors' are longer.
    @inlinable public static var keyIDBytesMax: Int { 256 }

    /// The most audiences of one token; each is compared with each that we answer to.
    @inlinable public static var tokenAudiencesMax: Int { 16 }

    /// The longest time from `iat` to `exp` when a client is granted no other, in seconds.
    @inlinable public static var tokenLifetimeSecondsDefault: Int { 300 }

    /// The difference between two clocks that is granted when nothing else is said, in seconds.
    @inlinable public static var tokenSkewSecondsDefault: Int { 30 }

    /// The largest JWK Set in bytes; sixty-four keys of 4096 bits with certificates fit.
    @inlinable public static var keySetBytesMax: Int { 262_144 }

    /// The most keys of one JWK Set; each costs a check of its soundness when it is read.
    @inlinable public static var keySetKeysMax: Int { 64 }

    /// The shortest RSA modulus in bits (RFC 7518, section 3.3).
    @inlinable public static var rsaModulusBitsMin: Int { 2_048 }

    /// The smallest public exponent of RSA (FIPS 186-5, section 5.1).
    @inlinable public static var rsaExponentMin: Int { 65_537 }

    /// The most used tokens that one process remembers; the database knows the others.
    @inlinable public static var replayCacheEntriesMax: Int { 65_536 }

    /// The most unknown key ids that are remembered for one issuer.
    @inlinable public static var unknownKeyIDsMax: Int { 256 }

    /// The shortest time between two refreshes of one key set, in seconds.
    ///
    /// A token with an unknown key id asks for a refresh, and anybody can send such tokens.
    @inlinable public static var keyRefreshSecondsMin: Int { 60 }

    /// The time between two refreshes when nobody asks, in seconds.
    @inlinable public static var keyRefreshSecondsDefault: Int { 600 }

    /// How long a key set from a URL is trusted without a refresh that succeeded, in seconds.
    ///
    /// A day outlasts a weekend's outage of nobody's, and ends a withdrawn key some time.
    @inlinable public static var keySetAgeSecondsMax: Int { 86_400 }
}
