/// Why one key of a JWK Set is not used; the others of the set are.
///
/// RFC 7517, section 5, asks readers to pass over keys that they do not understand.
package enum KeyRefusal: String, Error, Sendable, CaseIterable {
    case notAnObject = "not-an-object"
    case noKeyID = "no-key-id"
    case keyType = "key-type"
    case curve = "curve"
    case memberMalformed = "member-malformed"
    case unsound = "unsound"
    case tooShort = "too-short"
    case tooLong = "too-long"
    case exponent = "exponent"
    case weakGenerator = "weak-generator"
    case use = "use"
    case operations = "key-operations"
    case algorithm = "algorithm"

    /// One English sentence without any text of the key.
    package var sentence: String {
        switch self {
        case .notAnObject: "the key is not a JSON object"
        case .noKeyID: "the key has no kid of at most 256 bytes"
        case .keyType: "the kty is neither RSA, EC nor OKP"
        case .curve: "the crv is neither P-256, P-384, P-521 nor Ed25519"
        case .memberMalformed: "a number is missing, not base64url or not in full length"
        case .unsound: "the point is not on its curve, or the modulus is no RSA modulus"
        case .tooShort: "the modulus is shorter than 2048 bits"
        case .tooLong: "the modulus is longer than 8192 bits"
        case .exponent: "the exponent is even, below 65537 or above 32 bits"
        case .weakGenerator: "the key was made by a generator that can be guessed (ROCA)"
        case .use: "the use is not sig"
        case .operations: "the key_ops do not name verify once"
        case .algorithm: "the alg is not a signature algorithm for this key"
        }
    }
}
