extension Limits {
    /// The shortest key for HMAC-SHA-256 in bytes.
    ///
    /// 128 bits is the least strength that NIST SP 800-131A accepts with a margin.
    @inlinable public static var authenticationKeyBytesMin: Int { 16 }
}
