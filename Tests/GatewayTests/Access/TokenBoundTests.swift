import Audit
import Basics
import HTTPMessages
import JOSE
import JSON
import Support
import Telemetry
import Testing

@testable import Gateway

/// What tokens may cost, and what becomes of them when their use cannot be remembered.
@Suite("Tokens within bounds")
struct TokenBoundTests {
    static let issuer = #""issuer":"https://ehr.example","#
    static let key = AccessFixture.apiKey("keyed")

    static func fixture(
        _ members: String = "",
        isKeyed: Bool = true,
        configure: (inout GatewayConfiguration) -> Void = { _ in }
    ) throws -> AccessFixture {
        var files = [
            "Hooks/clients/signer.json": AccessFixture.client(
                "signer",
                jwt: issuer + AccessFixture.keys(AccessFixture.signer),
                members
            )
        ]
        if isKeyed {
            files["Hooks/clients/keyed.json"] = AccessFixture.client("keyed", key.member)
        } else {
            // Nobody is let in without a token.
            for id in ["ehr", "plain", "example"] {
                files["Hooks/clients/\(id).json"] = AccessFixture.client(
                    id,
                    AccessFixture.apiKey(id).member + #","active":false"#
                )
            }
        }
        return try AccessFixture(files, configure: configure)
    }

    static func good(_ id: String) -> String { AccessFixture.signer.sign(AccessFixture.claims(id)) }
    static func forged(_ id: String) -> String {
        AccessFixture.stranger.sign(AccessFixture.claims(id))
    }

    @Test("that fail too often from one address are not looked at any more, whatever they are")
    func failures() async throws {
        let fixture = try Self.fixture {
            $0.failureRate = RateAllowance(perSecond: 1, burst: 5)
        }
        let examined = fixture.gateway.gateway.metrics.authenticationFailures
        var statuses: [Int] = []
        for number in 0..<40 {
            statuses.append(
                await fixture.post(Self.forged("f\(number)"), peer: "192.0.2.1").status
            )
        }
        #expect(statuses == [Int](repeating: 401, count: 5) + [Int](repeating: 429, count: 35))
        #expect(examined.value(["token-signature"]) == 5, "the others cost no signature")
        #expect(fixture.gateway.sink.records.count == 6)
        #expect(fixture.flags == ["rate-failures"])
        let refused = await fixture.post(Self.good("g1"), peer: "192.0.2.1")
        #expect(refused.status == 429 && refused.fields["retry-after"] == "1")
        // Keys cost little, and other addresses have failed at nothing.
        #expect(await fixture.post(Self.key.key, peer: "192.0.2.1").status == 200)
        #expect(await fixture.post(Self.good("g1"), peer: "192.0.2.2").status == 200)
        fixture.gateway.clock.advance(seconds: 1)
        #expect(await fixture.post(Self.good("g2"), peer: "192.0.2.1").status == 200)
        #expect(
            await fixture.post(Self.forged("f"), peer: "192.0.2.1").status == 401,
            "a good one takes nothing from the bucket"
        )
        #expect(await fixture.post(Self.forged("f"), peer: "192.0.2.1").status == 429)
    }

    @Test("cost no more by a method that is not served")
    func methods() async throws {
        let fixture = try Self.fixture {
            $0.failureRate = RateAllowance(perSecond: 1, burst: 3)
        }
        var statuses: [Int] = []
        for number in 0..<6 {
            let token = Self.forged("f\(number)")
            statuses.append(
                await fixture.gateway.send("PUT", AccessFixture.path, key: token).status
            )
        }
        #expect(statuses == [405, 405, 405, 429, 429, 429])
    }

    @Test("are not used up by a call that comes too often, and a repeated one is no call")
    func rate() async throws {
        let ledger = RecordedLedger()
        let fixture = try Self.fixture(#""rate":{"client":{"perSecond":1,"burst":2}}"#) {
            $0.tokenLedger = ledger
        }
        #expect(await fixture.post(Self.good("a")).status == 200)
        // Whoever has caught it takes nothing from what the client may send.
        for _ in 0..<5 { #expect(await fixture.post(Self.good("a")).status == 401) }
        #expect(fixture.flags == ["token-replayed", "claimed-signer"])
        #expect(await fixture.post(Self.good("b")).status == 200)
        #expect(await fixture.post(Self.good("c")).status == 429)
        let row = try #require(fixture.gateway.sink.records.last)
        #expect(row.flags == ["rate-client"] && row.client == "signer")
        #expect(row.tenant == "hospital-a" && ledger.count == 2)
        fixture.gateway.clock.advance(seconds: 2)
        #expect(await fixture.post(Self.good("c")).status == 200, "the same token, in time")
        #expect(ledger.count == 3)
    }

    @Test("are answered alike while nobody can tell which were used: come again")
    func away() async throws {
        let ledger = RecordedLedger()
        let fixture = try Self.fixture {
            $0.tokenLedger = ledger
            $0.failureRate = RateAllowance(perSecond: 1, burst: 8)
        }
        #expect(await fixture.post(Self.good("used")).status == 200)
        ledger.set(isAvailable: false, failure: TokenLedgerError(.unavailable))
        let tokens = [
            Self.good("a"), Self.good("used"), Self.forged("a"), "a.b.c", "....",
            AccessFixture.stranger.sign(AccessFixture.claims(issuer: "https://no.example")),
        ]
        var shapes: Set<String> = []
        for token in tokens {
            let response = await fixture.post(token)
            #expect(response.status == 503 && response.fields["retry-after"] != nil)
            #expect(response.fields["www-authenticate"] == nil)
            shapes.insert(response.text)
            let row = try #require(fixture.gateway.sink.records.last)
            #expect(row.flags == ["token-ledger-unavailable"])
            #expect(row.kind == .authenticationFailure && row.outcome == .failed)
            #expect(row.tenant == "system" && row.client == nil)
        }
        #expect(shapes.count == 1 && shapes.contains { $0.contains("transient") })
        #expect(await fixture.post(Self.key.key).status == 200, "a key needs no store")
        #expect(await fixture.post(nil).status == 401)
        let rows = fixture.gateway.sink.records.count
        for _ in 0..<20 { #expect(await fixture.post(Self.good("a")).status == 503) }
        #expect(fixture.gateway.sink.records.count == rows + 3, "few rows, and none lost count of")
        ledger.set(isAvailable: true)
        #expect(await fixture.post(Self.good("a")).status == 200, "none of it was used up")
        // It is found out only by asking.
        ledger.set(isAvailable: true, failure: TokenLedgerError(.timeout))
        let late = await fixture.post(Self.good("b"))
        #expect(late.status == 503 && shapes.contains(late.text))
        #expect(await fixture.post(Self.forged("b")).status == 401)
    }

    @Test("make the gateway say on /readyz that their store is away", arguments: [true, false])
    func readiness(_ isKeyed: Bool) async throws {
        let ledger = RecordedLedger()
        let fixture = try Self.fixture(isKeyed: isKeyed) { $0.tokenLedger = ledger }
        func ready() async -> HTTPResponse {
            await fixture.gateway.send("GET", "/readyz", key: nil)
        }
        #expect(await ready().text == "ok\n")
        ledger.set(isAvailable: false)
        let away = await ready()
        if isKeyed {
            #expect(away.status == 200 && away.text.hasPrefix("[!]tokens"), "\(away.text)")
        } else {
            #expect(away.status == 503 && away.text.contains("[-]tokens failed"), "\(away.text)")
        }
        let keysOnly = try GatewayFixture { $0.tokenLedger = ledger }
        #expect(await keysOnly.send("GET", "/readyz", key: nil).text == "ok\n")
    }

    @Test("and all else from another machine have a rate, and what is of this one has none")
    func remote() async throws {
        let fixture = try GatewayFixture {
            $0.remoteAddressRate = RateAllowance(perSecond: 1, burst: 2)
        }
        func status(_ peer: String) async -> Int {
            await fixture.post(AccessFixture.path, "{}", peer: peer).status
        }
        for peer in ["127.0.0.1", "127.3.2.1", "::1"] {
            for _ in 0..<4 { #expect(await status(peer) == 400) }
        }
        for peer in ["192.0.2.1", "2001:db8::1", "10.0.0.1"] {
            #expect(await status(peer) == 400)
            #expect(await status(peer) == 400)
            #expect(await status(peer) == 429)
        }
        #expect(await status("2001:db8::2") == 429, "one network of IPv6")
        let limited = try GatewayFixture {
            $0.remoteAddressRate = RateAllowance(perSecond: 1, burst: 2)
            $0.addressRate = RateAllowance(perSecond: 1, burst: 1)
        }
        let first = await limited.post(AccessFixture.path, "{}")
        let second = await limited.post(AccessFixture.path, "{}")
        #expect(first.status == 400 && second.status == 429, "what is said holds for all")
    }

    @Test("of a replaced key are believed for as long as they may live")
    func overlap() async throws {
        let file = "Hooks/clients/signer.json"
        func document(_ signer: TokenSigner) -> [UInt8] {
            AccessFixture.client(
                "signer",
                jwt: Self.issuer + #""lifetimeMax":"PT1H","skew":"PT2M","#
                    + AccessFixture.keys(signer)
            )
        }
        let new = TokenSigner.generate(.es384, keyID: "k2")
        let fixture = try AccessFixture([file: document(AccessFixture.signer)])
        // Signed just before the rotation, by a clock that is ahead.
        let long = AccessFixture.claims("long", secondsAgo: -110, lifetime: 3_600)
        let token = AccessFixture.signer.sign(long)
        let files = try GatewayFixture.files([file: document(new)])
        try fixture.gateway.gateway.reload(Catalogue(files: files, now: GatewayFixture.now))
        fixture.gateway.clock.advance(seconds: 3_800)
        #expect(await fixture.post(token).status == 200)
        fixture.gateway.clock.advance(seconds: 41)
        let late = AccessFixture.claims("late", secondsAgo: -3_841)
        #expect(await fixture.post(AccessFixture.signer.sign(late)).status == 401)
        #expect(fixture.flags.first == "token-key-unknown")
        #expect(await fixture.post(new.sign(late)).status == 200)
    }
}
