import Crypto
import Testing

@Suite("Authenticated encryption")
struct AuthenticatedCipherTests {
    /// One vector of "The Galois/Counter Mode of Operation", appendix B, test cases 13 to 16.
    struct Vector: Sendable {
        let key: String
        let nonce: String
        let plaintext: String
        var associated = ""
        let ciphertext: String
        let tag: String
    }

    private static let zeroKey = String(repeating: "00", count: 32)
    private static let longKey = String(repeating: "feffe9928665731c6d6a8f9467308308", count: 2)
    private static let longText =
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    private static let longCipher =
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"

    static let vectors = [
        Vector(
            key: zeroKey,
            nonce: "000000000000000000000000",
            plaintext: "",
            ciphertext: "",
            tag: "530f8afbc74536b9a963b4f1c4cb738b"
        ),
        Vector(
            key: zeroKey,
            nonce: "000000000000000000000000",
            plaintext: "00000000000000000000000000000000",
            ciphertext: "cea7403d4d606b6e074ec5d3baf39d18",
            tag: "d0d1c8a799996bf0265b98b5d48ab919"
        ),
        Vector(
            key: longKey,
            nonce: "cafebabefacedbaddecaf888",
            plaintext: longText + "1aafd255",
            ciphertext: longCipher + "898015ad",
            tag: "b094dac5d93471bdec1a502270e3cc6c"
        ),
        Vector(
            key: longKey,
            nonce: "cafebabefacedbaddecaf888",
            plaintext: longText,
            associated: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            ciphertext: longCipher,
            tag: "76fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ]

    private static func bytes(_ text: String) throws -> [UInt8] {
        try #require(Hexadecimal.bytes(text))
    }

    @Test("A published vector is sealed to the bit and opened again", arguments: vectors)
    func vector(_ vector: Vector) throws {
        let key = Secret(try Self.bytes(vector.key))
        let nonce = try Self.bytes(vector.nonce)
        let associated = try Self.bytes(vector.associated)
        let plaintext = try Self.bytes(vector.plaintext)
        let sealed = AuthenticatedCipher.seal(
            plaintext,
            key: key,
            nonce: nonce,
            associated: associated
        )
        #expect(Hexadecimal.text(sealed) == vector.ciphertext + vector.tag)
        let opened = AuthenticatedCipher.open(
            sealed[...],
            key: key,
            nonce: nonce,
            associated: associated
        )
        #expect(opened == plaintext)
    }

    @Test("Every changed bit of message, tag, nonce, key or associated data is found")
    func everyBitCounts() throws {
        let vector = Self.vectors[3]
        let parts = try [vector.key, vector.nonce, vector.associated].map(Self.bytes)
        let sealed = try Self.bytes(vector.ciphertext + vector.tag)
        func open(_ parts: [[UInt8]], _ sealed: [UInt8]) -> [UInt8]? {
            AuthenticatedCipher.open(
                sealed[...],
                key: Secret(parts[0]),
                nonce: parts[1],
                associated: parts[2]
            )
        }
        #expect(open(parts, sealed) != nil)
        var tried = 0
        for part in 0..<4 {
            let count = part == 3 ? sealed.count : parts[part].count
            for bit in 0..<count * 8 {
                var changed = parts
                var message = sealed
                if part == 3 {
                    message[bit / 8] ^= 1 << UInt8(bit % 8)
                } else {
                    changed[part][bit / 8] ^= 1 << UInt8(bit % 8)
                }
                #expect(open(changed, message) == nil, "part \(part), bit \(bit)")
                tried += 1
            }
        }
        #expect(tried == (32 + 12 + 20 + 60 + 16) * 8)
    }

    @Test("A message cut or lengthened at any byte is refused")
    func everyLengthCounts() throws {
        let vector = Self.vectors[3]
        let key = Secret(try Self.bytes(vector.key))
        let nonce = try Self.bytes(vector.nonce)
        let associated = try Self.bytes(vector.associated)
        let sealed = try Self.bytes(vector.ciphertext + vector.tag)
        for count in 0..<sealed.count {
            let opened = AuthenticatedCipher.open(
                sealed[..<count],
                key: key,
                nonce: nonce,
                associated: associated
            )
            #expect(opened == nil, "\(count) bytes")
        }
        let longer = AuthenticatedCipher.open(
            (sealed + [0])[...],
            key: key,
            nonce: nonce,
            associated: associated
        )
        #expect(longer == nil)
        let shorterData = AuthenticatedCipher.open(
            sealed[...],
            key: key,
            nonce: nonce,
            associated: Array(associated.dropLast())
        )
        #expect(shorterData == nil)
    }
}
