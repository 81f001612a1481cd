import Crypto
import HTTPMessages
import Posix
import Support
import Testing

@testable import HTTPClient

@Suite("Outgoing TLS")
struct OutboundTLSTests {
    private static let plain: ScriptedServer.Script = { peer in
        while peer.readRequest() != nil {
            peer.respond(200, String(repeating: "b", count: 100_000))
        }
    }

    @Test("A server with the right certificate is used again and again, by name and by address")
    func good() async throws {
        let identity = try #require(TLSIdentity("good"))
        let server = try ScriptedServer.start(identity: identity, Self.plain)
        defer { server.stop() }
        let fixture = try OutboundFixture(port: server.port)
        let trust = try OutboundFixture.trust()
        for url in ["https://fhir.ehr-a.test/", "https://127.0.0.1/"] {
            let destination = try OutboundFixture.destination(
                url,
                opening: ["127.0.0.0/8"],
                trust: trust
            )
            for _ in 0..<3 {
                let response = try await fixture.client.send(
                    OutboundFixture.request(),
                    to: destination
                )
                #expect(response.status == 200)
                #expect(response.body.count == 100_000)
            }
        }
        #expect(server.acceptedCount == 2)
    }

    @Test(
        "A server with any other certificate gets no request",
        arguments: [
            ("wrong-host", "tls-name"), ("common-name", "tls-name"),
            ("partial-wildcard", "tls-name"), ("wide-wildcard", "tls-name"),
            ("expired", "tls-expired"), ("not-yet", "tls-expired"),
            ("untrusted", "tls-untrusted"), ("self-signed", "tls-untrusted"),
        ]
    )
    func bad(certificate: String, outcome: String) async throws {
        let identity = try #require(TLSIdentity(certificate))
        let server = try ScriptedServer.start(identity: identity, Self.plain)
        defer { server.stop() }
        let fixture = try OutboundFixture(port: server.port)
        let request = OutboundFixture.request(bearer: Secret(Array("token-1".utf8)))
        #expect(try await fixture.outcome(request, to: OutboundFixture.destination()) == outcome)
        #expect(server.heads.isEmpty)
    }

    @Test("A certificate that the machine does not know is not trusted without its authority")
    func systemTrust() async throws {
        let identity = try #require(TLSIdentity("good"))
        let server = try ScriptedServer.start(identity: identity, Self.plain)
        defer { server.stop() }
        let fixture = try OutboundFixture(port: server.port)
        let destination = try OutboundFixture.destination(trust: TLSTrust.system())
        #expect(try await fixture.outcome(to: destination) == "tls-untrusted")
        #expect(server.heads.isEmpty)
    }

    @Test("TLS 1.2 is spoken, TLS 1.1 is not", arguments: [TLSIdentity.Version.one, .two, .three])
    func versions(version: TLSIdentity.Version) async throws {
        let identity = try #require(TLSIdentity("good", newestVersion: version))
        let server = try ScriptedServer.start(identity: identity, Self.plain)
        defer { server.stop() }
        let fixture = try OutboundFixture(port: server.port)
        let outcome = try await fixture.outcome(to: OutboundFixture.destination())
        #expect(outcome == (version == .one ? "tls-protocol" : "200"))
    }

    @Test("A server that speaks no TLS gets no request")
    func noTLS() async throws {
        let server = try ScriptedServer.start { peer in
            peer.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            peer.idle()
        }
        defer { server.stop() }
        let fixture = try OutboundFixture(port: server.port)
        #expect(try await fixture.outcome(to: OutboundFixture.destination()) == "tls-protocol")
    }

    @Test("A body that ends with the connection is whole only when TLS says that it ended")
    func truncation() async throws {
        for (isProper, outcome) in [(true, "200"), (false, "connection-lost")] {
            let identity = try #require(TLSIdentity("good"))
            let server = try ScriptedServer.start(identity: identity) { peer in
                guard peer.readRequest() != nil else { return }
                peer.write("HTTP/1.1 200 OK\r\n\r\n{\"resourceType\":\"Patient\"}")
                if !isProper { peer.cutOff() }
            }
            defer { server.stop() }
            let fixture = try OutboundFixture(port: server.port)
            #expect(try await fixture.outcome(to: OutboundFixture.destination()) == outcome)
        }
    }

    @Test(
        "A bundle without a certificate is refused",
        arguments: ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
    )
    func badBundles(pem: String) {
        #expect(throws: TLSError.bundleMalformed) { try TLSTrust.bundle(Array(pem.utf8)) }
    }
}
