import Foundation
import HTTPMessages
import HTTPServer
import Testing

/// The shipped `Deploy/nginx.conf` in front of a server, with HTTP/2 outside.
@Suite(
    "nginx in front",
    .serialized,
    .enabled(if: ProxyFront.Kind.nginx.isPresent, "nginx and curl are not installed")
)
struct NginxTests {
    @Test("passes answers, addresses and refusals through, by HTTP/2 and within our limits")
    func passing() async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let server = try TestServer.serving { request in
            let told = ["x-forwarded-for", "x-forwarded-client-cert"].map {
                request.fields.values($0).joined(separator: ",")
            }
            let text = "\(request.method) \(request.path) \(request.body.count) \(told)"
            return HTTPResponse(status: 200, body: Array(text.utf8))
        }
        let front = try await ProxyFront.start(.nginx, server, fixture)
        defer { front.stop() }
        // Who calls is said by nginx alone, whatever the client writes.
        let spoofed = try await front.curl(
            "-H 'X-Forwarded-For: 10.9.8.7' -H 'X-Forwarded-Client-Cert: Hash=00'",
            "/a?b=1"
        )
        #expect(spoofed == #"GET /a 0 ["127.0.0.1", ""]|200|2"#)
        try fixture.write("body", [UInt8](repeating: 0x20, count: 300_000))
        let posted = try await front.curl("--data-binary @body", "/p")
        #expect(posted == #"POST /p 300000 ["127.0.0.1", ""]|200|2"#)
        // What can be read in two ways goes on as it came, and is refused here.
        for path in ["/a/../b", "/a%2Fb"] {
            let refused = try await front.curl("", path)
            #expect(refused.hasSuffix("|400|2"), "\(path) \(refused)")
        }
        #expect(server.log.counts.refused.contains(RequestRejection.targetDotSegment.rawValue))
        #expect(
            server.log.counts.refused.contains(RequestRejection.targetEncodedDelimiter.rawValue)
        )
        let fields = (0..<120).map { "-H 'X-\($0): 1'" }.joined(separator: " ")
        let many = try await front.curl(fields, "/f")
        #expect(many.hasSuffix("|431|2"), "\(many)")
        try fixture.write("large", [UInt8](repeating: 0x20, count: (16 << 20) + 1))
        let large = try await front.curl("--data-binary @large -o /dev/null", "/l")
        #expect(large.hasSuffix("|413|2"), "\(large)")
        #expect(
            server.log.counts.paths.allSatisfy { ["/up", "/a", "/p"].contains($0) }
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
}
