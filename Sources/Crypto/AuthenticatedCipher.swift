import COpenSSL

/// Encryption that nobody can alter unseen: AES-256 in Galois/Counter Mode (NIST SP 800-38D).
///
///     seal(plaintext)  ->  ciphertext (as long as the plaintext) || tag (16 bytes)
///
/// A nonce must never come twice under one key: two messages under one nonce give away both and
/// the key of the tag with them. The caller makes nonces and bounds their number.
package enum AuthenticatedCipher {
    /// The length of a key in bytes.
    package static let keyByteCount = 32
    /// The length of a nonce in bytes; 96 bits are used as they are (SP 800-38D, 7.1).
    package static let nonceByteCount = 12
    /// The length of a tag in bytes, the longest that the mode has.
    package static let tagByteCount = 16

    /// Encrypts a message and binds it to data that is not part of it.
    ///
    /// - Parameters:
    ///   - plaintext: the message.
    ///   - key: 32 bytes.
    ///   - nonce: 12 bytes that this key has not seen yet.
    ///   - associated: what must be the same again when the message is opened.
    /// - Returns: the ciphertext and, behind it, the tag.
    package static func seal(
        _ plaintext: [UInt8],
        key: Secret,
        nonce: [UInt8],
        associated: [UInt8]
    ) -> [UInt8] {
        let context = CipherContext(.gcm, key: key, nonce: nonce, isEncrypting: true)
        context.bind(associated)
        var sealed = context.update(plaintext)
        precondition(sealed.count == plaintext.count, "the mode keeps the length of a message")
        sealed += context.tag()
        return sealed
    }

    /// Decrypts a message; `nil` when it, the key, the nonce or the associated data is not the one
    /// that it was sealed with.
    ///
    /// Nothing of the message is given out before its tag was found true.
    package static func open(
        _ sealed: ArraySlice<UInt8>,
        key: Secret,
        nonce: [UInt8],
        associated: [UInt8]
    ) -> [UInt8]? {
        guard sealed.count >= tagByteCount else { return nil }
        let context = CipherContext(.gcm, key: key, nonce: nonce, isEncrypting: false)
        context.bind(associated)
        var plaintext = context.update(Array(sealed.dropLast(tagByteCount)))
        guard context.isTagTrue(Array(sealed.suffix(tagByteCount))) else {
            Secret.wipe(&plaintext)
            return nil
        }
        return plaintext
    }
}
