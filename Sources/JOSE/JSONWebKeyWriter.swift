import Crypto
import JSON

/// Writes keys as JSON (RFC 7517, sections 4 and 5).
enum JSONWebKeyWriter {
    /// Writes one key, with its private half when that is given.
    static func write(
        _ key: JSONWebKey,
        secretsOf secret: PrivateKey? = nil,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        switch key.publicKey.material {
        case .rsa(let modulus, let exponent):
            member("kty", "RSA", &writer)
            number("n", KeyMaterial.trimmed(modulus), &writer)
            number("e", KeyMaterial.trimmed(exponent), &writer)
        case .ellipticCurve(let curve, let x, let y):
            member("kty", "EC", &writer)
            member("crv", curve.rawValue, &writer)
            number("x", x, &writer)
            number("y", y, &writer)
        case .ed25519(let bytes):
            member("kty", "OKP", &writer)
            member("crv", "Ed25519", &writer)
            number("x", bytes, &writer)
        }
        member("kid", key.keyID, &writer)
        member("use", "sig", &writer)
        if let algorithm = key.algorithm { member("alg", algorithm.rawValue, &writer) }
        if let secret { writeSecrets(secret, &writer) }
        writer.endObject()
    }

    private static func writeSecrets(_ key: PrivateKey, _ writer: inout JSONWriter) {
        if let scalar = key.secret { number("d", scalar, &writer) }
        guard let secrets = key.rsaSecrets else { return }
        number("d", secrets.exponent, &writer)
        number("p", secrets.factors[0], &writer)
        number("q", secrets.factors[1], &writer)
        number("dp", secrets.exponents[0], &writer)
        number("dq", secrets.exponents[1], &writer)
        number("qi", secrets.coefficient, &writer)
    }

    private static func member(_ name: String, _ text: String, _ writer: inout JSONWriter) {
        writer.name(name)
        writer.value(text)
    }

    private static func number(_ name: String, _ bytes: [UInt8], _ writer: inout JSONWriter) {
        member(name, Base64URL.text(bytes), &writer)
    }
}

extension KeySet {
    /// The keys as a JWK Set, in the order of their names; refused ones are left out.
    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("keys")
        writer.beginArray()
        for (_, key) in keys.sorted(by: { $0.key < $1.key }) {
            JSONWebKeyWriter.write(key, to: &writer)
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
