import Audit
import Basics
import Crypto
import HTTPMessages
import JOSE
import JSON
import Support
import Telemetry
import Testing

@testable import Gateway

@Suite("Callers with signed tokens")
struct TokenAccessTests {
    @Test("are let in with a token of their issuer, each token once")
    func once() async throws {
        let fixture = try AccessFixture()
        let token = AccessFixture.signer.sign(AccessFixture.claims())
        #expect(await fixture.post(token).status == 200)
        let row = try #require(fixture.gateway.sink.records.last)
        #expect(row.client == "signer" && row.tenant == "hospital-a" && row.kind == .decision)
        let again = await fixture.post(token)
        #expect(again.status == 401)
        #expect(fixture.flags == ["token-replayed", "claimed-signer"])
        let other = AccessFixture.rsa.sign(AccessFixture.claims("t2"))
        #expect(await fixture.post(other).status == 200)
    }

    @Test(
        "may name what is explained as the URL that is called, and nothing else",
        arguments: [
            ("/cds-services/news2", "/cds-services/news2", true),
            ("/cds-services/news2", "/cds-services/news2/", true),
            ("/cds-services/news2/", "/cds-services/news2", true),
            ("/cds-services/news2/feedback", "/cds-services/news2", true),
            ("/cds-services/news2/feedback", "/cds-services/news2/feedback/", true),
            ("/cds-services/news2", "/cds-services/news2/feedback", false),
            ("/cds-services/news2", "/cds-services/qsofa", false),
        ]
    )
    func explained(_ called: String, _ named: String, _ isTaken: Bool) async throws {
        for base in [AccessFixture.base, "https://proxy.example/limen"] {
            let audiences = HookGateway.audiences(calling: base + called)
            #expect(audiences.contains(base + named) == isTaken)
        }
        let fixture = try AccessFixture()
        let token = AccessFixture.signer.sign(
            AccessFixture.claims(audience: AccessFixture.base + named)
        )
        let path = called.hasSuffix("/") ? String(called.dropLast()) : called
        #expect((await fixture.post(token, path).status == 200) == isTaken)
        #expect(HookGateway.audiences(calling: "urn:limen") == ["urn:limen"])
        #expect(HookGateway.audiences(calling: "https://a.example/b") == ["https://a.example/b"])
    }

    static let bad: [(String, String)] = [
        (
            "token-signature",
            AccessFixture.stranger.sign(AccessFixture.claims())
        ),
        (
            "token-issuer-unknown",
            AccessFixture.stranger.sign(AccessFixture.claims(issuer: "https://no.example"))
        ),
        (
            "token-audience",
            AccessFixture.signer.sign(
                AccessFixture.claims(audience: "https://limen.example/cds-services/qsofa")
            )
        ),
        (
            "token-audience",
            AccessFixture.signer.sign(AccessFixture.claims(audience: "https://limen.example"))
        ),
        // A clock that is one hour off, either way.
        ("token-expired", AccessFixture.signer.sign(AccessFixture.claims(secondsAgo: 3_600))),
        (
            "token-issued-in-future",
            AccessFixture.signer.sign(AccessFixture.claims(secondsAgo: -3_600))
        ),
        ("token-lifetime", AccessFixture.signer.sign(AccessFixture.claims(lifetime: 3_600))),
        ("token-tenant", AccessFixture.signer.sign(AccessFixture.claims(tenant: "hospital-b"))),
        ("token-not-compact", "a.b"),
        ("token-not-compact", "abc"),
        (
            "token-algorithm-none",
            "eyJhbGciOiJub25lIiwidHlwIjoiSldUIiwia2lkIjoiazEifQ."
                + "eyJpc3MiOiJodHRwczovL2Voci5leGFtcGxlIn0."
        ),
    ]

    @Test("are refused alike, and the row says why", arguments: bad)
    func refused(_ reason: String, _ token: String) async throws {
        let fixture = try AccessFixture()
        let response = await fixture.post(token)
        let nobody = await fixture.post(nil)
        #expect(response.status == 401)
        #expect(response.body == nobody.body && response.body.isEmpty)
        #expect(response.fields.entries.map(\.name) == nobody.fields.entries.map(\.name))
        #expect(response.fields["www-authenticate"] == "Bearer")
        let row = try #require(fixture.gateway.sink.records.first)
        // What has one dot is taken for a key.
        let expected = token == "a.b" ? "unknown-client" : reason
        #expect(row.flags.first == expected)
        #expect(row.kind == .authenticationFailure && row.tenant == "system" && row.client == nil)
        let metric = fixture.gateway.gateway.metrics.authenticationFailures
        #expect(metric.value([expected]) == 1)
        #expect(!fixture.gateway.lines.text.contains(token), "a token is never logged")
    }

    @Test("name the tenant that is registered for them")
    func tenantClaim() async throws {
        let issuer = #""issuer":"https://ehr.example","#
        let fixture = try AccessFixture([
            "Hooks/clients/one.json": AccessFixture.client(
                "one",
                jwt: issuer + #""tenant":"north","# + AccessFixture.keys(AccessFixture.signer)
            ),
            "Hooks/clients/two.json": AccessFixture.client(
                "two",
                tenant: "hospital-b",
                jwt: issuer + #""tenant":"south","# + AccessFixture.keys(AccessFixture.rsa)
            ),
        ])
        func post(_ signer: TokenSigner, _ id: String, _ tenant: String?) async -> Int {
            await fixture.post(signer.sign(AccessFixture.claims(id, tenant: tenant))).status
        }
        #expect(await post(AccessFixture.signer, "a", "north") == 200)
        #expect(fixture.gateway.sink.records.last?.tenant == "hospital-a")
        #expect(await post(AccessFixture.rsa, "b", "south") == 200)
        #expect(fixture.gateway.sink.records.last?.tenant == "hospital-b")
        // The keys of one tenant do not sign for another.
        #expect(await post(AccessFixture.signer, "c", "south") == 401)
        #expect(fixture.flags.first == "token-key-unknown")
        #expect(await post(AccessFixture.signer, "d", nil) == 401)
        #expect(fixture.flags.first == "token-issuer-unknown")
        #expect(await post(AccessFixture.signer, "e", "hospital-a") == 401)
    }

    @Test("rotate their keys without a gap, and lose a stolen one at once")
    func rotation() async throws {
        let file = "Hooks/clients/signer.json"
        func document(_ members: String) -> [UInt8] {
            AccessFixture.client("signer", jwt: #""issuer":"https://ehr.example","# + members)
        }
        let old = AccessFixture.signer
        let new = TokenSigner.generate(.es384, keyID: "k2")
        let fixture = try AccessFixture([file: document(AccessFixture.keys(old))])
        func reload(_ members: String) throws {
            let files = try GatewayFixture.files([file: document(members)])
            try fixture.gateway.gateway.reload(Catalogue(files: files, now: GatewayFixture.now))
        }
        #expect(await fixture.post(new.sign(AccessFixture.claims("a"))).status == 401)
        try reload(AccessFixture.keys(new))
        #expect(await fixture.post(new.sign(AccessFixture.claims("b"))).status == 200)
        #expect(await fixture.post(old.sign(AccessFixture.claims("c"))).status == 200)
        fixture.gateway.clock.advance(seconds: 400)
        let late = AccessFixture.claims("d", secondsAgo: -400)
        #expect(await fixture.post(old.sign(late)).status == 401)
        #expect(fixture.flags.first == "token-key-unknown")
        // A reload of the same document changes nothing.
        try reload(AccessFixture.keys(new))
        let next = TokenSigner.generate(.es384, keyID: "k3")
        try reload(#""overlap":false,"# + AccessFixture.keys(next))
        #expect(
            await fixture.post(new.sign(AccessFixture.claims("e", secondsAgo: -400))).status == 401
        )
        #expect(
            await fixture.post(next.sign(AccessFixture.claims("f", secondsAgo: -400))).status == 200
        )
    }

    @Test("are refused while a key set from an address was never read")
    func unreadKeys() async throws {
        let fixture = try AccessFixture([
            "Hooks/clients/signer.json": AccessFixture.client(
                "signer",
                jwt: #""issuer":"https://ehr.example","keys":{"url":"https://ehr.example/jwks"}"#
            )
        ])
        #expect(await fixture.post(AccessFixture.signer.sign(AccessFixture.claims())).status == 401)
        #expect(fixture.flags.first == "token-keys-unavailable")
        let due = fixture.gateway.gateway.keys.due(at: GatewayFixture.now)
        #expect(due.map(\.address) == ["https://ehr.example/jwks"])
        let keys = try KeySet(parsing: Array(AccessFixture.keySet([AccessFixture.signer]).utf8))
        due[0].store.replace(keys, now: GatewayFixture.now)
        let token = AccessFixture.signer.sign(AccessFixture.claims())
        #expect(await fixture.post(token).status == 200)
    }

    @Test("may name the service or the feedback address when they give feedback")
    func feedback() async throws {
        let fixture = try AccessFixture()
        let path = AccessFixture.path + "/feedback"
        for (id, audience) in [("a", path), ("b", AccessFixture.path), ("c", path + "/")] {
            let claims = AccessFixture.claims(id, audience: AccessFixture.base + audience)
            #expect(await fixture.post(AccessFixture.signer.sign(claims), path).status == 200)
        }
        let claims = AccessFixture.claims("d", audience: AccessFixture.base + path)
        #expect(await fixture.post(AccessFixture.signer.sign(claims)).status == 401)
    }

    @Test("keep their token when the method was wrong")
    func wrongMethod() async throws {
        let fixture = try AccessFixture()
        let token = AccessFixture.signer.sign(AccessFixture.claims())
        #expect(await fixture.gateway.send("PUT", AccessFixture.path, key: token).status == 405)
        #expect(await fixture.post(token).status == 200)
    }

    @Test("cannot use a token twice at the same time")
    func race() async throws {
        let fixture = try AccessFixture()
        let token = AccessFixture.signer.sign(AccessFixture.claims())
        let statuses = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<16 { group.addTask { await fixture.post(token).status } }
            return await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses.count { $0 == 200 } == 1 && statuses.count { $0 == 401 } == 15)
    }
}
