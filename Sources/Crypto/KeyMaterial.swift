/// The numbers that a public key consists of, most significant byte first.
package enum KeyMaterial: Sendable, Equatable {
    /// Modulus and public exponent (RFC 8017, section 3.1).
    case rsa(modulus: [UInt8], exponent: [UInt8])
    /// A point of a curve by its coordinates, each in full length.
    case ellipticCurve(EllipticCurve, x: [UInt8], y: [UInt8])
    /// The 32 bytes of an Ed25519 key (RFC 8032, section 5.1.5).
    case ed25519([UInt8])

    /// The length of an Ed25519 key in bytes, private or public.
    package static let ed25519ByteCount = 32

    /// The kind of a key, for making a new one.
    package enum Kind: Sendable, Equatable {
        case rsa(bits: Int)
        case ellipticCurve(EllipticCurve)
        case ed25519
    }

    /// A number without its leading zeros.
    package static func trimmed(_ number: [UInt8]) -> [UInt8] {
        Array(number.drop { $0 == 0 })
    }

    /// How many bits a number has.
    package static func bitCount(_ number: [UInt8]) -> Int {
        let digits = trimmed(number)
        guard let first = digits.first else { return 0 }
        return digits.count * 8 - first.leadingZeroBitCount
    }
}
