package import Crypto
import JSON

/// Signs tokens as a client does: for firing hooks by hand, and for tests.
package struct TokenSigner: Sendable {
    /// The name of the key.
    package let keyID: String
    /// How it signs.
    package let algorithm: JWSAlgorithm
    /// The `jku` of its tokens, when they name one.
    package let keySetURL: String?
    private let key: PrivateKey

    /// Makes a signer; `nil` when the key does not fit the algorithm.
    package init?(
        key: PrivateKey,
        keyID: String,
        algorithm: JWSAlgorithm,
        keySetURL: String? = nil
    ) {
        guard algorithm.fits(key.publicKey.material) else { return nil }
        self.key = key
        self.keyID = keyID
        self.algorithm = algorithm
        self.keySetURL = keySetURL
    }

    /// A signer with a new key; an RSA key has 2048 bits.
    package static func generate(_ algorithm: JWSAlgorithm, keyID: String) -> TokenSigner {
        let kind: KeyMaterial.Kind
        switch algorithm.scheme {
        case .rsaPKCS1, .rsaPSS: kind = .rsa(bits: 2_048)
        case .ecdsa: kind = .ellipticCurve(algorithm.curve ?? .p384)
        case .ed25519: kind = .ed25519
        }
        let key = PrivateKey.generate(kind)
        guard let signer = TokenSigner(key: key, keyID: keyID, algorithm: algorithm) else {
            preconditionFailure("a new key fits the algorithm it was made for")
        }
        return signer
    }

    /// The public half, as it stands in a key set.
    package var publicKey: JSONWebKey {
        JSONWebKey(keyID: keyID, algorithm: algorithm, publicKey: key.publicKey)
    }

    /// The private half, for writing it to a file.
    package var privateKey: PrivateKey { key }

    /// A signed token in its compact form.
    package func sign(_ claims: TokenClaims) -> String {
        sign(header: header, payload: claims.json)
    }

    /// A signed token of any header and payload, which need not be sound.
    package func sign(header: [UInt8], payload: [UInt8]) -> String {
        let input = Base64URL.text(header) + "." + Base64URL.text(payload)
        guard let signature = key.signature(over: Array(input.utf8), by: algorithm.scheme) else {
            preconditionFailure("a key that fits its algorithm can sign")
        }
        return input + "." + Base64URL.text(signature)
    }

    /// The header of its tokens: `alg`, `typ`, `kid` and, when it has one, `jku`.
    package var header: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("alg")
        writer.value(algorithm.rawValue)
        writer.name("typ")
        writer.value("JWT")
        writer.name("kid")
        writer.value(keyID)
        if let keySetURL {
            writer.name("jku")
            writer.value(keySetURL)
        }
        writer.endObject()
        return writer.bytes
    }
}
