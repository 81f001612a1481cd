import Crypto
import Testing

@testable import JOSE

@Suite("Decoy keys")
struct DecoyTests {
    @Test(
        "do the whole work of a check, and no signature fits them",
        arguments: JWSAlgorithm.allCases
    )
    func decoys(_ algorithm: JWSAlgorithm) throws {
        let key = try #require(DecoyKeys.key(for: algorithm))
        #expect(key.fits(algorithm.scheme))
        let signature = DecoyKeys.signature(for: algorithm)
        #expect(!key.isValid(signature, over: Array("header.payload".utf8), by: algorithm.scheme))
        switch key.material {
        case .rsa(let modulus, _):
            #expect(signature.count == modulus.count)
            #expect(signature.lexicographicallyPrecedes(modulus))
        case .ellipticCurve(let curve, _, _):
            // Out of range it would be refused before any work; r = s would multiply with one.
            let (r, s) = (signature.prefix(curve.byteCount), signature.dropFirst(curve.byteCount))
            #expect(r.count == s.count)
            for number in [r, s] {
                #expect(number.contains { $0 != 0 })
                // Every order begins with 1 or more.
                #expect(number.first == 0)
            }
            #expect(!r.elementsEqual(s))
        case .ed25519:
            #expect(signature.count == 64)
            // The order of the group is a little above 2^252.
            #expect(signature[63] < 0x10)
        }
    }
}
