import COpenSSL

/// Hashes of whole byte strings, by OpenSSL (FIPS 180-4).
package enum Digest {
    /// The length of a SHA-256 hash.
    package static let sha256ByteCount = 32

    /// The SHA-256 hash of some bytes.
    package static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        unsafe hash(bytes, byteCount: sha256ByteCount, by: EVP_sha256())
    }

    /// The SHA-256 hash of a text in UTF-8.
    package static func sha256(_ text: String) -> [UInt8] {
        sha256(Array(text.utf8))
    }

    /// The SHA-1 hash of some bytes.
    ///
    /// Only for name-based UUIDs of version 5 (RFC 9562, 5.5), which ask for it; it protects
    /// nothing.
    package static func sha1(_ bytes: [UInt8]) -> [UInt8] {
        unsafe hash(bytes, byteCount: 20, by: EVP_sha1())
    }

    private static func hash(
        _ bytes: [UInt8],
        byteCount: Int,
        by algorithm: OpaquePointer?
    ) -> [UInt8] {
        CryptoStart.begin()
        return unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            var length: UInt32 = 0
            let isDone = unsafe bytes.withUnsafeBytes { source in
                unsafe EVP_Digest(
                    source.baseAddress,
                    source.count,
                    buffer.baseAddress,
                    &length,
                    algorithm,
                    nil
                )
            }
            precondition(isDone == 1, "OpenSSL could not hash")
            precondition(Int(length) == byteCount, "the hash has an unexpected length")
            count = byteCount
        }
    }
}
