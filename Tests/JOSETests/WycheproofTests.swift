import Crypto
import JSON
import Support
import Testing

@testable import JOSE

/// The vectors of project Wycheproof for JOSE.
@Suite(
    "Wycheproof JOSE",
    .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
)
struct WycheproofTests {
    static let folder = "wycheproof-jose/"

    /// What the groups of a file came to.
    struct Tally: Equatable {
        var accepted = 0
        var refused = 0
        /// Of a group whose keys are symmetric, which is refused as a whole.
        var symmetric = 0
        /// Of a group whose key says ES521, which is no algorithm.
        var misnamed = 0
    }

    /// Valid by the vectors, refused here.
    ///
    /// In these two of RFC 7520 a key says PS256 and the header PS384. The vectors themselves want
    /// the same refused elsewhere (337 to 340, a key for PS512 and a header that says PS256), and
    /// RFC 8725, section 3.1, asks for it.
    static let mismatched: Set<Int> = [346, 350]

    @Test(
        "Every signature is taken or refused as its vector says",
        arguments: [
            (
                "json_web_signature_test.json",
                Tally(accepted: 32, refused: 327, symmetric: 40, misnamed: 2)
            ),
            ("json_web_crypto_test.json", Tally(accepted: 2, refused: 27, symmetric: 54)),
        ]
    )
    func signatures(_ file: String, _ expected: Tally) throws {
        var tally = Tally()
        for group in try #require(Vectors.root(Self.folder + file)["testGroups"]).elements {
            let tests = Array(try #require(group["tests"]).elements)
            let keys: KeySet?
            do throws(KeySetError) {
                keys = try Vectors.keys(group)
            } catch {
                keys = nil
                switch error.code {
                case .secretKey:
                    tally.symmetric += tests.count
                    continue
                case .noUsableKey where Self.says(group, "ES521"):
                    tally.misnamed += tests.count
                    continue
                default: break
                }
            }
            for test in tests { try Self.check(test, keys, &tally) }
        }
        #expect(tally == expected)
    }

    private static func check(_ test: JSONValue, _ keys: KeySet?, _ tally: inout Tally) throws {
        let id = try #require(test["tcId"]?.integerValue)
        let isValid = test["result"]?.isString("valid") == true && !mismatched.contains(id)
        guard let keys, let compact = test["jws"]?.stringValue else {
            // Without a usable key, or encrypted: nothing of it can be taken.
            #expect(!isValid, "test \(id)")
            tally.refused += 1
            return
        }
        let rejection = Vectors.rejection(compact, keys)
        #expect((rejection == nil) == isValid, "test \(id): \(String(describing: rejection))")
        if rejection == nil { tally.accepted += 1 } else { tally.refused += 1 }
        if mismatched.contains(id) { #expect(rejection == .keyMismatch) }
    }

    private static func says(_ group: JSONValue, _ algorithm: String) -> Bool {
        group["public"]?["alg"]?.isString(algorithm) == true
    }

    @Test("Every key set is taken or refused as its vector says")
    func keySets() throws {
        var reasons: [String: Int] = [:]
        let file = Self.folder + "json_web_key_test.json"
        for group in try #require(Vectors.root(file)["testGroups"]).elements {
            for test in try #require(group["tests"]).elements {
                let id = try #require(test["tcId"]?.integerValue)
                let isValid = test["result"]?.isString("valid") == true
                do throws(KeySetError) {
                    let keys = try Vectors.keys(group)
                    let compact = test["jws"]?.stringValue ?? ""
                    #expect((Vectors.rejection(compact, keys) == nil) == isValid, "test \(id)")
                    reasons["none", default: 0] += 1
                } catch {
                    // A symmetric key is refused even where the vectors hold it valid.
                    #expect(error.code == .secretKey || !isValid, "test \(id)")
                    reasons[error.code.rawValue, default: 0] += 1
                }
            }
        }
        #expect(
            reasons == [
                "none": 1,
                KeySetError.Code.secretKey.rawValue: 15,
                KeySetError.Code.noUsableKey.rawValue: 10,
            ]
        )
    }

    @Test(
        "A key with a fault is refused for that fault",
        arguments: [
            (6, KeyRefusal.use), (7, .weakGenerator), (8, .tooShort), (9, .exponent),
            (19, .algorithm), (20, .algorithm), (21, .use), (22, .unsound),
            (23, .memberMalformed), (24, .memberMalformed),
        ]
    )
    func faults(_ id: Int, _ expected: KeyRefusal) throws {
        let groups = try #require(
            Vectors.root(Self.folder + "json_web_key_test.json")["testGroups"]
        )
        let group = try #require(
            groups.elements.first { group in
                group["tests"]?.elements.contains { $0["tcId"]?.integerValue == id } == true
            }
        )
        let keys = try #require(group["public"]?["keys"])
        let key = try #require(Array(keys.elements).first)
        #expect(throws: expected) { try JSONWebKey(reading: key) }
    }

    // MARK: Raw signatures

    @Test(
        "Every raw signature is taken or refused as its vector says",
        arguments: [
            ("ecdsa_secp256r1_sha256_p1363_test.json", SignatureScheme.ecdsa(.sha256), 262),
            ("ecdsa_secp384r1_sha384_p1363_test.json", .ecdsa(.sha384), 280),
            ("rsa_signature_2048_sha256_test.json", .rsaPKCS1(.sha256), 259),
            ("rsa_signature_2048_sha384_test.json", .rsaPKCS1(.sha384), 258),
            ("rsa_pss_2048_sha256_mgf1_32_test.json", .rsaPSS(.sha256), 108),
        ]
    )
    func rawSignatures(_ file: String, _ scheme: SignatureScheme, _ count: Int) throws {
        let root = try Vectors.root(Self.folder + file)
        #expect(root["numberOfTests"]?.integerValue == count)
        var seen = 0
        for group in try #require(root["testGroups"]).elements {
            let key = try Self.key(group)
            for test in try #require(group["tests"]).elements {
                seen += 1
                let id = try #require(test["tcId"]?.integerValue)
                let message = try #require(test["msg"]?.stringValue.flatMap(Hexadecimal.bytes))
                let signature = try #require(test["sig"]?.stringValue.flatMap(Hexadecimal.bytes))
                let isValid = key?.isValid(signature, over: message, by: scheme) ?? false
                switch test["result"]?.stringValue {
                case "valid": #expect(isValid, "test \(id)")
                case "invalid": #expect(!isValid, "test \(id)")
                // A padding without its NULL: RFC 8017, section 8.2.2, lets nobody accept it.
                default: #expect(!isValid, "test \(id)")
                }
            }
        }
        #expect(seen == count)
    }

    /// The key of a group by its numbers; `nil` when it is no sound key.
    private static func key(_ group: JSONValue) throws -> PublicKey? {
        let numbers = try #require(group["publicKey"])
        func bytes(_ name: String) -> [UInt8]? {
            numbers[name]?.stringValue.flatMap(Hexadecimal.bytes)
        }
        if let modulus = bytes("modulus"), let exponent = bytes("publicExponent") {
            return PublicKey(.rsa(modulus: modulus, exponent: exponent))
        }
        let isP256 = numbers["curve"]?.isString("secp256r1") == true
        let curve: EllipticCurve = isP256 ? .p256 : .p384
        func coordinate(_ name: String) throws -> [UInt8] {
            let bytes = KeyMaterial.trimmed(try #require(bytes(name)))
            return [UInt8](repeating: 0, count: curve.byteCount - bytes.count) + bytes
        }
        return PublicKey(.ellipticCurve(curve, x: try coordinate("wx"), y: try coordinate("wy")))
    }
}
