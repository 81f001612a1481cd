import COpenSSL

/// Comparison that takes the same time wherever two secrets differ.
package enum ConstantTime {
    /// Whether two byte strings are equal.
    ///
    /// Only a difference in length is told early; lengths are no secret here.
    package static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe left.withUnsafeBytes { first in
            unsafe right.withUnsafeBytes { second in
                unsafe CRYPTO_memcmp(first.baseAddress, second.baseAddress, first.count) == 0
            }
        }
    }
}
