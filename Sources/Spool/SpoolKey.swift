package import Basics
import Crypto

/// A key of the spool with the name it has in segments.
package struct SpoolKey: Sendable {
    /// The name, which tells nothing about the key.
    package let id: UUIDBytes
    let secret: Secret

    /// Derives the key of a spool from a secret of at least 32 bytes; `nil` for a shorter one.
    ///
    /// The secret may serve other ends as well: what is derived under another label is unrelated
    /// (NIST SP 800-108, with HMAC-SHA-256 as the function).
    package init?(secret: [UInt8]) {
        guard secret.count >= AuthenticatedCipher.keyByteCount else { return nil }
        let key = AuthenticationKey(secret)
        id = key.identifier(parts: ["limen-spool", "key-id"])
        var derived = key.authenticate(parts: ["limen-spool", "encryption"])
        self.secret = Secret(derived)
        Secret.wipe(&derived)
    }
}
