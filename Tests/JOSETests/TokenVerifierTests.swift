import Basics
import Crypto
import JSON
import Testing

@testable import JOSE

@Suite("TokenVerifier")
struct TokenVerifierTests {
    static let signer = TokenSigner.generate(.es256, keyID: "key-1")
    static let second = 1_795_300_000
    static let now = Instant(microseconds: Int64(second) * 1_000_000)
    static let audience = "https://limen.example/cds-services/news2"
    static let policy = TokenPolicy(
        issuer: "https://ehr.example/",
        audiences: [audience, audience + "/feedback"],
        algorithms: [.es256],
        keys: KeySet([signer.publicKey]),
        keySetURLs: ["https://ehr.example/jwks.json"]
    )
    static let header = ["alg": "\"ES256\"", "typ": "\"JWT\"", "kid": "\"key-1\""]
    static let claims = [
        "iss": "\"https://ehr.example/\"", "aud": "\"\(audience)\"", "exp": "\(second + 240)",
        "iat": "\(second - 10)", "jti": "\"a\"",
    ]

    /// A token whose members were put in place, signed as it then stands.
    static func token(
        header changes: [String: String?] = [:],
        claims claimChanges: [String: String?] = [:]
    ) -> [UInt8] {
        func object(_ members: [String: String], _ changes: [String: String?]) -> [UInt8] {
            var members = members
            for (name, change) in changes { members[name] = change }
            let text = members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
            return Array("{\(text.joined(separator: ","))}".utf8)
        }
        let text = signer.sign(
            header: object(header, changes),
            payload: object(claims, claimChanges)
        )
        return Array(text.utf8)
    }

    static func rejection(
        _ token: [UInt8],
        _ policy: TokenPolicy = policy,
        now: Instant = now
    ) -> TokenRejection? {
        do throws(TokenRejection) {
            _ = try TokenVerifier.verify(token, policy: policy, now: now)
            return nil
        } catch {
            return error
        }
    }

    @Test("A sound token gives what it says")
    func sound() throws {
        let token = Self.token(claims: ["tenant": "\"ward\""])
        let verified = try TokenVerifier.verify(token, policy: Self.policy, now: Self.now)
        #expect(verified.issuer == "https://ehr.example/")
        #expect(verified.keyID == "key-1")
        #expect(verified.algorithm == .es256)
        #expect(verified.audience == Self.audience)
        #expect(verified.tokenID == "a")
        #expect(verified.tenant == "ward")
        #expect(verified.expiresAt.microseconds == Int64(Self.second + 240) * 1_000_000)
        #expect(verified.forgottenAt.microseconds(since: verified.expiresAt) == 30_000_000)
    }

    @Test(
        "A header is refused for each thing that is not as it must be",
        arguments: [
            (["alg": nil], TokenRejection.algorithmMissing),
            (["alg": "\"\""], .algorithmMissing),
            (["alg": "[\"ES256\"]"], .algorithmMissing),
            (["alg": "\"nOnE\""], .algorithmNone),
            (["alg": "\"hs256\""], .algorithmSymmetric),
            (["alg": "\"ES521\""], .algorithmUnknown),
            (["alg": "\"es256\""], .algorithmUnknown),
            (["alg": "\"ES256 \""], .algorithmUnknown),
            (["alg": "\"RS256\""], .algorithmNotRegistered),
            (["typ": nil], .type),
            (["typ": "\"jwt\""], .type),
            (["typ": "\"at+jwt\""], .type),
            (["kid": nil], .keyIDMissing),
            (["kid": "\"\""], .keyIDMissing),
            (["kid": "7"], .keyIDMissing),
            (["kid": "\"key-2\""], .keyUnknown),
            (["kid": "\"key-1\\u0000\""], .keyUnknown),
            (["jku": "\"https://ehr.example/jwks.json/\""], .keySetURL),
            (["jku": "\"HTTPS://ehr.example/jwks.json\""], .keySetURL),
            (["jku": "null"], .keySetURL),
            (["crit": "[]"], .criticalHeader),
            (["crit": "[\"exp\"]", "exp": "1"], .criticalHeader),
            (["b64": "true"], .criticalHeader),
            (["jwk": "{}"], .keyInHeader),
            (["x5c": "[]"], .keyInHeader),
            (["x5u": "\"https://ehr.example/\""], .keyInHeader),
            (["cty": "\"JWT\""], .nested),
            (["cty": "\"application/jwt\""], .nested),
            (["cty": "1"], .nested),
        ] as [([String: String?], TokenRejection)]
    )
    func headers(_ changes: [String: String?], _ expected: TokenRejection) {
        #expect(Self.rejection(Self.token(header: changes)) == expected)
    }

    @Test(
        "A header with what is registered, or with what means nothing here, is taken",
        arguments: [
            ["jku": "\"https://ehr.example/jwks.json\""], ["cty": "\"json\""],
            ["x5t": "\"AAAA\""], ["vendor": "{\"a\":[1]}"],
            ["alg": "\"\\u0045S256\""],
        ]
    )
    func otherHeaders(_ changes: [String: String?]) {
        #expect(Self.rejection(Self.token(header: changes)) == nil)
    }

    @Test(
        "Claims are refused for each thing that is not as it must be",
        arguments: [
            (["iss": nil], TokenRejection.issuer),
            (["iss": "\"https://ehr.example\""], .issuer),
            (["iss": "[\"https://ehr.example/\"]"], .issuer),
            (["aud": nil], .audienceClaim),
            (["aud": "[]"], .audienceClaim),
            (["aud": "{}"], .audienceClaim),
            (["aud": "[1]"], .audienceClaim),
            (["aud": "\"https://limen.example\""], .audience),
            (["aud": "[\"https://a.example\",\"https://b.example\"]"], .audience),
            (["exp": nil], .expiryClaim),
            (["exp": "\"1795300240\""], .expiryClaim),
            (["exp": "1795300240.5"], .expiryClaim),
            (["exp": "-1"], .expiryClaim),
            (["exp": "1e30"], .expiryClaim),
            (["exp": "9223372036854775808"], .expiryClaim),
            (["exp": "\(second - 30)"], .expired),
            (["iat": nil], .issuedAtClaim),
            (["iat": "true"], .issuedAtClaim),
            (["iat": "\(second + 31)"], .issuedInFuture),
            (["exp": "\(second + 291)"], .lifetime),
            (["nbf": "null"], .notBeforeClaim),
            (["nbf": "\(second + 31)"], .notYetValid),
            (["tenant": "1"], .tenantClaim),
            (["jti": nil], .tokenIDClaim),
            (["jti": "\"\""], .tokenIDClaim),
            (["jti": "1"], .tokenIDClaim),
            (["jti": "\"\(String(repeating: "j", count: 129))\""], .tokenIDClaim),
        ] as [([String: String?], TokenRejection)]
    )
    func claimsRefused(_ changes: [String: String?], _ expected: TokenRejection) {
        #expect(Self.rejection(Self.token(claims: changes)) == expected)
    }

    @Test(
        "Claims at the very edge are taken",
        arguments: [
            ["exp": "\(second - 29)"], ["iat": "\(second + 30)"],
            ["exp": "\(second + 290)"], ["nbf": "\(second + 30)"],
            ["exp": "1795300240.0"], ["exp": "1.79530024e9"],
            ["aud": "[\"https://a.example\",\"\(audience)/feedback\"]"],
            ["jti": "\"\(String(repeating: "j", count: 128))\""], ["sub": "\"any\""],
            ["tenant": "\"any\""],
        ]
    )
    func claimsTaken(_ changes: [String: String?]) {
        #expect(Self.rejection(Self.token(claims: changes)) == nil)
    }

    @Test("A clock one hour off, either way, refuses every token")
    func clocks() {
        let hour: Int64 = 3_600_000_000
        #expect(
            Self.rejection(Self.token(), now: Self.now.advanced(byMicroseconds: hour)) == .expired
        )
        #expect(
            Self.rejection(Self.token(), now: Self.now.advanced(byMicroseconds: -hour))
                == .issuedInFuture
        )
    }

    @Test("The tenant is demanded, compared or passed over, as the registration says")
    func tenants() {
        var policy = Self.policy
        let named = Self.token(claims: ["tenant": "\"ward\""])
        policy.tenant = .required("ward")
        #expect(Self.rejection(named, policy) == nil)
        #expect(Self.rejection(Self.token(), policy) == .tenantClaim)
        policy.tenant = .required("Ward")
        #expect(Self.rejection(named, policy) == .tenant)
        policy.tenant = .ifPresent("other")
        #expect(Self.rejection(named, policy) == .tenant)
        #expect(Self.rejection(Self.token(), policy) == nil)
    }

    @Test("A token at the limit is read, one byte longer it is not")
    func size() throws {
        let short = Self.token(claims: ["pad": "\"\""])
        // Three bytes of claims are four of the token.
        let room = (Limits.tokenBytesMax - short.count) / 4 * 3
        let full = Self.token(claims: ["pad": "\"\(String(repeating: "x", count: room))\""])
        #expect(full.count <= Limits.tokenBytesMax)
        #expect(Self.rejection(full) == nil)
        let long = Self.token(claims: ["pad": "\"\(String(repeating: "x", count: room + 6))\""])
        #expect(Self.rejection(long) == .tooLarge)
    }

    @Test(
        "What is no compact token is refused by its form",
        arguments: [
            ("", TokenRejection.notCompact), ("a", .notCompact), ("a.b", .notCompact),
            ("a.b.c.d", .notCompact), ("a.b.c.d.e", .notCompact), ("..", .headerNotJSON),
            ("e30=.e30.", .encoding), ("e30 .e30.", .encoding), ("e31.e30.", .encoding),
            ("ew.e30.", .headerNotJSON), ("W10.e30.", .headerNotJSON),
            ("e30.W10.", .claimsNotJSON), ("e30.e30.+/8", .encoding), ("e30.e30.A", .encoding),
            ("eyJhIjoxLCJhIjoxfQ.e30.", .headerDuplicate),
            ("e30.eyJhIjoxLCJhIjoxfQ.", .claimsDuplicate),
            ("e30.e30.", .algorithmMissing), ("\u{FEFF}e30.e30.", .encoding),
        ]
    )
    func forms(_ text: String, _ expected: TokenRejection) {
        #expect(Self.rejection(Array(text.utf8)) == expected)
    }

    @Test("A key decides only over its own kind and its own algorithm")
    func keyKinds() {
        let signers = JWSAlgorithm.allCases.map { TokenSigner.generate($0, keyID: "key-1") }
        for signer in signers {
            for other in signers where other.algorithm != signer.algorithm {
                var policy = Self.policy
                policy.algorithms = Set(JWSAlgorithm.allCases)
                policy.keys = KeySet([other.publicKey])
                let claims = TokenClaims(
                    issuer: policy.issuer,
                    audiences: [Self.audience],
                    issuedAt: Self.now,
                    tokenID: "a"
                )
                let token = Array(signer.sign(claims).utf8)
                #expect(Self.rejection(token, policy) == .keyMismatch)
                policy.keys = KeySet([signer.publicKey])
                #expect(Self.rejection(token, policy) == nil)
                // The same key without a word on its use: the kind of the key decides.
                policy.keys = KeySet([
                    JSONWebKey(
                        keyID: "key-1",
                        algorithm: nil,
                        publicKey: other.publicKey.publicKey
                    )
                ])
                let isSameKind = signer.algorithm.fits(other.publicKey.publicKey.material)
                #expect(
                    Self.rejection(token, policy) == (isSameKind ? .signature : .keyMismatch)
                )
            }
        }
    }

    @Test("Explained is what is done, and the signature is not shown")
    func explanation() throws {
        let knowledge = TokenExplanation.Knowledge(
            policy: Self.policy,
            hasIssuer: true,
            hasAudiences: true,
            hasKeys: true
        )
        let tokens = [
            Self.token(), Self.token(header: ["typ": nil]), Self.token(claims: ["exp": nil]),
            Self.token(header: ["kid": "\"key-2\""], claims: ["aud": "\"other\""]),
            Array("a.b".utf8), Array("e30.W10.".utf8),
        ]
        for token in tokens {
            let explained = TokenExplanation(of: token, knowledge, now: Self.now)
            #expect(explained.rejection == Self.rejection(token))
            let signature = String(decoding: token, as: UTF8.self).split(separator: ".").last
            let texts = explained.steps.compactMap(\.found) + explained.steps.map(\.accepted)
            #expect(!texts.contains { $0.contains(signature ?? "none") && token.count > 50 })
        }
        let failed = TokenExplanation(of: tokens[3], knowledge, now: Self.now).steps
            .compactMap { step -> TokenRejection? in
                if case .failed(let rejection) = step.verdict { return rejection }
                return nil
            }
        #expect(failed == [.keyUnknown, .signature, .audience], "every check is made")
        let ignorant = TokenExplanation(of: tokens[0], .init(), now: Self.now)
        #expect(ignorant.rejection == nil)
        #expect(ignorant.isOpen)
        // Without any knowledge a token without a signature is refused all the same.
        let unsigned = TokenExplanation(
            of: Self.token(header: ["alg": "\"none\""]),
            .init(),
            now: Self.now
        )
        #expect(unsigned.rejection == .algorithmNone)
        // A registered audience is taken; whether another is the URL that was called is not known.
        let registered = TokenExplanation.Knowledge(
            policy: Self.policy,
            hasIssuer: true,
            hasKeys: true
        )
        let own = TokenExplanation(of: tokens[0], registered, now: Self.now)
        #expect(own.rejection == nil && !own.isOpen)
        let called = TokenExplanation(
            of: Self.token(claims: ["aud": "\"https://other.example\""]),
            registered,
            now: Self.now
        )
        #expect(called.rejection == nil && called.isOpen)
        let step = try #require(called.steps.first { $0.name == "aud" })
        #expect(step.accepted.hasSuffix(" or the URL that is called"))
    }

    @Test("The reasons are a closed list of distinct words that hold no text of a token")
    func reasons() {
        let words = TokenRejection.allCases.map(\.rawValue)
        #expect(Set(words).count == words.count)
        #expect(words.allSatisfy { $0.hasPrefix("token-") })
        #expect(TokenRejection.allCases.allSatisfy { !$0.sentence.isEmpty })
    }
}
