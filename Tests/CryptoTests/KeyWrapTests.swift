import Crypto
import Testing

@Suite("Key wrap")
struct KeyWrapTests {
    private static let wrappingKey =
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

    /// RFC 3394, sections 4.3, 4.5 and 4.6: material and what it is wrapped to.
    static let vectors = [
        (
            "00112233445566778899aabbccddeeff",
            "64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7"
        ),
        (
            "00112233445566778899aabbccddeeff0001020304050607",
            "a8f9bc1612c68b3ff6e6f4fbe30e71e4769c8b80a32cb8958cd5d17d6b254da1"
        ),
        (
            "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f",
            "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21"
        ),
    ]

    @Test("The vectors of RFC 3394 for keys of 256 bits hold", arguments: vectors)
    func vector(material: String, wrapped: String) throws {
        let key = Secret(try #require(Hexadecimal.bytes(Self.wrappingKey)))
        let bytes = try #require(Hexadecimal.bytes(material))
        #expect(Hexadecimal.text(KeyWrap.wrap(bytes, under: key)) == wrapped)
        let back = KeyWrap.unwrap(try #require(Hexadecimal.bytes(wrapped)), under: key)
        #expect(back == bytes)
    }

    @Test("Every changed bit of a wrapped key or of the wrapping key is found")
    func everyBitCounts() throws {
        let key = try #require(Hexadecimal.bytes(Self.wrappingKey))
        let wrapped = try #require(Hexadecimal.bytes(Self.vectors[2].1))
        for bit in 0..<wrapped.count * 8 {
            var changed = wrapped
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(KeyWrap.unwrap(changed, under: Secret(key)) == nil, "bit \(bit)")
        }
        for bit in 0..<key.count * 8 {
            var changed = key
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(KeyWrap.unwrap(wrapped, under: Secret(changed)) == nil, "bit \(bit)")
        }
    }

    @Test(
        "A wrapped key of any other length is refused",
        arguments: [0, 8, 16, 23, 31, 39, 41, 48]
    )
    func everyLengthCounts(count: Int) throws {
        let key = Secret(try #require(Hexadecimal.bytes(Self.wrappingKey)))
        let wrapped = try #require(Hexadecimal.bytes(Self.vectors[2].1))
        let other = Array((wrapped + Array(repeating: 0, count: 64)).prefix(count))
        #expect(KeyWrap.unwrap(other, under: key) == nil)
    }

    @Test("A copy of a secret is its bytes, and its text says nothing")
    func secretCopies() {
        let secret = Secret([1, 2, 3])
        #expect(secret.copy() == [1, 2, 3])
        #expect("\(secret)" == "Secret")
    }
}
