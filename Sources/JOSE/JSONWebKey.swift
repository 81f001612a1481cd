import Basics
package import Crypto
package import JSON

/// One public key of an issuer (RFC 7517, section 4; RFC 7518, section 6; RFC 8037, section 2).
///
///     { "kty": "EC", "crv": "P-384", "x": "...", "y": "...",
///       "kid": "ec-1", "use": "sig", "alg": "ES384" }
///
/// Checked when it is read, once: kind, curve, length, soundness, and that it is meant for
/// checking signatures. Certificates beside it (`x5c`) are not looked at.
package struct JSONWebKey: Sendable {
    /// The name of the key, unique within its set and compared byte by byte.
    package let keyID: String
    /// The only algorithm that the issuer wants the key used with, when it says so.
    package let algorithm: JWSAlgorithm?
    /// The key.
    package let publicKey: PublicKey

    /// Makes a key.
    package init(keyID: String, algorithm: JWSAlgorithm?, publicKey: PublicKey) {
        self.keyID = keyID
        self.algorithm = algorithm
        self.publicKey = publicKey
    }

    /// Reads a key.
    ///
    /// - Throws: `KeyRefusal` with the first reason not to use it.
    package init(reading value: JSONValue) throws(KeyRefusal) {
        guard value.kind == .object else { throw .notAnObject }
        guard let keyID = value["kid"]?.stringValue, !keyID.isEmpty,
            keyID.utf8.count <= Limits.keyIDBytesMax
        else { throw .noKeyID }
        let material = try Self.material(value)
        try Self.checkPurpose(value)
        algorithm = try Self.algorithm(value, material)
        guard let key = PublicKey(material) else { throw .unsound }
        self.keyID = keyID
        publicKey = key
    }

    /// Whether the key may decide over a signature made with an algorithm.
    package func mayVerify(_ algorithm: JWSAlgorithm) -> Bool {
        if let own = self.algorithm, own != algorithm { return false }
        return algorithm.fits(publicKey.material)
    }

    private static func material(_ value: JSONValue) throws(KeyRefusal) -> KeyMaterial {
        switch value["kty"]?.stringValue {
        case "RSA":
            let modulus = try bytes(value, "n")
            let exponent = try bytes(value, "e")
            try RSAKeyCheck.check(modulus: modulus, exponent: exponent)
            return .rsa(modulus: modulus, exponent: exponent)
        case "EC":
            guard let curve = value["crv"]?.stringValue.flatMap(EllipticCurve.init(rawValue:))
            else { throw .curve }
            let x = try bytes(value, "x")
            let y = try bytes(value, "y")
            // RFC 7518, section 6.2.1.2: a coordinate keeps its leading zeros.
            guard x.count == curve.byteCount, y.count == curve.byteCount else {
                throw .memberMalformed
            }
            return .ellipticCurve(curve, x: x, y: y)
        case "OKP":
            guard value["crv"]?.isString("Ed25519") == true else { throw .curve }
            let key = try bytes(value, "x")
            guard key.count == KeyMaterial.ed25519ByteCount else { throw .memberMalformed }
            return .ed25519(key)
        default:
            throw .keyType
        }
    }

    private static func bytes(_ value: JSONValue, _ name: String) throws(KeyRefusal) -> [UInt8] {
        guard let text = value[name]?.stringValue, let bytes = Base64URL.bytes(text),
            !bytes.isEmpty
        else { throw .memberMalformed }
        return bytes
    }

    /// RFC 7517, sections 4.2 and 4.3: a key for encryption must not decide over signatures.
    private static func checkPurpose(_ value: JSONValue) throws(KeyRefusal) {
        if let use = value["use"], !use.isString("sig") { throw .use }
        guard let operations = value["key_ops"] else { return }
        guard operations.kind == .array else { throw .operations }
        let names = operations.elements.map(\.stringValue)
        guard Set(names).count == names.count, names.contains("verify"),
            names.allSatisfy({ $0 != nil })
        else { throw .operations }
    }

    private static func algorithm(
        _ value: JSONValue,
        _ material: KeyMaterial
    ) throws(KeyRefusal) -> JWSAlgorithm? {
        guard let member = value["alg"] else { return nil }
        guard let algorithm = member.stringValue.flatMap(JWSAlgorithm.init(rawValue:)),
            algorithm.fits(material)
        else { throw .algorithm }
        return algorithm
    }
}
