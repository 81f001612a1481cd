import Crypto
import Foundation
import HTTPClient
import HTTPMessages
import HTTPServer
import Testing

/// The shipped `Deploy/envoy.yaml` in front of a server, with HTTP/2 and certificates of clients
/// outside.
@Suite(
    "envoy in front",
    .serialized,
    .enabled(if: ProxyFront.Kind.envoy.isPresent, "envoy (Tests/Peers/run-proxies) and curl")
)
struct EnvoyTests {
    private func serve() throws -> TestServer {
        try TestServer.serving { request in
            let told = ["x-forwarded-for", "x-forwarded-client-cert"].map {
                request.fields.values($0).joined(separator: ",")
            }
            let text = "\(request.method) \(request.path) \(request.body.count) \(told)"
            return HTTPResponse(status: 200, body: Array(text.utf8))
        }
    }

    @Test("passes answers, addresses and refusals through, by HTTP/2 and within our limits")
    func passing() async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let server = try serve()
        let front = try await ProxyFront.start(.envoy, server, fixture)
        defer { front.stop() }
        // The address it saw stands last, whatever the client wrote; a certificate it has not seen
        // is not reported. (A client of this machine has the address of the machine.)
        let spoofed = try await front.curl(
            "-H 'X-Forwarded-For: 10.9.8.7' -H 'X-Forwarded-Client-Cert: Hash=00'",
            "/a?b=1"
        )
        #expect(spoofed.hasPrefix(#"GET /a 0 ["10.9.8.7,"#) && spoofed.hasSuffix(#", ""]|200|2"#))
        #expect(!spoofed.contains(#"10.9.8.7""#), "\(spoofed)")
        try fixture.write("body", [UInt8](repeating: 0x20, count: 300_000))
        let posted = try await front.curl("--data-binary @body", "/p")
        #expect(posted.hasPrefix("POST /p 300000 ") && posted.hasSuffix("|200|2"), "\(posted)")
        let underscored = try await front.curl("-H 'A_b: 1'", "/u")
        #expect(underscored.hasSuffix("|200|2"), "\(underscored)")
        // What can be read in two ways: the gateway's refusal, or the proxy's own.
        let dots = try await front.curl("", "/a/../b")
        #expect(dots.contains(RequestRejection.targetDotSegment.rawValue), "\(dots)")
        #expect(dots.hasSuffix("|400|2"))
        let escaped = try await front.curl("", "/a%2Fb")
        #expect(escaped.hasSuffix("|400|2"), "\(escaped)")
        let smuggled = try await front.curl(
            "--http1.1 -H 'Transfer-Encoding: chunked' -H 'Content-Length: 3' -d abc",
            "/te"
        )
        #expect(smuggled.hasSuffix("|400|1.1"), "\(smuggled)")
        let fields = (0..<120).map { "-H 'X-\($0): 1'" }.joined(separator: " ")
        let many = try await front.curl(fields, "/f")
        #expect(many.hasSuffix("|431|2"), "\(many)")
        try fixture.write("large", [UInt8](repeating: 0x20, count: (16 << 20) + 1))
        let large = try await front.curl("--data-binary @large -o /dev/null", "/l")
        #expect(large.hasSuffix("|413|2"), "\(large)")
        #expect(
            server.log.counts.paths.allSatisfy { ["/up", "/a", "/p", "/u"].contains($0) }
        )
        // A client that would speak it, or it would be the client that refuses.
        let old = try await front.curl(
            "--tlsv1.0 --tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0",
            "/t"
        )
        #expect(old.contains("alert protocol version"), "\(old)")
        #expect(old.contains("|000|"), "\(old)")
        await server.server.drain(withinMilliseconds: 10_000)
    }

    @Test("reports the certificate of a client that it has checked, and no other")
    func certificates() async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let server = try serve()
        let front = try await ProxyFront.start(.envoy, server, fixture)
        defer { front.stop() }
        let good = try fixture.client("good")
        try fixture.client("expired", days: -1)
        let other = try #require(IssuedCertificate.authority(commonName: "Other", days: 1))
        try fixture.client("foreign", by: other)
        let shown = try await front.curl(
            "--cert good.pem --key good.key -H 'X-Forwarded-Client-Cert: Hash=00'",
            "/c"
        )
        let pem = String(decoding: good.certificate, as: UTF8.self)
        let base64 = pem.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
        let der = try #require(Data(base64Encoded: base64))
        let digest = Hexadecimal.text(Digest.sha256(Array(der)))
        let report = #"Hash=\#(digest);Subject=\"CN=good\";URI=spiffe://test/good;DNS=good.test"#
        #expect(shown.contains(report), "\(shown)")
        #expect(!shown.contains("Hash=00"))
        for name in ["expired", "foreign"] {
            let refused = try await front.curl("--cert \(name).pem --key \(name).key", "/c")
            #expect(refused.contains("|000|"), "\(name) \(refused)")
        }
        #expect(server.log.counts.paths == ["/up", "/c"])
        await server.server.drain(withinMilliseconds: 10_000)
    }

    /// Keeps a connection open.
    private final class Held {
        private let client: HTTPClient

        init(_ client: consuming HTTPClient) { self.client = client }
    }

    @Test("lets in as many connections as it says, and the next when one has gone")
    func connections() async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let server = try serve()
        let front = try await ProxyFront.start(
            .envoy,
            server,
            fixture,
            changing: [
                (
                    "max_active_downstream_connections: 8192",
                    "max_active_downstream_connections: 3"
                )
            ]
        )
        defer { front.stop() }
        var held: [Held] = []
        var said = ""
        // The connection that found it started may still be counted.
        while held.count < 20 {
            held.append(Held(try front.connect()))
            said = try await front.curl("", "/c")
            if held.count > 3, said.contains("|000|") { break }
            #expect(said.hasSuffix("|200|2") || said.contains("|000|"), "\(said)")
        }
        #expect(said.contains("|000|"), "\(held.count) connections, and one more is served")
        held = []
        let after = try await front.curl("--retry 20 --retry-all-errors --retry-delay 1", "/d")
        #expect(after.hasSuffix("|200|2"), "\(after)")
        await server.server.drain(withinMilliseconds: 10_000)
    }

    @Test("refuses with 503 what is more than it may pass on, and repeats nothing")
    func requests() async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let gate = Gate()
        let server = try TestServer.serving { request in
            if request.path == "/slow" { await gate.pass() }
            return await TestServer.echo(request)
        }
        let front = try await ProxyFront.start(
            .envoy,
            server,
            fixture,
            changing: [("max_requests: 1280", "max_requests: 1")]
        )
        defer { front.stop() }
        async let slow = front.curl("", "/slow")
        await server.log.wait { $0.paths.contains("/slow") }
        let refused = try await front.curl("", "/more")
        #expect(refused.hasSuffix("|503|2"), "\(refused)")
        gate.open()
        let answered = try await slow
        #expect(answered.hasSuffix("|200|2"), "\(answered)")
        #expect(server.log.counts.paths == ["/up", "/slow"])
        await server.server.drain(withinMilliseconds: 10_000)
    }
}
