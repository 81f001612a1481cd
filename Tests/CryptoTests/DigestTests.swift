import Crypto
import Testing

@Suite("Digest")
struct DigestTests {
    @Test(
        "SHA-256 gives the vectors of FIPS 180-4",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ]
    )
    func sha256(text: String, expected: String) {
        #expect(Hexadecimal.text(Digest.sha256(text)) == expected)
    }

    @Test("SHA-1 gives the vector of FIPS 180-4")
    func sha1() {
        #expect(
            Hexadecimal.text(Digest.sha1(Array("abc".utf8)))
                == "a9993e364706816aba3e25717850c26c9cd0d89d"
        )
    }
}
