import Basics
import Testing

@testable import Vault

@Suite("Texts that are packed before they are sealed")
struct LZ4BlockTests {
    /// Numbers that are the same in each run.
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    /// A text that the reference implementation has packed (liblz4, LZ4_compress_default).
    private static let text = """
        {"reason":"superseded","at":"2026-11-21T10:00:00Z"},\
        {"reason":"superseded","at":"2026-11-21T09:00:00Z"},\
        {"reason":"unit","at":"2026-11-21T08:00:00Z"},\
        aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.
        """
    private static let referenceBlock = """
        f01d7b22726561736f6e223a2273757065727365646564222c226174223a22323032362d31312d32315431303a\
        3003004f5a227d2c3400152f30393400024f756e69746200002630382e001f6101002650616161612e
        """

    private static func bytes(ofHexadecimal text: String) -> [UInt8] {
        let digits = Array(text.utf8.filter { $0 != 0x0A })
        return stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16)
        }
    }

    @Test("What the reference implementation has packed is unpacked")
    func reference() {
        let block = Self.bytes(ofHexadecimal: Self.referenceBlock)
        let text = Array(Self.text.utf8)
        #expect(LZ4Block.unpack(block[...], count: text.count) == text)
    }

    @Test("A text comes back as it was, whatever it holds", arguments: 0..<64)
    func roundTrip(seed: Int) {
        var random = Seeded(state: UInt64(seed))
        for count in [0, 1, 4, 5, 11, 12, 13, 14, 17, 64, 255, 270, 271, 4_096, 70_000] {
            let kinds = UInt8.random(in: 1...(seed.isMultiple(of: 2) ? 4 : 255), using: &random)
            var text = (0..<count).map { _ in UInt8.random(in: 0...kinds, using: &random) }
            // Long repetitions, also ones that reach further back than a match may.
            if count > 1_000 {
                let from = Int.random(in: 0..<(count / 4), using: &random)
                let length = Int.random(in: 1..<(count / 2), using: &random)
                let to = Int.random(in: 0...(count - length), using: &random)
                text.replaceSubrange(to..<(to + length), with: Array(text[from..<(from + length)]))
            }
            let block = LZ4Block.pack(text)
            #expect(block.count <= LZ4Block.byteCountMax(of: count))
            #expect(LZ4Block.unpack(block[...], count: count) == text)
            #expect(LZ4Block.unpack(block[...], count: count + 1) == nil)
            if count > 0 { #expect(LZ4Block.unpack(block[...], count: count - 1) == nil) }
        }
    }

    @Test("The rules for the end of a block are kept: literals last, and no match near the end")
    func endOfBlock() {
        for count in 13...400 {
            let text = [UInt8](repeating: 0x61, count: count)
            let block = LZ4Block.pack(text)
            #expect(LZ4Block.unpack(block[...], count: count) == text)
            // The last five bytes of the block are the last five of the text.
            #expect(block.suffix(5).elementsEqual(text.suffix(5)))
            #expect(block.count < 30)
        }
    }

    @Test("A record of many entries comes to less than half")
    func shorter() {
        let entries = (0..<50).map { index in
            #"{"resource":"Observation/o\#(index)","reason":"superseded","accepted":"the newest"}"#
        }
        let text = Array("[\(entries.joined(separator: ","))]".utf8)
        #expect(LZ4Block.pack(text).count * 2 < text.count)
    }

    @Test("A block that was altered is refused or gives a text of the length that was asked")
    func altered() {
        let text = Array(Self.text.utf8)
        let block = LZ4Block.pack(text)
        for position in block.indices {
            for bit in 0..<8 {
                var altered = block
                altered[position] ^= 1 << bit
                let unpacked = LZ4Block.unpack(altered[...], count: text.count)
                #expect(unpacked == nil || unpacked?.count == text.count)
            }
            #expect(LZ4Block.unpack(block[..<position], count: text.count) == nil)
        }
    }

    @Test(
        "A block that reaches outside is refused",
        arguments: [
            // A match before there is a text, at distance zero, and further back than the text.
            [0x00, 0x01, 0x00, 0x00], [0x10, 0x61, 0x00, 0x00, 0x00],
            [0x10, 0x61, 0x02, 0x00, 0x00],
            // Literals and lengths that are not there.
            [0x50, 0x61], [0xF0], [0xF0, 0xFF, 0xFF], [0x1F, 0x61, 0x01, 0x00, 0xFF],
            [0x10, 0x61, 0x01],
        ] as [[UInt8]]
    )
    func outside(block: [UInt8]) {
        for count in [0, 1, 5, 1_000] {
            #expect(LZ4Block.unpack(block[...], count: count) == nil)
        }
        #expect(LZ4Block.unpack(block[...], count: -1) == nil)
        #expect(LZ4Block.unpack(block[...], count: Limits.packedTextBytesMax + 1) == nil)
    }
}
