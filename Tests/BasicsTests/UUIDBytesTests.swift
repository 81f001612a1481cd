import Basics
import Testing

@Suite("UUID")
struct UUIDBytesTests {
    static let text = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"

    @Test("text and bytes come back")
    func roundTrip() throws {
        let uuid = try #require(UUIDBytes(text: Self.text))
        #expect(uuid.text == Self.text)
        #expect(UUIDBytes(text: Self.text.uppercased()) == uuid)
        #expect(UUIDBytes(uuid.bytes) == uuid)
        #expect(uuid.bytes.first == 0xD1 && uuid.bytes.last == 0xEA)
    }

    @Test(
        "other text is refused",
        arguments: [
            "", "d1577c69dfbe44adba6d3e05e953b2ea", text + "0", String(text.dropLast()),
            "{" + text + "}", "d1577c69-dfbe-44ad-ba6d-3e05e953b2eg", text + "-",
            "d1577c69-dfbe-44ad-ba6d3-e05e953b2ea", "------------------------------------",
            String(repeating: "0", count: 36), "d1577c69-dfbe-44ad-ba6d-3e05e953b2é",
        ]
    )
    func refuses(_ text: String) {
        #expect(UUIDBytes(text: text) == nil)
    }

    @Test("other numbers of bytes are refused", arguments: [0, 15, 17])
    func counts(_ count: Int) {
        #expect(UUIDBytes([UInt8](repeating: 0, count: count)) == nil)
    }

    @Test(
        "version and variant are set and the other bits kept",
        arguments: [4, 5, 7, 8] as [UInt64]
    )
    func version(_ version: UInt64) throws {
        for half in [UInt64.min, .max] {
            let uuid = UUIDBytes(high: half, low: half).withVersion(version)
            #expect(uuid.high >> 12 & 15 == version)
            #expect(uuid.low >> 62 == 2)
            #expect(uuid.high >> 16 == half >> 16 && uuid.high & 0xFFF == half & 0xFFF)
            #expect(uuid.low << 2 == half << 2)
        }
    }
}
