import COpenSSL

/// The hashes that signatures are made over (FIPS 180-4).
package enum HashFunction: String, Sendable, CaseIterable {
    case sha256 = "SHA-256"
    case sha384 = "SHA-384"
    case sha512 = "SHA-512"

    @safe var algorithm: OpaquePointer? {
        switch self {
        case .sha256: unsafe EVP_sha256()
        case .sha384: unsafe EVP_sha384()
        case .sha512: unsafe EVP_sha512()
        }
    }
}

/// How a signature is made: the kind of key, the padding and the hash.
package enum SignatureScheme: Sendable, Hashable {
    /// RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2).
    case rsaPKCS1(HashFunction)
    /// RSASSA-PSS with MGF1 over the same hash and a salt as long as the hash (RFC 7518, 3.5).
    case rsaPSS(HashFunction)
    /// ECDSA, the signature as r || s (RFC 7518, section 3.4).
    case ecdsa(HashFunction)
    /// Ed25519 (RFC 8032, section 5.1).
    case ed25519
}
