import Basics
import Crypto

/// What an RSA key must show besides being one: enough length, a sane exponent, a sound generator.
enum RSAKeyCheck {
    static func check(modulus: [UInt8], exponent: [UInt8]) throws(KeyRefusal) {
        // RFC 7518, section 6.3.1.1, forbids leading zeros; old programs write one all the same,
        // and it changes nothing.
        guard modulus.count <= Limits.rsaModulusBytesMax + 1 else { throw .tooLong }
        let length = KeyMaterial.bitCount(modulus)
        guard length <= Limits.rsaModulusBytesMax * 8 else { throw .tooLong }
        guard length >= Limits.rsaModulusBitsMin else { throw .tooShort }
        guard exponent.count <= Limits.rsaExponentBytesMax else { throw .exponent }
        let number = exponent.reduce(0) { $0 << 8 | Int($1) }
        guard number >= Limits.rsaExponentMin, !number.isMultiple(of: 2),
            number <= Int(UInt32.max)
        else { throw .exponent }
        if isGuessable(modulus) { throw .weakGenerator }
    }

    /// Whether a modulus has the mark of the generator of CVE-2017-15361 ("ROCA").
    ///
    /// Its primes are k * M + 65537^a mod M for a product M of small primes, so that the modulus is
    /// a power of 65537 modulo each of them. A sound modulus has this mark with a probability below
    /// one in a hundred million.
    static func isGuessable(_ modulus: [UInt8]) -> Bool {
        smallPrimes.allSatisfy { prime in
            let remainder = modulus.reduce(0) { ($0 << 8 | Int($1)) % prime }
            var power = 1
            for _ in 1..<prime {
                if power == remainder { return true }
                power = power * 65_537 % prime
            }
            return false
        }
    }

    /// The odd primes up to 167, the last that divides M for keys of 512 bits.
    private static let smallPrimes = [
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89,
        97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
    ]
}
