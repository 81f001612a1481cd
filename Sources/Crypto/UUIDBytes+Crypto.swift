package import Basics

extension UUIDBytes {
    /// A UUID of version 7 (RFC 9562, 5.7): a moment first, randomness behind it.
    ///
    /// The twelve bits behind the milliseconds hold the fraction of the millisecond (RFC 9562,
    /// 6.2, method 3), so identifiers made one after another sort by their moment.
    package static func version7(at moment: Instant) -> UUIDBytes {
        version7(at: moment, randomBits: randomHalf())
    }

    /// A UUID of version 7 with given random bits, for tests.
    package static func version7(at moment: Instant, randomBits: UInt64) -> UUIDBytes {
        let microseconds = UInt64(max(0, moment.microseconds))
        let milliseconds = microseconds / 1_000 & 0xFFFF_FFFF_FFFF
        let fraction = microseconds % 1_000 * 4_096 / 1_000
        return UUIDBytes(high: milliseconds << 16 | fraction, low: randomBits).withVersion(7)
    }

    /// A random UUID of version 4 (RFC 9562, 5.4).
    package static func version4() -> UUIDBytes {
        UUIDBytes(high: randomHalf(), low: randomHalf()).withVersion(4)
    }

    /// The UUID of version 5 of a name in a namespace (RFC 9562, 5.5).
    package static func version5(namespace: UUIDBytes, name: String) -> UUIDBytes {
        let hash = Digest.sha1(namespace.bytes + Array(name.utf8))
        guard let raw = UUIDBytes(hash.prefix(16)) else {
            preconditionFailure("a hash is at least sixteen bytes long")
        }
        return raw.withVersion(5)
    }

    private static func randomHalf() -> UInt64 {
        RandomBytes.make(count: 8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
