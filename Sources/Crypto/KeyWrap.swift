import Basics

/// Keys encrypted under another key: AES-256 key wrap (RFC 3394, NIST SP 800-38F, KW).
///
/// It needs no nonce, so the number of keys that one key wraps is not bounded by chance, and every
/// bit of what is wrapped depends on every other: a changed byte makes the whole unusable.
package enum KeyWrap {
    /// How many bytes a wrapped key is longer than the key.
    package static let overheadByteCount = 8

    /// Wraps some key material under a key of 32 bytes.
    ///
    /// The material has 16 bytes or more, a multiple of 8 (RFC 3394, section 2).
    package static func wrap(_ material: [UInt8], under key: Secret) -> [UInt8] {
        precondition(material.count >= 16, "at least two blocks are wrapped")
        precondition(material.count.isMultiple(of: 8), "whole blocks are wrapped")
        precondition(material.count <= Limits.wrappedKeyBytesMax, "keys are short")
        let context = CipherContext(.wrap, key: key, nonce: [], isEncrypting: true)
        guard let wrapped = context.transform(material) else {
            preconditionFailure("OpenSSL could not wrap a key")
        }
        precondition(wrapped.count == material.count + overheadByteCount, "an unexpected length")
        return wrapped
    }

    /// Unwraps key material; `nil` when it was not wrapped under this key or was altered.
    ///
    /// The caller wipes what he gets.
    package static func unwrap(_ wrapped: [UInt8], under key: Secret) -> [UInt8]? {
        guard wrapped.count >= 16 + overheadByteCount, wrapped.count.isMultiple(of: 8),
            wrapped.count <= Limits.wrappedKeyBytesMax + overheadByteCount
        else { return nil }
        let context = CipherContext(.wrap, key: key, nonce: [], isEncrypting: false)
        guard let material = context.transform(wrapped),
            material.count == wrapped.count - overheadByteCount
        else { return nil }
        return material
    }
}
