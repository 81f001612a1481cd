import Basics
import HTTPMessages
import JOSE
import JSON
import Testing

@testable import Gateway

@Suite("Clients of a configuration together")
struct ClientCatalogueTests {
    static func findings(
        _ files: [String: [UInt8]],
        isDevelopment: Bool = false
    ) throws -> [String] {
        let all = try GatewayFixture.files(files)
        do {
            _ = try Catalogue(files: all, now: GatewayFixture.now, isDevelopment: isDevelopment)
            return []
        } catch {
            return error.findings.map { "\($0.file) \($0.path)" }
        }
    }

    static let jwt = #""issuer":"https://ehr.example","# + AccessFixture.keys(AccessFixture.signer)

    @Test("an issuer is registered once, in whatever files")
    func issuerTwice() throws {
        let faults = try Self.findings([
            "Hooks/clients/one.json": AccessFixture.client("one", jwt: Self.jwt),
            "Hooks/clients/two.json": AccessFixture.client(
                "two",
                tenant: "hospital-b",
                jwt: Self.jwt
            ),
        ])
        #expect(faults == ["Hooks/clients/two.json jwt.issuer"])
        let told = try Self.findings([
            "Hooks/clients/one.json": AccessFixture.client(
                "one",
                jwt: #""tenant":"n","# + Self.jwt
            ),
            "Hooks/clients/two.json": AccessFixture.client(
                "two",
                jwt: #""tenant":"s","# + Self.jwt
            ),
        ])
        #expect(told == [])
        let half = try Self.findings([
            "Hooks/clients/one.json": AccessFixture.client(
                "one",
                jwt: #""tenant":"n","# + Self.jwt
            ),
            "Hooks/clients/two.json": AccessFixture.client("two", jwt: Self.jwt),
        ])
        #expect(half == ["Hooks/clients/two.json jwt.issuer"])
    }

    @Test("keys with one kid, private keys and no key at all are no key set")
    func keySets() throws {
        let key = AccessFixture.keySet([AccessFixture.signer]).dropFirst(#"{"keys":["#.count)
            .dropLast(2)
        let secret = key.dropLast() + #","d":"AAAA"}"#
        for keys in ["\(key),\(key)", "\(secret)", "", #"{"kty":"oct","k":"AAAA","kid":"a"}"#] {
            let jwt = #""issuer":"i","keys":{"inline":{"keys":[\#(keys)]}}"#
            let faults = try Self.findings([
                "Hooks/clients/a.json": AccessFixture.client("a", jwt: jwt)
            ])
            #expect(faults == ["Hooks/clients/a.json jwt.keys.inline"], "\(keys)")
        }
        let file = #""issuer":"i","keys":{"file":"a.jwks.json"}"#
        let faults = try Self.findings([
            "Hooks/clients/a.json": AccessFixture.client("a", jwt: file),
            "Hooks/clients/a.jwks.json": Array(#"{"keys":[\#(key),\#(key)]}"#.utf8),
        ])
        #expect(faults == ["Hooks/clients/a.json jwt.keys.file"])
        let good = try Self.findings([
            "Hooks/clients/a.json": AccessFixture.client("a", jwt: file),
            "Hooks/clients/a.jwks.json": Array(#"{"keys":[\#(key)]}"#.utf8),
        ])
        #expect(good == [])
    }

    /// The keys of the public sandbox.
    static let sandboxKeys = [
        #"{"kty":"EC","use":"sig","crv":"P-384","kid":"x","alg":"ES384","#
            + #""x":"dw_JGR8nB2I6XveNxUOl2qk699ZPLM2nYI5STSdiEl9avAkrm3CkfYMbrrjr8laB","#
            + #""y":"Sm3mLE-n1zYNla_aiE3cb3nZsL51RbC7ysw3q8aJLxGm-hx79RPMYpITDjp7kgzy"}"#,
        #"{"kty":"EC","use":"sig","crv":"P-256","kid":"y","alg":"ES256","#
            + #""x":"QWI9fI8TcNtdikhVs_M1N_Szb7BOj19etvIKfrQMa9k","#
            + #""y":"jDkhk_Z2RZZ5L5rN4vd1_i-RJLn3EfEhDcy7iFBg--I"}"#,
    ]

    @Test(
        "keys that come from the sandbox are known as such, however its address is written",
        arguments: [
            ("https://sandbox.cds-hooks.org/jwks", true),
            ("https://SANDBOX.cds-hooks.org/jwks", true),
            ("https://sandbox.cds-hooks.org:443/jwks", true),
            ("https://sandbox.cds-hooks.org", true),
            ("https://sandbox.cds-hooks.org?a=b", true),
            ("https://sandbox.cds-hooks.org:8443/jwks", true),
            ("https://sandbox.cds-hooks.org.example/jwks", false),
            ("https://ehr.example/sandbox.cds-hooks.org/jwks", false),
        ]
    )
    func sandboxAddress(_ address: String, _ isSandbox: Bool) throws {
        let document = AccessFixture.client(
            "a",
            jwt: #""issuer":"https://ehr.example","keys":{"url":"\#(address)"}"#
        )
        let read = try ClientReaderTests.read(String(decoding: document, as: UTF8.self))
        #expect(read.findings.map(\.text) == [])
        #expect(KnownPublicKeys.isOpen(try #require(read.client)) == isSandbox)
    }

    @Test("who anybody can be is let in in development mode only", arguments: sandboxKeys)
    func sandbox(_ key: String) throws {
        let file = "Hooks/clients/a.json"
        func client(_ jwt: String, _ members: String = "") -> [String: [UInt8]] {
            [file: AccessFixture.client("a", jwt: jwt, members)]
        }
        let keys = #""keys":{"inline":{"keys":[\#(key)]}}"#
        let hidden = client(#""issuer":"https://ehr.example","# + keys)
        #expect(try Self.findings(hidden) == ["\(file) jwt"])
        #expect(try Self.findings(hidden, isDevelopment: true) == [])
        let issuer = client(
            #""issuer":"https://sandbox.cds-hooks.org","#
                + AccessFixture.keys(AccessFixture.signer),
            #""dialect":"cds-hooks-sandbox""#
        )
        #expect(try Self.findings(issuer) == ["\(file) dialect", "\(file) jwt"])
        #expect(try Self.findings(issuer, isDevelopment: true) == [])
        let inactive = client(
            #""issuer":"https://ehr.example","# + keys,
            #""active":false"#
        )
        #expect(try Self.findings(inactive) == [], "it cannot call")
    }

    @Test("names what does not exist, and what two clients share")
    func others() throws {
        let key = AccessFixture.apiKey("a")
        let faults = try Self.findings([
            "Hooks/clients/a.json": AccessFixture.client(
                "a",
                key.member + #","services":["news2","none"],"hooks":["patient-vew"]"#
            ),
            "Hooks/clients/b.json": AccessFixture.client(
                "b",
                key.member + #","certificate":{"subject":"CN=x"}"#
            ),
            "Hooks/clients/c.json": AccessFixture.client(
                "c",
                #""certificate":{"subject":"CN=x","alone":true}"#
            ),
            "Hooks/clients/d.json": AccessFixture.client("a", AccessFixture.apiKey("d").member),
        ])
        #expect(
            Set(faults) == [
                "Hooks/clients/a.json services[1]", "Hooks/clients/a.json hooks[0]",
                "Hooks/clients/b.json apiKeys", "Hooks/clients/c.json certificate",
                "Hooks/clients/d.json id",
            ]
        )
    }

    @Test("a mistake leaves the old clients in force")
    func oldOneStays() async throws {
        let fixture = try AccessFixture()
        let bad = try GatewayFixture.files([
            "Hooks/clients/signer.json": Array(#"{"format":"limen-client/1"}"#.utf8)
        ])
        #expect(throws: CatalogueError.self) {
            try fixture.gateway.gateway.reload(Catalogue(files: bad, now: GatewayFixture.now))
        }
        let token = AccessFixture.signer.sign(AccessFixture.claims())
        #expect(await fixture.post(token).status == 200)
    }
}
