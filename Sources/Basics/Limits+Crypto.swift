extension Limits {
    /// The shortest key for HMAC-SHA-256 in bytes.
    ///
    /// 128 bits is the least strength that NIST SP 800-131A accepts with a margin.
    @inlinable public static var authenticationKeyBytesMin: Int { 16 }

    /// The longest RSA modulus in bytes.
    ///
    /// A check of 8192 bits costs some 350 microseconds; a longer one is a lever on the processor.
    @inlinable public static var rsaModulusBytesMax: Int { 1_024 }

    /// The longest public exponent of RSA in bytes, a leading zero included.
    ///
    /// Everybody uses 65537; the cost of a check grows with the exponent's length.
    @inlinable public static var rsaExponentBytesMax: Int { 5 }

    /// The most key material in bytes that is wrapped as one.
    ///
    /// A data key and what binds it to its owner take 48.
    @inlinable public static var wrappedKeyBytesMax: Int { 256 }
}
