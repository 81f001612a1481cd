package import Basics
import COpenSSL

/// A key for HMAC-SHA-256 (RFC 2104), prepared once and used many times.
///
/// Pseudonyms of patients and users, request digests and card identifiers are made with such
/// keys: without the key a low-entropy value cannot be guessed from its hash.
@safe
package final class AuthenticationKey: Sendable {
    // The context is keyed in the initialiser and only read, by duplication, afterwards.
    private nonisolated(unsafe) let context: OpaquePointer

    /// Prepares a key.
    ///
    /// - Parameter bytes: The secret; at least 16 bytes, best 32 random ones.
    package init(_ bytes: [UInt8]) {
        precondition(bytes.count >= Limits.authenticationKeyBytesMin, "the key is too short")
        unsafe context = Self.prepare(bytes)
    }

    deinit {
        unsafe EVP_MAC_CTX_free(context)
    }

    /// The 32 bytes of HMAC-SHA-256 over some bytes.
    package func authenticate(_ bytes: [UInt8]) -> [UInt8] {
        guard let copy = unsafe EVP_MAC_CTX_dup(context) else {
            preconditionFailure("OpenSSL could not copy a key")
        }
        defer { unsafe EVP_MAC_CTX_free(copy) }
        let isRead = unsafe bytes.withUnsafeBufferPointer { source in
            unsafe EVP_MAC_update(copy, source.baseAddress, source.count)
        }
        precondition(isRead == 1, "OpenSSL could not authenticate")
        return unsafe [UInt8](unsafeUninitializedCapacity: Digest.sha256ByteCount) {
            buffer,
            count in
            let isDone = unsafe EVP_MAC_final(copy, buffer.baseAddress, &count, buffer.count)
            precondition(isDone == 1, "OpenSSL could not authenticate")
            precondition(count == Digest.sha256ByteCount, "the code has an unexpected length")
        }
    }

    /// The 32 bytes of HMAC-SHA-256 over a text in UTF-8.
    package func authenticate(_ text: String) -> [UInt8] {
        authenticate(Array(text.utf8))
    }

    /// The HMAC of several parts, each preceded by its length.
    ///
    /// The lengths keep `("ab", "c")` apart from `("a", "bc")`.
    package func authenticate(parts: [String]) -> [UInt8] {
        var message: [UInt8] = []
        for part in parts {
            let bytes = Array(part.utf8)
            for shift in stride(from: 56, through: 0, by: -8) {
                message.append(UInt8(truncatingIfNeeded: UInt64(bytes.count) >> UInt64(shift)))
            }
            message += bytes
        }
        return authenticate(message)
    }

    /// A UUID of version 8 (RFC 9562, 5.8) derived from several parts under this key.
    ///
    /// The same parts give the same UUID; without the key it cannot be foretold.
    package func identifier(parts: [String]) -> UUIDBytes {
        guard let raw = UUIDBytes(authenticate(parts: parts).prefix(16)) else {
            preconditionFailure("a hash is at least sixteen bytes long")
        }
        return raw.withVersion(8)
    }

    /// Whether a code belongs to some bytes, found in constant time.
    package func isValid(_ code: [UInt8], for bytes: [UInt8]) -> Bool {
        ConstantTime.areEqual(code, authenticate(bytes))
    }

    private static func prepare(_ bytes: [UInt8]) -> OpaquePointer {
        CryptoStart.begin()
        let algorithm = unsafe EVP_MAC_fetch(nil, "HMAC", nil)
        defer { unsafe EVP_MAC_free(algorithm) }
        guard let context = unsafe EVP_MAC_CTX_new(algorithm) else {
            preconditionFailure("OpenSSL has no HMAC")
        }
        let isKeyed = unsafe bytes.withUnsafeBufferPointer { key in
            unsafe limen_mac_init_sha256(context, key.baseAddress, key.count)
        }
        precondition(isKeyed == 1, "OpenSSL could not take a key")
        return unsafe context
    }
}
