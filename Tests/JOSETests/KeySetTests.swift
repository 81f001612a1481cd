import Basics
import Crypto
import JSON
import Testing

@testable import JOSE

@Suite("KeySet")
struct KeySetTests {
    static let elliptic = TokenSigner.generate(.es384, keyID: "ec-1")
    static let rsa = TokenSigner.generate(.rs384, keyID: "rsa-1")

    /// One key as JSON, with members put in its place.
    static func key(
        _ signer: TokenSigner = elliptic,
        _ changes: [String: String?] = [:]
    ) throws -> String {
        let set = try JSONDocument(parsing: KeySet([signer.publicKey]).json).root
        var members: [String: String] = [:]
        for value in try #require(set["keys"]).elements {
            for (name, member) in value.members {
                members[name.stringValue ?? ""] = "\"\(member.stringValue ?? "")\""
            }
        }
        for (name, change) in changes { members[name] = change }
        let text = members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
        return "{" + text.joined(separator: ",") + "}"
    }

    static func set(_ keys: String...) throws(KeySetError) -> KeySet {
        try KeySet(parsing: Array("{\"keys\":[\(keys.joined(separator: ","))]}".utf8))
    }

    @Test("A set that is written is read again")
    func roundTrip() throws {
        let set = KeySet([Self.elliptic.publicKey, Self.rsa.publicKey])
        #expect(try KeySet(parsing: set.json).isSame(as: set))
        for signer in [Self.elliptic, Self.rsa, .generate(.eddsa, keyID: "ed")] {
            let text = SigningKeyDocument.text(of: signer)
            let document = try SigningKeyDocument(reading: JSONDocument(parsing: text).root)
            #expect(document.keyID == signer.keyID)
            #expect(document.algorithm == signer.algorithm)
            #expect(document.key.publicKey.material == signer.publicKey.publicKey.material)
        }
    }

    @Test(
        "A key that may not be used is passed over with its reason, and its neighbour is used",
        arguments: [
            (["kid": nil], KeyRefusal.noKeyID),
            (["kid": "7"], .noKeyID),
            (["kid": "\"\""], .noKeyID),
            (["kty": "\"ec\""], .keyType),
            (["kty": nil], .keyType),
            (["crv": "\"P-192\""], .curve),
            (["crv": "\"secp256k1\""], .curve),
            (["crv": "\"P-256\""], .memberMalformed),
            (["x": nil], .memberMalformed),
            (["x": "\"AA==\""], .memberMalformed),
            (["x": "\"AAAA\""], .memberMalformed),
            (["use": "\"enc\""], .use),
            (["use": "null"], .use),
            (["key_ops": "\"verify\""], .operations),
            (["key_ops": "[]"], .operations),
            (["key_ops": "[\"sign\"]"], .operations),
            (["key_ops": "[\"verify\",\"verify\"]"], .operations),
            (["key_ops": "[\"verify\",1]"], .operations),
            (["alg": "\"ES256\""], .algorithm),
            (["alg": "\"HS256\""], .algorithm),
            (["alg": "\"none\""], .algorithm),
            (["alg": "384"], .algorithm),
        ] as [([String: String?], KeyRefusal)]
    )
    func refusedKeys(_ changes: [String: String?], _ reason: KeyRefusal) throws {
        let set = try Self.set(Self.key(Self.elliptic, changes), Self.key(Self.rsa))
        #expect(set.refused.map(\.reason) == [reason])
        #expect(set.keys.keys.sorted() == ["rsa-1"])
        #expect(throws: KeySetError(.noUsableKey)) {
            try Self.set(Self.key(Self.elliptic, changes))
        }
    }

    @Test("A point beside its curve, or the coordinates swapped, is no key")
    func unsoundPoints() throws {
        guard case .ellipticCurve(_, let x, let y) = Self.elliptic.publicKey.publicKey.material
        else { return }
        let swapped = [
            "x": "\"\(Base64URL.text(y))\"" as String?, "y": "\"\(Base64URL.text(x))\"",
        ]
        let zero = "\"\(Base64URL.text([UInt8](repeating: 0, count: 48)))\"" as String?
        for changes in [swapped, ["x": zero, "y": zero], ["y": zero]] {
            let set = try Self.set(Self.key(Self.elliptic, changes), Self.key(Self.rsa))
            #expect(set.refused.map(\.reason) == [.unsound])
        }
    }

    @Test(
        "An RSA key that is too short, too long or has an odd exponent is not used",
        arguments: [
            ("e", [1], 1, KeyRefusal.exponent), ("e", [3], 1, .exponent),
            ("e", [1, 0, 0], 1, .exponent), ("e", [1, 0, 0, 0, 1, 1], 1, .exponent),
            ("e", [1, 0, 0, 0, 1], 1, .exponent), ("n", [255], 255, .tooShort),
            ("n", [255], 1_025, .tooLong), ("n", [254], 256, .unsound),
        ]
    )
    func numbers(name: String, part: [UInt8], times: Int, reason: KeyRefusal) throws {
        let bytes = (0..<times).flatMap { _ in part }
        let changes = [name: "\"\(Base64URL.text(bytes))\"" as String?]
        let set = try Self.set(Self.key(Self.rsa, changes), Self.key(Self.elliptic))
        #expect(set.refused.map(\.reason) == [reason])
    }

    @Test("A leading zero before an RSA modulus changes nothing")
    func leadingZero() throws {
        guard case .rsa(let modulus, _) = Self.rsa.publicKey.publicKey.material else { return }
        let changes = ["n": "\"\(Base64URL.text([0] + modulus))\"" as String?]
        let set = try Self.set(Self.key(Self.rsa, changes))
        let token = Self.rsa.sign(header: Self.rsa.header, payload: Array("{}".utf8))
        #expect(Vectors.rejection(token, set) == nil)
    }

    @Test("Two keys with one kid refuse the set, also when one of them could not be used")
    func duplicates() throws {
        let twin = try Self.key(Self.rsa, ["kid": "\"ec-1\""])
        #expect(throws: KeySetError(.duplicateKeyID, at: 1)) {
            try Self.set(Self.key(), twin)
        }
        let unusable = try Self.key(Self.elliptic, ["use": "\"enc\""])
        #expect(throws: KeySetError(.duplicateKeyID, at: 1)) {
            try Self.set(unusable, Self.key())
        }
        #expect(throws: KeySetError(.notJSON)) {
            try KeySet(parsing: Array("{\"keys\":[],\"keys\":[]}".utf8))
        }
    }

    @Test("A set that holds a secret is refused whole")
    func secrets() throws {
        for name in ["d", "k", "p", "q", "dp", "dq", "qi", "oth"] {
            let key = try Self.key(Self.elliptic, [name: "\"AQ\""])
            #expect(throws: KeySetError(.secretKey, at: 1)) {
                try Self.set(Self.key(Self.rsa), key)
            }
        }
    }

    @Test(
        "What is no key set is refused",
        arguments: [
            ("", KeySetError.Code.notJSON), ("[", .notJSON), ("[]", .notAKeySet),
            ("{}", .notAKeySet), ("{\"keys\":{}}", .notAKeySet), ("{\"keys\":[]}", .noUsableKey),
            ("{\"keys\":[1,null,\"a\"]}", .noUsableKey),
        ]
    )
    func otherDocuments(_ text: String, _ code: KeySetError.Code) {
        #expect(throws: KeySetError(code)) { try KeySet(parsing: Array(text.utf8)) }
    }

    @Test("A set at its limits is read, one beyond is refused")
    func limits() throws {
        let foreign = (1..<Limits.keySetKeysMax).map { "{\"kty\":\"x\",\"kid\":\"\($0)\"}" }
        let full = try Self.key() + "," + foreign.joined(separator: ",")
        #expect(try Self.set(full).refused.count == Limits.keySetKeysMax - 1)
        #expect(throws: KeySetError(.tooManyKeys)) { try Self.set(full + ",{}") }
        let large = [UInt8](repeating: 0x20, count: Limits.keySetBytesMax + 1)
        #expect(throws: KeySetError(.tooLarge)) { try KeySet(parsing: large) }
    }

    @Test("Key ids are compared byte by byte, not as Unicode text")
    func keyIDBytes() throws {
        let composed = TokenSigner.generate(.es256, keyID: "cl\u{E9}")
        let set = KeySet([composed.publicKey])
        guard case .key = set.key(named: "cl\u{E9}") else {
            Issue.record("the key is not found by its own id")
            return
        }
        guard case .unknown = set.key(named: "cle\u{301}") else {
            Issue.record("another spelling found the key")
            return
        }
    }
}
