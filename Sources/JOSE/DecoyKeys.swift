import Crypto

/// Keys whose private halves nobody has, for spending the time of a signature check.
enum DecoyKeys {
    /// A key that fits an algorithm.
    static func key(for algorithm: JWSAlgorithm) -> PublicKey? {
        switch algorithm {
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: rsa
        case .es256: p256
        case .es384: p384
        case .es512: p521
        case .eddsa: ed25519
        }
    }

    /// A signature of the length that the decoy wants and within its range, so that the whole work
    /// is done.
    ///
    /// The caller's own signature would not do: one above the modulus is refused before any work.
    static func signature(for algorithm: JWSAlgorithm) -> [UInt8] {
        let count =
            switch algorithm {
            case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: 256
            case .es256, .es384, .es512: 2 * (algorithm.curve?.byteCount ?? 0)
            case .eddsa: 64
            }
        // r and s must differ: their quotient is what the key's point is multiplied with, and to
        // multiply with one is no work.
        var bytes = (0..<count).map { UInt8(truncatingIfNeeded: 37 * $0 + 11) }
        // On P-521 the first byte of r and s is 0 or 1; on all curves this is below the order. The
        // second half of an Ed25519 signature has its highest byte last.
        if count > 0 {
            bytes[0] = 0
            bytes[count / 2] = 0
            bytes[count - 1] = 1
        }
        return bytes
    }

    private static let p256 = PrivateKey.generate(.ellipticCurve(.p256)).publicKey
    private static let p384 = PrivateKey.generate(.ellipticCurve(.p384)).publicKey
    private static let p521 = PrivateKey.generate(.ellipticCurve(.p521)).publicKey
    private static let ed25519 = PrivateKey.generate(.ed25519).publicKey

    // A modulus of 2048 bits that was made for this place and whose factors were thrown away:
    // making one takes a second, which a first caller would notice.
    private static let rsa = Hexadecimal.bytes(
        "a8e06ba26286db58a99980a23674ebda338b55bb56a2bdb95bdf38e711c87922f7909050d73ae61a"
            + "ab4804ed6fab82a8b2aa691532100f5a13611d7ae0128d7fc8015d51c56af28ce7ce371ad80498b5"
            + "cabbda50bfebaa380f2d55619eb2cfa5e92a08a854898fb24b16f80f2d99dc69ab5287f1ba24acb4"
            + "3f0ef58c9ac3191d6d1036d91489c206a8a605a6ab91437e40b38c787850081731ee1792918c1331"
            + "9e00fe007d4bc8a31eceef71fb9111e5aaf53ebde9ad43bc5146a496ce8011125f28f9a4d85d12ed"
            + "337d08e869c047591c64b703a18b506e082de7c5a96fe6d205a41176bb211682b04e3af6c01bbbfe"
            + "4ba52b302f32b064f838e878fca99d85"
    ).flatMap { PublicKey(.rsa(modulus: $0, exponent: [1, 0, 1])) }
}
