package import Crypto

/// The signature algorithms that can be registered (RFC 7518, section 3.1; RFC 8037, section 3.1).
///
/// `none` and the HMAC algorithms are not among them: CDS Hooks forbids both, and a name that this
/// type does not know cannot be registered by mistake.
package enum JWSAlgorithm: String, Sendable, CaseIterable, Comparable {
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    case eddsa = "EdDSA"

    /// What a client may use when it is registered for nothing else (CDS Hooks 2.0, "JWT signing
    /// algorithm").
    package static let recommended: Set<JWSAlgorithm> = [.es384, .rs384]

    /// How the signature is made.
    package var scheme: SignatureScheme {
        switch self {
        case .rs256: .rsaPKCS1(.sha256)
        case .rs384: .rsaPKCS1(.sha384)
        case .rs512: .rsaPKCS1(.sha512)
        case .ps256: .rsaPSS(.sha256)
        case .ps384: .rsaPSS(.sha384)
        case .ps512: .rsaPSS(.sha512)
        case .es256: .ecdsa(.sha256)
        case .es384: .ecdsa(.sha384)
        case .es512: .ecdsa(.sha512)
        case .eddsa: .ed25519
        }
    }

    /// The curve that belongs to the algorithm (RFC 7518, section 3.4); `nil` for RSA and EdDSA.
    package var curve: EllipticCurve? {
        switch self {
        case .es256: .p256
        case .es384: .p384
        case .es512: .p521
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512, .eddsa: nil
        }
    }

    /// Whether a key of this kind may make such a signature.
    package func fits(_ material: KeyMaterial) -> Bool {
        switch material {
        case .rsa:
            switch scheme {
            case .rsaPKCS1, .rsaPSS: true
            case .ecdsa, .ed25519: false
            }
        case .ellipticCurve(let curve, _, _): curve == self.curve
        case .ed25519: self == .eddsa
        }
    }

    /// Orders by name, for texts.
    package static func < (left: JWSAlgorithm, right: JWSAlgorithm) -> Bool {
        left.rawValue < right.rawValue
    }
}
