package import Basics

import Crypto

/// What is stored of an API key: a salt, and SHA-256 over salt and key.
///
/// A key is made of 32 random bytes, so that no slow hash is needed: there is nothing to guess.
package struct APIKeyDigest: Sendable, Equatable {
    /// The salt.
    package let salt: [UInt8]
    /// SHA-256 over salt and key.
    package let digest: [UInt8]
    /// From when on it is not valid any more; `nil` for never.
    package let until: Instant?

    /// Whether a key is the one of the digest; takes the same time wherever they differ.
    func fits(_ key: [UInt8]) -> Bool {
        ConstantTime.areEqual(Digest.sha256(salt + key), digest)
    }

    /// What no key fits, for the time that it takes to find that out.
    static let decoy = APIKeyDigest(
        salt: [UInt8](repeating: 0, count: Limits.apiKeySaltBytesMin),
        digest: [UInt8](repeating: 0, count: 32),
        until: nil
    )
}
