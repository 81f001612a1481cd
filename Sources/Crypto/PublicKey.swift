import Basics
import COpenSSL

/// A public key that checks signatures, prepared once and used by any number of threads.
///
/// Checked when it is made: a point lies on its curve and is not infinity, an RSA modulus is
/// composite, odd and without small factors. What size is enough is the caller's to say.
@safe
package final class PublicKey: Sendable {
    /// The numbers it consists of.
    package let material: KeyMaterial
    private let handle: KeyHandle

    /// Makes a key from its numbers.
    ///
    /// - Returns: `nil` when the numbers are no sound key.
    package convenience init?(_ material: KeyMaterial) {
        CryptoStart.begin()
        let handle: KeyHandle?
        switch material {
        case .rsa(let modulus, let exponent):
            guard modulus.count <= Limits.rsaModulusBytesMax,
                exponent.count <= Limits.rsaExponentBytesMax,
                KeyMaterial.bitCount(exponent) > 1
            else { return nil }
            handle = Self.rsa(modulus, exponent)
        case .ellipticCurve(let curve, let x, let y):
            guard x.count == curve.byteCount, y.count == curve.byteCount else { return nil }
            handle = ECKey.make(curve, x: x, y: y, scalar: [])
        case .ed25519(let bytes):
            guard bytes.count == KeyMaterial.ed25519ByteCount else { return nil }
            handle = unsafe bytes.withUnsafeBufferPointer { buffer in
                unsafe KeyHandle(
                    adopting: EVP_PKEY_new_raw_public_key(
                        EVP_PKEY_ED25519,
                        nil,
                        buffer.baseAddress,
                        buffer.count
                    )
                )
            }
        }
        guard let handle, handle.isPublicPartSound else { return nil }
        self.init(material, handle)
    }

    init(_ material: KeyMaterial, _ handle: KeyHandle) {
        self.material = material
        self.handle = handle
    }

    /// Whether the kind of the key fits a way of signing.
    package func fits(_ scheme: SignatureScheme) -> Bool {
        switch (material, scheme) {
        case (.rsa, .rsaPKCS1), (.rsa, .rsaPSS): true
        case (.ellipticCurve, .ecdsa): true
        case (.ed25519, .ed25519): true
        case (.rsa, _), (.ellipticCurve, _), (.ed25519, _): false
        }
    }

    /// Whether a signature over a message was made with this key.
    ///
    /// A signature of another length than the key demands is refused, so that no two byte strings
    /// are the same signature.
    package func isValid(
        _ signature: [UInt8],
        over message: [UInt8],
        by scheme: SignatureScheme
    ) -> Bool {
        guard fits(scheme) else { return false }
        switch material {
        case .rsa(let modulus, _):
            guard signature.count == KeyMaterial.trimmed(modulus).count else { return false }
            return SignatureCheck.isValid(signature, message, handle, scheme)
        case .ellipticCurve(let curve, _, _):
            guard let der = ECDSASignature.encoded(signature, on: curve) else { return false }
            return SignatureCheck.isValid(der, message, handle, scheme)
        case .ed25519:
            guard signature.count == 2 * KeyMaterial.ed25519ByteCount else { return false }
            return SignatureCheck.isValid(signature, message, handle, scheme)
        }
    }

    private static func rsa(_ modulus: [UInt8], _ exponent: [UInt8]) -> KeyHandle? {
        var n = Array(KeyMaterial.trimmed(modulus).reversed())
        var e = Array(KeyMaterial.trimmed(exponent).reversed())
        return unsafe n.withUnsafeMutableBufferPointer { n in
            unsafe e.withUnsafeMutableBufferPointer { e in
                unsafe KeyHandle(
                    adopting: limen_rsa_public(
                        limen_integer(bytes: n.baseAddress, count: n.count),
                        limen_integer(bytes: e.baseAddress, count: e.count)
                    )
                )
            }
        }
    }
}

/// Keys on a curve, public or with their scalar.
enum ECKey {
    /// Makes a key from its point and, when it is not empty, its scalar.
    static func make(
        _ curve: EllipticCurve,
        x: [UInt8],
        y: [UInt8],
        scalar: [UInt8]
    ) -> KeyHandle? {
        // An uncompressed point (SEC 1, section 2.3.3).
        var point = [0x04] + x + y
        var number = Array(scalar.reversed())
        return unsafe point.withUnsafeMutableBufferPointer { point in
            unsafe number.withUnsafeMutableBufferPointer { number in
                unsafe curve.rawValue.withCString { name in
                    unsafe KeyHandle(
                        adopting: limen_ec_key(
                            name,
                            point.baseAddress,
                            point.count,
                            limen_integer(bytes: number.baseAddress, count: number.count)
                        )
                    )
                }
            }
        }
    }
}
