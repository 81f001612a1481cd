import Basics
import Crypto
import HTTPClient
import HTTPMessages
import JOSE
import Support
import Synchronization
import Telemetry
import Testing

@testable import Gateway
@testable import limen

/// A gateway that reads the keys of a client in the background, and the live server it reads from.
private final class RotatingIssuer: Sendable {
    let access: AccessFixture
    let server: ScriptedServer
    let counter: Counter
    private let client: OutboundClient
    private let refresher: KeyRefresher
    private let set: Published
    private let tokens = Mutex((count: 0, seconds: Int64(0)))

    /// What the server gives; nothing when it is away.
    private final class Published: Sendable {
        let text: Mutex<String?>
        init(_ text: String) { self.text = Mutex(text) }
    }

    init(_ signers: TokenSigner..., overlaps: Bool = true, patience: Int64 = 10_000) throws {
        let set = Published(AccessFixture.keySet(signers))
        let server = try ScriptedServer.start(identity: TLSIdentity("good")) { peer in
            while peer.readRequest() != nil {
                guard let text = set.text.withLock({ $0 }) else { return peer.abort() }
                peer.respond(200, text)
            }
        }
        let access = try AccessFixture([
            "Hooks/clients/signer.json": Self.document(
                "https://127.0.0.1:\(server.port)/jwks",
                overlaps: overlaps
            )
        ])
        let client = try OutboundClient.start()
        let clock = access.gateway.clock
        refresher = KeyRefresher(
            gateway: access.gateway.gateway,
            client: client,
            trust: try KeyAddressTests.trust(),
            networks: [],
            registry: access.gateway.registry,
            log: access.gateway.gateway.log,
            patienceMilliseconds: patience,
            now: { clock.read() }
        )
        counter = refresher.counter
        (self.set, self.server, self.access, self.client) = (set, server, access, client)
    }

    deinit {
        server.stop()
        client.stop()
    }

    static func document(_ address: String, overlaps: Bool = true) -> [UInt8] {
        AccessFixture.client(
            "signer",
            jwt: #"""
                "issuer":"https://ehr.example","keys":{"url":"\#(address)"},
                "overlap":\#(overlaps)
                """#
        )
    }

    /// Puts the client's document in force, as a SIGHUP does.
    func reload(overlaps: Bool) throws {
        let document = Self.document("https://127.0.0.1:\(server.port)/jwks", overlaps: overlaps)
        let files = try GatewayFixture.files(["Hooks/clients/signer.json": document])
        try access.gateway.gateway.reload(Catalogue(files: files, now: GatewayFixture.now))
    }

    func publish(_ signers: TokenSigner...) { publish(AccessFixture.keySet(signers)) }

    func publish(_ text: String) { set.text.withLock { $0 = text } }

    func goAway() { set.text.withLock { $0 = nil } }

    func advance(_ seconds: Int64) {
        tokens.withLock { $0.seconds += seconds }
        access.gateway.clock.advance(seconds: seconds)
    }

    /// What the loop of the background does every few seconds.
    func look() async { await refresher.refreshDue() }

    /// What came of the reads so far, as `outcome:count`.
    var outcomes: [String] {
        ["replaced", "unchanged", "refused", "unreachable"].compactMap { outcome in
            let count = counter.value(["signer", outcome])
            return count == 0 ? nil : "\(outcome):\(count)"
        }
    }

    /// Calls a service with a token that is made now.
    func fire(_ signer: TokenSigner) async -> Int {
        let (count, seconds) = tokens.withLock {
            $0.count += 1
            return $0
        }
        let claims = AccessFixture.claims("t\(count)", secondsAgo: -seconds)
        return await access.post(signer.sign(claims)).status
    }

    var reason: String? { access.flags.first }
}

@Suite("Keys at an address that rotate", .serialized)
struct KeyRotationTests {
    static let one = TokenSigner.generate(.es384, keyID: "one")
    static let two = TokenSigner.generate(.rs384, keyID: "two")

    @Test("Keys are read in the background and rotate without a gap")
    func rotation() async throws {
        let issuer = try RotatingIssuer(Self.one)
        // No request waits for the keys: before they were read a token is refused.
        #expect(await issuer.fire(Self.one) == 401)
        #expect(issuer.reason == "token-keys-unavailable")
        #expect(issuer.server.acceptedCount == 0)
        await issuer.look()
        #expect(await issuer.fire(Self.one) == 200)
        // The second key is announced and used at once: the first use is too early, and asks.
        issuer.publish(Self.one, Self.two)
        #expect(await issuer.fire(Self.two) == 401)
        #expect(issuer.reason == "token-key-unknown")
        await issuer.look()
        #expect(issuer.server.heads.count == 1, "not sooner than a minute after the last read")
        issuer.advance(Int64(Limits.keyRefreshSecondsMin))
        #expect(await issuer.fire(Self.one) == 200)
        await issuer.look()
        #expect(await issuer.fire(Self.two) == 200)
        #expect(await issuer.fire(Self.one) == 200)
        // The first key is withdrawn; nobody asks, and the next read comes at leisure.
        issuer.publish(Self.two)
        issuer.advance(Int64(Limits.keyRefreshSecondsDefault))
        #expect(await issuer.fire(Self.one) == 200)
        await issuer.look()
        #expect(await issuer.fire(Self.one) == 200, "its tokens may still be on their way")
        let overlap = Int64(Limits.tokenLifetimeSecondsDefault + 2 * Limits.tokenSkewSecondsDefault)
        issuer.advance(overlap - 1)
        #expect(await issuer.fire(Self.one) == 200)
        issuer.advance(1)
        #expect(await issuer.fire(Self.one) == 401)
        #expect(issuer.reason == "token-key-unknown")
        #expect(await issuer.fire(Self.two) == 200)
        #expect(issuer.server.heads.count == 3)
        #expect(issuer.outcomes == ["replaced:3"])
    }

    @Test("Keys count for a day after their server was last heard of, and no longer")
    func away() async throws {
        let issuer = try RotatingIssuer(Self.one)
        await issuer.look()
        issuer.goAway()
        issuer.advance(Int64(Limits.keyRefreshSecondsDefault))
        await issuer.look()
        #expect(issuer.outcomes == ["replaced:1", "unreachable:1"])
        #expect(issuer.access.gateway.lines.text.contains("the old ones stay"))
        issuer.advance(
            Int64(Limits.keySetAgeSecondsMax) - Int64(Limits.keyRefreshSecondsDefault)
        )
        #expect(await issuer.fire(Self.one) == 200)
        issuer.advance(1)
        #expect(await issuer.fire(Self.one) == 401)
        #expect(issuer.reason == "token-keys-unavailable")
        // It is back, with the same keys.
        issuer.publish(Self.one)
        await issuer.look()
        #expect(await issuer.fire(Self.one) == 200)
        #expect(issuer.outcomes == ["replaced:1", "unchanged:1", "unreachable:1"])
    }

    @Test("A lost key is out of use as soon as the new set is read, where nothing overlaps")
    func lost() async throws {
        let issuer = try RotatingIssuer(Self.one, overlaps: false)
        await issuer.look()
        #expect(await issuer.fire(Self.one) == 200)
        issuer.publish(Self.two)
        issuer.advance(Int64(Limits.keyRefreshSecondsDefault))
        await issuer.look()
        #expect(await issuer.fire(Self.two) == 200)
        #expect(await issuer.fire(Self.one) == 401)
        #expect(issuer.reason == "token-key-unknown")
    }

    @Test("A reload that lets no key overlap ends those that do, and has the address read at once")
    func lostLater() async throws {
        let issuer = try RotatingIssuer(Self.one)
        await issuer.look()
        issuer.publish(Self.two)
        issuer.advance(Int64(Limits.keyRefreshSecondsDefault))
        await issuer.look()
        #expect(await issuer.fire(Self.one) == 200, "it overlaps")
        try issuer.reload(overlaps: false)
        #expect(await issuer.fire(Self.one) == 401)
        #expect(await issuer.fire(Self.two) == 200)
        // The second is lost too, and found to be so before the next read at leisure.
        issuer.publish(Self.one)
        try issuer.reload(overlaps: false)
        await issuer.look()
        #expect(await issuer.fire(Self.two) == 401)
        #expect(await issuer.fire(Self.one) == 200)
        // A reload that does not ask for it reads nothing.
        try issuer.reload(overlaps: true)
        let reads = issuer.server.heads.count
        await issuer.look()
        #expect(issuer.server.heads.count == reads)
    }

    @Test("A key that everybody can sign with is not taken from an address either")
    func sandbox() async throws {
        let issuer = try RotatingIssuer(Self.one)
        await issuer.look()
        let own = AccessFixture.keySet([Self.one]).dropLast(2)
        issuer.publish("\(own),\(ClientCatalogueTests.sandboxKeys[0])]}")
        issuer.advance(Int64(Limits.keyRefreshSecondsDefault))
        await issuer.look()
        #expect(issuer.outcomes == ["replaced:1", "refused:1"])
        #expect(issuer.access.gateway.lines.text.contains("LIMEN-JOSE-008"))
        #expect(await issuer.fire(Self.one) == 200, "the old keys stay")
    }

    @Test(
        "A flood of tokens with invented key ids brings one read a minute",
        arguments: [true, false]
    )
    func flood(isHere: Bool) async throws {
        let issuer = try RotatingIssuer(Self.one)
        await issuer.look()
        if !isHere { issuer.goAway() }
        let minutes = 4
        for minute in 0..<minutes {
            for number in 0..<12 {
                let stranger = TokenSigner.generate(.es384, keyID: "k-\(minute)-\(number)")
                let status = await issuer.fire(stranger)
                #expect(status == 401 || status == 429)
                await issuer.look()
            }
            #expect(await issuer.fire(Self.one) == 200)
            issuer.advance(60)
        }
        let reads = issuer.server.heads.count
        #expect(reads >= 2)
        #expect(reads <= 1 + minutes, "\(reads) reads")
    }

    @Test("What a token names is never asked, and an address that was replaced no more")
    func allowList() async throws {
        let elsewhere = try ScriptedServer.start { $0.idle() }
        defer { elsewhere.stop() }
        let issuer = try RotatingIssuer(Self.one)
        await issuer.look()
        let stranger = TokenSigner.generate(.es384, keyID: "far")
        for name in ["jku", "x5u"] {
            let header =
                String(decoding: stranger.header, as: UTF8.self).dropLast()
                + #","\#(name)":"http://127.0.0.1:\#(elsewhere.port)/jwks"}"#
            let token = stranger.sign(
                header: Array(header.utf8),
                payload: AccessFixture.claims(name).json
            )
            #expect(await issuer.access.post(token).status == 401)
            issuer.advance(60)
            await issuer.look()
        }
        #expect(elsewhere.acceptedCount == 0)
        let reads = issuer.server.heads.count
        let files = try GatewayFixture.files([
            "Hooks/clients/signer.json": RotatingIssuer.document(
                "http://127.0.0.1:\(elsewhere.port)/jwks"
            )
        ])
        try issuer.access.gateway.gateway.reload(Catalogue(files: files, now: GatewayFixture.now))
        #expect(await issuer.fire(Self.one) == 401, "the keys of another address are not its")
        let due = issuer.access.gateway.gateway.keys.due(at: issuer.access.gateway.clock.read())
        #expect(due.map(\.address) == ["http://127.0.0.1:\(elsewhere.port)/jwks"])
        #expect(issuer.server.heads.count == reads)
    }

    @Test("A server that does not answer holds nobody up")
    func slow() async throws {
        let server = try ScriptedServer.start { $0.idle() }
        defer { server.stop() }
        let issuer = try RotatingIssuer(Self.one, patience: 3_000)
        await issuer.look()
        let slow = AccessFixture.client(
            "slow",
            jwt: #"""
                "issuer":"https://slow.example",
                "keys":{"url":"http://127.0.0.1:\#(server.port)/jwks"}
                """#
        )
        let files = try GatewayFixture.files([
            "Hooks/clients/signer.json": RotatingIssuer.document(
                "https://127.0.0.1:\(issuer.server.port)/jwks"
            ),
            "Hooks/clients/slow.json": slow,
        ])
        try issuer.access.gateway.gateway.reload(Catalogue(files: files, now: GatewayFixture.now))
        issuer.advance(Int64(Limits.keyRefreshSecondsDefault))
        issuer.publish(Self.one, Self.two)
        async let looked: Void = issuer.look()
        #expect(await issuer.fire(Self.one) == 200)
        await looked
        #expect(await issuer.fire(Self.two) == 200)
        #expect(issuer.counter.value(["slow", "unreachable"]) == 1)
        #expect(server.acceptedCount == 1)
    }
}
