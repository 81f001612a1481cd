import Testing

@testable import Spool

@Suite("CRC-32C")
struct CRC32CTests {
    /// A byte string with its checksum.
    struct Vector: Sendable {
        let bytes: [UInt8]
        let checksum: UInt32
    }

    /// RFC 3720, appendix B.4, and the check value of the catalogues of checksums.
    static let vectors: [Vector] = [
        Vector(bytes: Array("123456789".utf8), checksum: 0xE306_9283),
        Vector(bytes: [UInt8](repeating: 0, count: 32), checksum: 0x8A91_36AA),
        Vector(bytes: [UInt8](repeating: 0xFF, count: 32), checksum: 0x62A8_AB43),
        Vector(bytes: [UInt8](0...31), checksum: 0x46DD_794E),
        Vector(bytes: [UInt8]((0...31).reversed()), checksum: 0x113F_DB5C),
        Vector(bytes: [], checksum: 0),
        Vector(bytes: [UInt8(ascii: "a")], checksum: 0xC1D0_4330),
    ]

    @Test("The published vectors come out", arguments: vectors)
    func published(_ vector: Vector) {
        #expect(CRC32C.checksum(of: vector.bytes[...]) == vector.checksum)
    }

    @Test("In two parts it is the same, wherever it is cut, and as one bit after the other")
    func parts() {
        let bytes = (0..<100).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
        var slow: UInt32 = ~0
        for byte in bytes {
            slow ^= UInt32(byte)
            for _ in 0..<8 {
                let isOdd = slow & 1 == 1
                slow >>= 1
                if isOdd { slow ^= 0x82F6_3B78 }
            }
        }
        #expect(CRC32C.checksum(of: bytes[...]) == ~slow)
        for cut in 0...bytes.count {
            let first = CRC32C.checksum(of: bytes[..<cut])
            #expect(CRC32C.checksum(of: bytes[cut...], after: first) == ~slow)
        }
    }
}
