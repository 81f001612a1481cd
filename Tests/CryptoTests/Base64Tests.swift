import Crypto
import Testing

@Suite("Base64")
struct Base64Tests {
    @Test(
        "The vectors of RFC 4648 hold both ways",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
        ]
    )
    func vectors(plain: String, coded: String) {
        #expect(Base64.text(Array(plain.utf8)) == coded)
        #expect(Base64.bytes(coded) == Array(plain.utf8))
    }

    @Test("Every byte string comes back")
    func roundTrip() {
        let bytes = (0...255).map { UInt8($0) }
        for count in 0..<256 {
            let part = Array(bytes[count...])
            #expect(Base64.bytes(Base64.text(part)) == part)
        }
        #expect(Base64.text([0xFB, 0xEF, 0xFF]) == "++//")
    }

    @Test(
        "A text in any other form is refused",
        arguments: [
            "Zg", "Zg=", "Zg===", "Zh==", "Zm9v\n", "--__", "=Zg=", "Zg=g", "Z===", "====", "Zm8",
            "Zm9v====", "Zm9",
        ]
    )
    func refused(text: String) {
        #expect(Base64.bytes(text) == nil)
    }
}
