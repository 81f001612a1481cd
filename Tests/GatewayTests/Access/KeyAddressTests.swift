import Basics
import Crypto
import Foundation
import HTTPClient
import HTTPMessages
import JOSE
import Support
import Synchronization
import Telemetry
import Testing

@testable import Gateway
@testable import limen

/// Key sets at an address, read over real sockets from a server that behaves in every way there is.
@Suite("Keys that are read from an address", .serialized)
struct KeyAddressTests {
    static let stranger = TokenSigner.generate(.es384, keyID: "stranger")

    /// What a server gives for its key set.
    enum Behaviour: String, Sendable, CaseIterable {
        case oversize
        case endless
        case slow
        case silent
        case redirecting
        case notJSON
        case page
        case duplicate
        case wrongUse
        case secret
        case empty
        case tooMany
        case endingEarly
        case lyingShort
        case compressed
        case missing
        case failing
        case noContent
        case aborting
        case repeatedName
    }

    static func set(_ signers: TokenSigner...) -> String { AccessFixture.keySet(signers) }

    /// The set of a stranger, who must not come in by whatever else is wrong with it.
    private static let strange = set(stranger)

    private static func answer(_ peer: ScriptedPeer, _ behaviour: Behaviour, _ elsewhere: Int) {
        let (good, key) = (strange, String(strange.dropFirst(9).dropLast(2)))
        switch behaviour {
        case .oversize:
            let blanks = String(repeating: " ", count: Limits.keySetBytesMax)
            peer.respond(200, good + blanks)
        case .endless:
            peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "10000\r\n" + String(repeating: " ", count: 65_536) + "\r\n"
            while !peer.isOver { peer.write(chunk) }
        case .slow: peer.drip("HTTP/1.1 200 OK\r\n\r\n" + good, everyMilliseconds: 20)
        case .silent: peer.idle()
        case .redirecting:
            let place = "http://127.0.0.1:\(elsewhere)/jwks"
            peer.respond(302, good, fields: "Location: \(place)\r\n")
        case .notJSON: peer.respond(200, String(good.dropLast()))
        case .page: peer.respond(200, "<html>please sign in</html>")
        case .duplicate: peer.respond(200, #"{"keys":[\#(key),\#(key)]}"#)
        case .wrongUse:
            peer.respond(200, good.replacing(#""use":"sig""#, with: #""use":"enc""#))
        case .secret:
            peer.respond(200, #"{"keys":[\#(key),{"kty":"oct","kid":"s","k":"AAAA"}]}"#)
        case .empty: peer.respond(200, #"{"keys":[]}"#)
        case .tooMany:
            let names = (0...Limits.keySetKeysMax).map {
                key.replacing(#""stranger""#, with: #""k\#($0)""#)
            }
            peer.respond(200, #"{"keys":[\#(names.joined(separator: ","))]}"#)
        case .endingEarly:
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: \(good.utf8.count + 9)\r\n\r\n\(good)")
            peer.cutOff()
        case .lyingShort:
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: \(good.utf8.count - 9)\r\n\r\n\(good)")
        case .compressed: peer.respond(200, good, fields: "Content-Encoding: gzip\r\n")
        case .missing: peer.respond(404, good)
        case .failing: peer.respond(503, good, fields: "Retry-After: 0\r\n")
        case .noContent: peer.write("HTTP/1.1 204 No Content\r\n\r\n")
        case .aborting: peer.abort()
        case .repeatedName:
            peer.respond(200, #"{"keys":[],"keys":[\#(key)]}"#)
        }
    }

    private static func expected(_ behaviour: Behaviour) -> Set<String> {
        switch behaviour {
        case .oversize, .endless, .compressed: ["unreadable"]
        // What stands behind the stated length may be seen with it or not.
        case .lyingShort: ["unreadable", "LIMEN-JOSE-001"]
        case .slow, .silent: ["timeout"]
        case .redirecting, .missing, .failing, .noContent: ["bad-status"]
        case .notJSON, .page, .repeatedName: ["LIMEN-JOSE-001"]
        case .duplicate: ["LIMEN-JOSE-005"]
        case .wrongUse, .empty: ["LIMEN-JOSE-007"]
        case .secret: ["LIMEN-JOSE-006"]
        case .tooMany: ["LIMEN-JOSE-004"]
        case .endingEarly, .aborting: ["unavailable"]
        }
    }

    static func source(
        _ address: String,
        _ client: OutboundClient,
        trust: TLSTrust,
        patience: Int64 = 10_000
    ) -> KeyAddressSource {
        KeyAddressSource(
            address: address,
            client: client,
            trust: trust,
            networks: [],
            patienceMilliseconds: patience
        )
    }

    static func trust() throws -> TLSTrust {
        let path = Shared.checkout.appendingPathComponent("Tests/Cases/tls/authority.pem")
        return try TLSTrust.bundle(Array(try Data(contentsOf: path)))
    }

    private static func name(_ outcome: KeyStore.Outcome) -> String {
        switch outcome {
        case .unchanged: "unchanged"
        case .replaced: "replaced"
        case .unreachable(let reason): reason.rawValue
        case .refused(let error): error.code.rawValue
        }
    }

    @Test(
        "A set that cannot be trusted leaves the old keys in force and brings in no other",
        arguments: Behaviour.allCases
    )
    func behaviour(_ behaviour: Behaviour) async throws {
        let elsewhere = try ScriptedServer.start { $0.idle() }
        let server = try ScriptedServer.start(identity: TLSIdentity("good")) { peer in
            while peer.readRequest() != nil { Self.answer(peer, behaviour, elsewhere.port) }
        }
        let client = try OutboundClient.start()
        defer {
            server.stop()
            elsewhere.stop()
            client.stop()
        }
        let store = KeyStore(KeySet([AccessFixture.signer.publicKey]), now: GatewayFixture.now)
        let isLate = Self.expected(behaviour) == ["timeout"]
        let outcome = await store.refresh(
            from: Self.source(
                "https://127.0.0.1:\(server.port)/jwks",
                client,
                trust: try Self.trust(),
                patience: isLate ? 300 : 10_000
            ),
            now: { GatewayFixture.now }
        )
        #expect(Self.expected(behaviour).contains(Self.name(outcome)), "\(outcome)")
        #expect(elsewhere.acceptedCount == 0)
        #expect(server.heads.allSatisfy { $0.hasPrefix("GET /jwks HTTP/1.1") })
        #expect(try store.keys(at: GatewayFixture.now).keys.keys.sorted() == ["k1"])
    }

    @Test("A set with one key of a wrong use gives the others")
    func oneWrongUse() async throws {
        let usable = Self.set(AccessFixture.rsa).dropFirst(9).dropLast(2)
        let other = Self.strange.replacing(#""use":"sig""#, with: #""use":"enc""#)
            .dropFirst(9).dropLast(2)
        #expect(other.contains("enc"))
        let server = try ScriptedServer.start { peer in
            while peer.readRequest() != nil {
                peer.respond(200, #"{"keys":[\#(other),\#(usable)]}"#)
            }
        }
        let client = try OutboundClient.start()
        defer {
            server.stop()
            client.stop()
        }
        let store = KeyStore(nil, now: GatewayFixture.now)
        let source = Self.source(
            "http://127.0.0.1:\(server.port)/jwks",
            client,
            trust: try Self.trust()
        )
        #expect(await store.refresh(from: source, now: { GatewayFixture.now }) == .replaced)
        let keys = try store.keys(at: GatewayFixture.now)
        #expect(keys.keys.keys.sorted() == ["r1"])
        guard case .refused = keys.key(named: "stranger") else {
            Issue.record("the key for encryption can be found")
            return
        }
    }

    @Test(
        "Only the address of the document is asked, when it may be and is who it says",
        arguments: [
            ("wrong-host", "unavailable"), ("expired", "unavailable"),
            ("untrusted", "unavailable"), ("self-signed", "unavailable"),
        ]
    )
    func badCertificates(_ certificate: String, _ reason: String) async throws {
        let identity = try #require(TLSIdentity(certificate))
        let server = try ScriptedServer.start(identity: identity) {
            while $0.readRequest() != nil { $0.respond(200, Self.strange) }
        }
        let client = try OutboundClient.start()
        defer {
            server.stop()
            client.stop()
        }
        let source = Self.source(
            "https://127.0.0.1:\(server.port)/jwks",
            client,
            trust: try Self.trust()
        )
        let store = KeyStore(nil, now: GatewayFixture.now)
        let outcome = await store.refresh(from: source, now: { GatewayFixture.now })
        #expect(Self.name(outcome) == reason)
        #expect(server.heads.isEmpty)
        #expect(throws: TokenRejection.keysUnavailable) { try store.keys(at: GatewayFixture.now) }
    }

    @Test(
        "An address inside a network that the operator did not open is not connected to",
        arguments: [
            "https://10.0.0.5/jwks", "https://169.254.169.254/latest", "https://[fd00::1]/jwks",
            "https://[::ffff:127.0.0.1]/jwks", "https://0.0.0.0/jwks", "ftp://127.0.0.1/jwks",
        ]
    )
    func closedNetworks(_ address: String) async throws {
        let client = try OutboundClient.start()
        defer { client.stop() }
        let source = Self.source(address, client, trust: try Self.trust())
        await #expect(throws: KeySourceError.notAllowed) { try await source.load() }
    }
}
