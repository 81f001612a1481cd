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

    /// The largest file of certificates, or of a key, in bytes: a chain of some hundred.
    @inlinable public static var tlsFileBytesMax: Int { 1 << 20 }

    /// How long before its end the certificate of the listener is named in `/readyz`, in seconds:
    /// 14 days.
    ///
    /// Those that are renewed by themselves are so 30 days ahead, and of those of a week everybody
    /// knows; what is left then is somebody who has to be told.
    @inlinable public static var certificateNoticeSeconds: Int { 14 * 86_400 }

    /// How long a TLS session may be resumed, in seconds.
    ///
    /// Who resumes shows no certificate again, so a certificate that is withdrawn counts at the
    /// latest after this time.
    @inlinable public static var tlsSessionSeconds: Int { 3_600 }

    /// How long the keys that seal session tickets are in use, in seconds: twelve hours.
    ///
    /// Who learns such a key can read what was said in sessions of TLS 1.2 that it sealed, so they
    /// are to be changed regularly, and tickets to count for half as long at most (RFC 9325 section
    /// 3.4). The certificate is read anew with them.
    @inlinable public static var tlsTicketKeySeconds: Int { 43_200 }

    /// The longest chain that a client may show, in bytes: it is read before anybody is known.
    @inlinable public static var tlsClientChainBytesMax: Int { 16_384 }

    /// How many certificates may stand between a client's and an authority.
    @inlinable public static var tlsChainDepthMax: Int { 4 }

    /// How many names of a client's certificate are looked at.
    @inlinable public static var tlsNamesMax: Int { 32 }

    /// How many bytes are encrypted in one go, and so how many of a response exist twice: 32 KB, or
    /// two records.
    ///
    /// More is encrypted when these are sent: what waits for slow readers is the response itself,
    /// which those who ask for the same thing share.
    @inlinable public static var tlsPieceBytes: Int { 1 << 15 }

    /// How many encrypted bytes may wait in the exchange of a loop: the chain of a server, or a
    /// piece of a response, whichever is larger, and their framing.
    @inlinable public static var tlsExchangeBytesMax: Int { 2 * (tlsFileBytesMax + tlsPieceBytes) }

    /// How many bytes one receive can decrypt to: what was received, and a record before it.
    @inlinable public static var tlsPlainBytesMax: Int { httpReadBytes + 32_768 }
}
