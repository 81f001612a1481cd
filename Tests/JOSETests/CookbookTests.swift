import Crypto
import JSON
import Support
import Testing

@testable import JOSE

/// The worked examples of RFC 7520 (and RFC 8037 for Ed25519).
@Suite(
    "RFC 7520 cookbook",
    .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
)
struct CookbookTests {
    static let folder = "jose-cookbook-rfc7520/"

    @Test(
        "An example with a public key is verified from its very bytes",
        arguments: [
            ("jws/4_1.rsa_v15_signature.json", "jwk/3_3.rsa_public_key.json"),
            ("jws/4_2.rsa-pss_signature.json", "jwk/3_3.rsa_public_key.json"),
            ("jws/4_3.ecdsa_signature.json", "jwk/3_1.ec_public_key.json"),
            ("curve25519/jws.json", ""),
        ]
    )
    func positive(_ file: String, _ keyFile: String) throws {
        let example = try Vectors.root(Self.folder + file)
        let compact = try #require(example["output"]?["compact"]?.stringValue)
        let signed = try CompactSignature(parsing: Array(compact.utf8))
        let signing = try #require(example["signing"])
        #expect(signing["sig-input"]?.isString(Self.text(signed.signingInput)) == true)
        #expect(signing["sig"]?.isString(Base64URL.text(signed.signature)) == true)
        for (name, value) in try #require(signing["protected"]).members {
            let member = try #require(name.stringValue)
            let own = try #require(signed.header[member])
            #expect(own.stringValue == value.stringValue)
        }
        let payload = try #require(example["input"]?["payload"]?.stringValue)
        #expect(Self.text(signed.payload) == payload)
        let source = keyFile.isEmpty ? try #require(example["input"]?["key"]) : nil
        let key = try source.map(Self.publicHalf) ?? Vectors.root(Self.folder + keyFile)
        let keys = KeySet([try Self.named(key, signed.keyID ?? "unnamed")])
        if signed.keyID == nil {
            // The example for Ed25519 names no key; the endpoint wants one named.
            #expect(Vectors.rejection(compact, keys) == .keyIDMissing)
            let algorithm = try #require(signed.algorithm)
            let key = try #require(keys.keys.values.first)
            #expect(
                key.publicKey.isValid(
                    signed.signature,
                    over: signed.signingInput,
                    by: algorithm.scheme
                )
            )
        } else {
            #expect(Vectors.rejection(compact, keys) == nil)
        }
    }

    @Test(
        "An example that is no compact token with a public key is refused",
        arguments: [
            (
                "jws/4_4.hmac-sha2_integrity_protection.json", "compact",
                TokenRejection.algorithmSymmetric
            ),
            ("jws/4_5.signature_with_detached_content.json", "compact", .algorithmSymmetric),
            ("jws/4_6.protecting_specific_header_fields.json", "json_flat", .notCompact),
            ("jws/4_7.protecting_content_only.json", "json_flat", .notCompact),
            ("jws/4_8.multiple_signatures.json", "json", .notCompact),
            ("jws/4_1.rsa_v15_signature.json", "json", .notCompact),
            ("jws/4_1.rsa_v15_signature.json", "json_flat", .notCompact),
        ]
    )
    func negative(_ file: String, _ form: String, _ expected: TokenRejection) throws {
        let example = try Vectors.root(Self.folder + file)
        let output = try #require(example["output"]?[form])
        let text = output.stringValue ?? Self.text(Array(output.rawBytes))
        let key = try JSONWebKey(
            reading: Vectors.root(Self.folder + "jwk/3_3.rsa_public_key.json")
        )
        #expect(Vectors.rejection(text, KeySet([key])) == expected)
    }

    @Test(
        "A key that must not be published refuses its whole set",
        arguments: [
            "3_2.ec_private_key.json", "3_4.rsa_private_key.json",
            "3_5.symmetric_key_mac_computation.json", "3_6.symmetric_key_encryption.json",
        ]
    )
    func secretKeys(_ file: String) throws {
        let key = try Shared.text("conformance/" + Self.folder + "jwk/" + file)
        #expect(throws: KeySetError(.secretKey, at: 0)) {
            try KeySet(parsing: Array("{\"keys\":[\(key)]}".utf8))
        }
    }

    @Test("A private key signs what its public half verifies")
    func signing() throws {
        for file in ["3_2.ec_private_key.json", "3_4.rsa_private_key.json"] {
            let value = try Vectors.root(Self.folder + "jwk/" + file)
            let document = try SigningKeyDocument(reading: value)
            let algorithms = JWSAlgorithm.allCases.filter {
                $0.fits(document.key.publicKey.material)
            }
            #expect(!algorithms.isEmpty)
            for algorithm in algorithms {
                let signer = try #require(
                    TokenSigner(key: document.key, keyID: "k", algorithm: algorithm)
                )
                let token = signer.sign(header: signer.header, payload: Array("{}".utf8))
                #expect(Vectors.rejection(token, KeySet([signer.publicKey])) == nil)
            }
        }
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// The members of a key that may be published.
    private static func publicHalf(_ key: JSONValue) throws -> JSONValue {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, value) in key.members where !name.isString("d") {
            writer.name(try #require(name.stringValue))
            writer.value(value)
        }
        writer.endObject()
        return try JSONDocument(parsing: writer.bytes).root
    }

    private static func named(_ value: JSONValue, _ keyID: String) throws -> JSONWebKey {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, member) in value.members where !name.isString("kid") {
            writer.name(try #require(name.stringValue))
            writer.value(member)
        }
        writer.name("kid")
        writer.value(keyID)
        writer.endObject()
        return try JSONWebKey(reading: JSONDocument(parsing: writer.bytes).root)
    }
}
