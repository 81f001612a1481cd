import Basics
import COpenSSL

/// A private key that makes signatures; for those who call services, and for tests.
///
/// The gateway holds no such key of a client.
@safe
package final class PrivateKey: Sendable {
    /// The other half.
    package let publicKey: PublicKey
    private let handle: KeyHandle

    /// The numbers of an RSA key besides modulus and exponent (RFC 7518, section 6.3.2).
    package struct RSASecrets: Sendable {
        /// The private exponent d.
        package let exponent: [UInt8]
        /// p and q.
        package let factors: [[UInt8]]
        /// d mod (p - 1) and d mod (q - 1).
        package let exponents: [[UInt8]]
        /// The inverse of q modulo p.
        package let coefficient: [UInt8]

        /// Takes the numbers.
        package init(
            exponent: [UInt8],
            factors: [[UInt8]],
            exponents: [[UInt8]],
            coefficient: [UInt8]
        ) {
            self.exponent = exponent
            self.factors = factors
            self.exponents = exponents
            self.coefficient = coefficient
        }
    }

    private init(_ material: KeyMaterial, _ handle: KeyHandle) {
        publicKey = PublicKey(material, handle)
        self.handle = handle
    }

    /// Makes a key on a curve; `nil` when scalar and point do not belong together.
    package convenience init?(_ curve: EllipticCurve, x: [UInt8], y: [UInt8], scalar: [UInt8]) {
        guard scalar.count == curve.byteCount else { return nil }
        guard PublicKey(.ellipticCurve(curve, x: x, y: y)) != nil else { return nil }
        guard let handle = ECKey.make(curve, x: x, y: y, scalar: scalar), handle.isPairSound else {
            return nil
        }
        self.init(.ellipticCurve(curve, x: x, y: y), handle)
    }

    /// Makes an Ed25519 key from its seed.
    package convenience init?(ed25519 seed: [UInt8]) {
        CryptoStart.begin()
        guard seed.count == KeyMaterial.ed25519ByteCount else { return nil }
        let handle = unsafe seed.withUnsafeBufferPointer { buffer in
            unsafe KeyHandle(
                adopting: EVP_PKEY_new_raw_private_key(
                    EVP_PKEY_ED25519,
                    nil,
                    buffer.baseAddress,
                    buffer.count
                )
            )
        }
        guard let handle, let bytes = handle.rawEd25519(isPrivate: false) else { return nil }
        self.init(.ed25519(bytes), handle)
    }

    /// Makes an RSA key; `nil` when its numbers do not belong together.
    package convenience init?(modulus: [UInt8], exponent: [UInt8], secrets: RSASecrets) {
        guard secrets.factors.count == 2, secrets.exponents.count == 2,
            modulus.count <= Limits.rsaModulusBytesMax
        else { return nil }
        CryptoStart.begin()
        let numbers =
            [modulus, exponent, secrets.exponent] + secrets.factors + secrets.exponents
            + [secrets.coefficient]
        // One buffer for all of them, least significant byte first, each at its offset.
        var bytes = numbers.flatMap { $0.reversed() }
        let handle = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            var offset = 0
            var parts: [limen_integer] = unsafe []
            for number in numbers {
                let start = unsafe buffer.baseAddress.map { unsafe $0 + offset }
                unsafe parts.append(unsafe limen_integer(bytes: start, count: number.count))
                offset += number.count
            }
            return unsafe parts.withUnsafeBufferPointer { parts in
                unsafe KeyHandle(adopting: limen_rsa_pair(parts.baseAddress))
            }
        }
        guard let handle, handle.isPublicPartSound, handle.isPairSound else { return nil }
        self.init(.rsa(modulus: modulus, exponent: exponent), handle)
    }

    /// Makes a new key of a kind.
    package static func generate(_ kind: KeyMaterial.Kind) -> PrivateKey {
        CryptoStart.begin()
        switch kind {
        case .rsa(let bits):
            precondition(bits <= Limits.rsaModulusBytesMax * 8, "the modulus is too long")
            let handle = unsafe KeyHandle(adopting: limen_generate_rsa(bits))
            if let handle, let n = handle.integer("n", byteCount: bits / 8),
                let e = handle.integer("e", byteCount: Limits.rsaExponentBytesMax)
            {
                let exponent = KeyMaterial.trimmed(e)
                return PrivateKey(.rsa(modulus: n, exponent: exponent), handle)
            }
        case .ellipticCurve(let curve):
            let handle = unsafe curve.rawValue.withCString { name in
                unsafe KeyHandle(adopting: limen_generate_ec(name))
            }
            if let handle, let x = handle.integer("qx", byteCount: curve.byteCount),
                let y = handle.integer("qy", byteCount: curve.byteCount)
            {
                return PrivateKey(.ellipticCurve(curve, x: x, y: y), handle)
            }
        case .ed25519:
            if let key = PrivateKey(ed25519: RandomBytes.make(count: 32)) { return key }
        }
        preconditionFailure("OpenSSL could not make a key")
    }

    /// Signs a message; `nil` when the key does not fit the way of signing.
    package func signature(over message: [UInt8], by scheme: SignatureScheme) -> [UInt8]? {
        guard publicKey.fits(scheme) else { return nil }
        guard let made = SignatureCheck.make(message, handle, scheme) else { return nil }
        guard case .ellipticCurve(let curve, _, _) = publicKey.material else { return made }
        return ECDSASignature.raw(made, on: curve)
    }

    /// The scalar of a key on a curve, or the seed of an Ed25519 key; `nil` for RSA.
    package var secret: [UInt8]? {
        switch publicKey.material {
        case .ellipticCurve(let curve, _, _): handle.integer("priv", byteCount: curve.byteCount)
        case .ed25519: handle.rawEd25519(isPrivate: true)
        case .rsa: nil
        }
    }

    /// The secret numbers of an RSA key; `nil` for any other.
    package var rsaSecrets: RSASecrets? {
        guard case .rsa(let modulus, _) = publicKey.material else { return nil }
        let names = [
            "d", "rsa-factor1", "rsa-factor2", "rsa-exponent1", "rsa-exponent2",
            "rsa-coefficient1",
        ]
        let numbers = names.compactMap { handle.integer($0, byteCount: modulus.count) }
            .map(KeyMaterial.trimmed)
        guard numbers.count == names.count else { return nil }
        return RSASecrets(
            exponent: numbers[0],
            factors: [numbers[1], numbers[2]],
            exponents: [numbers[3], numbers[4]],
            coefficient: numbers[5]
        )
    }
}
