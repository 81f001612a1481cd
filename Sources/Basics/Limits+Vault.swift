extension Limits {
    /// The longest file or answer of a command with the keys of a tenant, in bytes.
    ///
    /// Sixty-four keys of each kind take 10 KB.
    @inlinable public static var keyTextBytesMax: Int { 64 << 10 }

    /// The most wrapping keys, and the most pseudonym epochs, that a tenant has at a time.
    ///
    /// A key that is rotated each month for five years.
    @inlinable public static var tenantKeysMax: Int { 64 }

    /// The longest id of a wrapping key in bytes.
    @inlinable public static var wrappingKeyNameBytesMax: Int { 32 }

    /// The most arguments of a command that gives keys, the program included.
    @inlinable public static var keyCommandArgumentsMax: Int { 32 }

    /// How long a command that gives keys may take in milliseconds.
    ///
    /// It is asked at the start and after a rotation, never for a request.
    @inlinable public static var keyCommandMilliseconds: Int { 10_000 }

    /// How many messages one data key encrypts at most.
    ///
    /// With random nonces of 96 bits NIST SP 800-38D, 8.3, allows 2^32 for a chance of a repeated
    /// nonce below 2^-32; a million keep that chance below 2^-56.
    @inlinable public static var dataKeyUsesMax: Int { 1 << 20 }

    /// For how long a process seals with a data key, in seconds.
    ///
    /// What is older than twice that is sealed with by nobody any more, so an erasure that leaves
    /// younger keys alone never makes a row unreadable that is still to be written.
    @inlinable public static var dataKeySeconds: Int { 60 }

    /// How long a data key may be on its way to the database or the spool, in seconds, before a
    /// gateway no longer says that its wrapping key is in use.
    ///
    /// A row that has not landed by then was given up long ago, by everybody who waited for it.
    @inlinable public static var dataKeyTransitSeconds: Int { 600 }

    /// How many data keys a process holds at most.
    ///
    /// Some 400 bytes each: 4 MB.
    @inlinable public static var dataKeysMax: Int { 10_000 }

    /// The longest text that is packed before it is sealed, in bytes.
    ///
    /// The longest row of the audit trail; what is longer is refused anyway.
    @inlinable public static var packedTextBytesMax: Int { auditRowBytesMax }
}
