import Crypto
import Testing

@Suite("Encodings")
struct EncodingTests {
    @Test(
        "Base64url gives the vectors of RFC 4648, without padding",
        arguments: [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"),
            ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
        ]
    )
    func base64URL(plain: String, encoded: String) {
        #expect(Base64URL.text(Array(plain.utf8)) == encoded)
        #expect(Base64URL.bytes(encoded) == Array(plain.utf8))
    }

    @Test("The two letters that differ from base64 are those of the URL alphabet")
    func alphabet() {
        #expect(Base64URL.text([0xFB, 0xFF, 0xBF]) == "-_-_")
        #expect(Base64URL.bytes("-_-_") == [0xFB, 0xFF, 0xBF])
    }

    @Test(
        "Text that is not the one canonical form is refused",
        arguments: ["Z", "Zg==", "Zh", "Zm9", "Zm+v", "Zm/v", "Zm9v\n", " Zm9v", "Zm9vY", "Zmé8"]
    )
    func notCanonical(text: String) {
        #expect(Base64URL.bytes(text) == nil)
    }

    @Test("Every length of bytes comes back from base64url and from hexadecimal")
    func roundTrip() {
        for count in 0..<70 {
            let bytes = RandomBytes.make(count: count)
            #expect(bytes.count == count)
            #expect(Base64URL.bytes(Base64URL.text(bytes)) == bytes)
            #expect(Hexadecimal.bytes(Hexadecimal.text(bytes)) == bytes)
            #expect(Hexadecimal.bytes(Hexadecimal.text(bytes).uppercased()) == bytes)
        }
    }

    @Test("Text that is not hexadecimal is refused", arguments: ["0", "0g", "-1", "0x", " 0", "é"])
    func notHexadecimal(text: String) {
        #expect(Hexadecimal.bytes(text) == nil)
    }

    @Test("Random bytes differ from call to call")
    func randomness() {
        let made = Set((0..<100).map { _ in RandomBytes.make(count: 16) })
        #expect(made.count == 100)
    }

    @Test("Comparison tells equal from different in content and in length")
    func comparison() {
        #expect(ConstantTime.areEqual([], []))
        #expect(ConstantTime.areEqual([1, 2], [1, 2]))
        #expect(!ConstantTime.areEqual([1, 2], [1, 3]))
        #expect(!ConstantTime.areEqual([1, 2], [1, 2, 0]))
    }
}
