package import Crypto
package import JSON

/// A private key as a document of its own (RFC 7517; RFC 7518, section 6): what a client signs with.
///
/// The gateway reads it only when it plays the client (`limen hook fire`), and writes it when it
/// makes a key for a trial.
package struct SigningKeyDocument: Sendable {
    /// The key.
    package let key: PrivateKey
    /// Its name, when the document says one.
    package let keyID: String?
    /// What it signs with, when the document says it.
    package let algorithm: JWSAlgorithm?

    /// Reads a document.
    package init(reading value: JSONValue) throws(KeyRefusal) {
        guard value.kind == .object else { throw .notAnObject }
        let key: PrivateKey?
        switch value["kty"]?.stringValue {
        case "RSA":
            let exponents = [try Self.bytes(value, "dp"), try Self.bytes(value, "dq")]
            let secrets = PrivateKey.RSASecrets(
                exponent: try Self.bytes(value, "d"),
                factors: [try Self.bytes(value, "p"), try Self.bytes(value, "q")],
                exponents: exponents,
                coefficient: try Self.bytes(value, "qi")
            )
            key = PrivateKey(
                modulus: try Self.bytes(value, "n"),
                exponent: try Self.bytes(value, "e"),
                secrets: secrets
            )
        case "EC":
            guard let curve = value["crv"]?.stringValue.flatMap(EllipticCurve.init(rawValue:))
            else { throw .curve }
            key = PrivateKey(
                curve,
                x: try Self.bytes(value, "x"),
                y: try Self.bytes(value, "y"),
                scalar: try Self.bytes(value, "d")
            )
        case "OKP":
            guard value["crv"]?.isString("Ed25519") == true else { throw .curve }
            key = PrivateKey(ed25519: try Self.bytes(value, "d"))
        default:
            throw .keyType
        }
        guard let key else { throw .unsound }
        self.key = key
        keyID = value["kid"]?.stringValue
        algorithm = value["alg"]?.stringValue.flatMap(JWSAlgorithm.init(rawValue:))
        if value["alg"] != nil {
            guard let algorithm, algorithm.fits(key.publicKey.material) else { throw .algorithm }
        }
    }

    /// The private half of a signer as a document.
    package static func text(of signer: TokenSigner) -> [UInt8] {
        var writer = JSONWriter()
        JSONWebKeyWriter.write(signer.publicKey, secretsOf: signer.privateKey, to: &writer)
        return writer.bytes
    }

    private static func bytes(_ value: JSONValue, _ name: String) throws(KeyRefusal) -> [UInt8] {
        guard let text = value[name]?.stringValue, let bytes = Base64URL.bytes(text),
            !bytes.isEmpty
        else { throw .memberMalformed }
        return bytes
    }
}
