import Basics
import Crypto
import JOSE
import JSON
import Testing

@testable import Gateway
@testable import limen

/// What a token is held against, and that its verdict is the gateway's.
@Suite("A token that is explained with a registered client")
struct TokenKnowledgeTests {
    static let signer = TokenSigner.generate(.es384, keyID: "k1")
    static let now = Instant(microseconds: 1_795_300_000_000_000)
    static let called = "https://limen.example/cds-services/news2"

    static func client(jwt: String = "", _ members: String = "") throws -> Client {
        let keys = String(decoding: KeySet([signer.publicKey]).json, as: UTF8.self)
        let reader = ClientReader(
            file: "Hooks/clients/ward.json",
            files: [:],
            dialects: DialectReader.standards
        )
        let document = try JSONDocument(
            parsing: #"""
                {"format":"limen-client/1","id":"ward","tenant":"a","jwt":
                 {"issuer":"https://ehr.example","keys":{"inline":\#(keys)}\#(jwt)}\#(members)}
                """#
        )
        return try #require(reader.client(document), "\(reader.faults.findings.map(\.text))")
    }

    static func printer(_ client: Client, audience: String) throws -> TokenPrinter {
        let knowledge = TokenKnowledge(client, try #require(client.token))
        let claims = TokenClaims(
            issuer: "https://ehr.example",
            audiences: [audience],
            issuedAt: now,
            tokenID: "t1"
        )
        let token = Array(signer.sign(claims).utf8)
        return TokenPrinter(
            explanation: TokenExplanation(of: token, knowledge.issuer, now: now),
            isActive: knowledge.isActive,
            now: now
        )
    }

    @Test("an audience of the registration counts beside the URL that is called, which stays open")
    func registeredAudience() throws {
        let client = try Self.client(jwt: #","audience":["urn:x"]"#)
        let own = try Self.printer(client, audience: "urn:x")
        #expect(!own.isRefused && own.text.contains("accepted, unless it was used before"))
        let called = try Self.printer(client, audience: Self.called)
        #expect(!called.isRefused && called.text.contains("open: nothing speaks against it"))
        #expect(called.text.contains(#"accepted: "urn:x" or the URL that is called"#))
    }

    @Test("a client that is not active is refused, and an active one passes that check")
    func active() throws {
        let off = try Self.client(jwt: #","audience":["urn:x"]"#, #","active":false"#)
        let refused = try Self.printer(off, audience: "urn:x")
        #expect(refused.isRefused)
        #expect(refused.text.contains("[inactive-client]"))
        #expect(refused.text.hasSuffix("refused: the client is not active\n"))
        let json = try JSONDocument(parsing: refused.json).root
        #expect(json["rejection"]?.isString("inactive-client") == true)
        #expect(refused.json.contains(#""accepted":false"#))
        let on = try Self.printer(
            Self.client(jwt: #","audience":["urn:x"]"#),
            audience: "urn:x"
        )
        #expect(!on.isRefused && !on.text.contains("FAIL"))
        let checks = try JSONDocument(parsing: on.json).root["checks"]
        #expect(checks.map { Array($0.elements) }?.last?["check"]?.isString("active") == true)
    }

    @Test("--audience is the URL that is called, with all that a gateway takes for it")
    func calledURL() throws {
        func audiences(_ url: String) throws -> [String] {
            let parsed = try Arguments(["explain", "T", "--audience", url], of: "jwt")
            let knowledge = try TokenKnowledge.choose(parsed, now: Self.now)
            #expect(knowledge.isActive == nil && knowledge.issuer.hasAudiences)
            return knowledge.issuer.policy.audiences
        }
        #expect(try audiences(Self.called) == [Self.called, Self.called + "/"])
        #expect(try audiences(Self.called + "/feedback").contains(Self.called))
        #expect(try audiences("urn:limen") == ["urn:limen"])
    }
}
