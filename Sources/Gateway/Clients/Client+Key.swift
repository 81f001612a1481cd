import Crypto

extension Client {
    /// What to store for a new key of a client, and the key to hand out.
    ///
    /// - Parameters:
    ///   - client: the id of the client.
    ///   - secret: at least 16 random bytes.
    ///   - salt: at least 16 other random bytes.
    /// - Returns: the key, and salt and digest in hexadecimal for the client's document.
    package static func makeKey(
        client: String,
        secret: [UInt8],
        salt: [UInt8]
    ) -> (key: String, salt: String, sha256: String) {
        precondition(secret.count >= 16, "a secret needs 16 bytes")
        let key = client + "." + Hexadecimal.text(secret)
        let digest = Digest.sha256(salt + Array(key.utf8))
        return (key, Hexadecimal.text(salt), Hexadecimal.text(digest))
    }
}
