import Audit
import Basics
import Crypto
import HTTPClient
import HTTPMessages
import HTTPServer
import JOSE
import Posix
import Support
import Testing

@testable import Gateway

/// What a refused caller can see, byte by byte over a real socket.
@Suite("A refused caller")
struct RefusalShapeTests {
    static let key = AccessFixture.apiKey("signer")
    static let other = AccessFixture.apiKey("other")
    static let inactive = AccessFixture.apiKey("inactive")
    static let over = AccessFixture.apiKey("over")
    static let stranger = TokenSigner.generate(.es384, keyID: "nobody")
    static let encryption = TokenSigner.generate(.es384, keyID: "enc")

    static func fixture() throws -> AccessFixture {
        let keys = AccessFixture.keySet([AccessFixture.signer, AccessFixture.rsa])
        let wrong = AccessFixture.keySet([encryption]).dropFirst(9).dropLast(2)
            .replacing(#""use":"sig""#, with: #""use":"enc""#)
        return try AccessFixture([
            "Hooks/clients/signer.json": AccessFixture.client(
                "signer",
                jwt:
                    #""issuer":"https://ehr.example","keys":{"inline":\#(keys.dropLast(2)),\#(wrong)]}}"#,
                key.member
            ),
            "Hooks/clients/other.json": AccessFixture.client(
                "other",
                tenant: "hospital-b",
                other.member
            ),
            "Hooks/clients/unread.json": AccessFixture.client(
                "unread",
                jwt: #""issuer":"https://unread.example","keys":{"url":"https://x.example/jwks"}"#
            ),
            "Hooks/clients/inactive.json": AccessFixture.client(
                "inactive",
                inactive.member + #","active":false"#
            ),
            "Hooks/clients/over.json": AccessFixture.client(
                "over",
                over.member.dropLast() + #","until":"2020-01-01T00:00:00Z"}"#
            ),
        ]) { $0.guardsMetrics = true }
    }

    /// Header lines of a request and the reason that the row has for them.
    static func causes() -> [(reason: String, lines: [String])] {
        func bearer(_ text: String) -> [String] { ["Authorization: Bearer " + text] }
        func claims(_ change: (inout TokenClaims) -> Void = { _ in }) -> TokenClaims {
            var claims = AccessFixture.claims("t-\(UUIDBytes.version4().text)")
            change(&claims)
            return claims
        }
        let signer = AccessFixture.signer
        let good = signer.sign(claims())
        let used = signer.sign(AccessFixture.claims("used"))
        func claimed(_ text: String, _ new: String) -> String {
            let payload = String(decoding: AccessFixture.claims("x").json, as: UTF8.self)
            return signer.sign(
                header: signer.header,
                payload: Array(payload.replacing(text, with: new).utf8)
            )
        }
        return [
            ("no-credentials", []),
            ("malformed-credentials", ["Authorization: Basic YTpi"]),
            ("malformed-credentials", bearer("a.b.c") + bearer("a.b.c")),
            ("malformed-credentials", ["X-API-Key: " + key.key] + bearer(key.key)),
            ("unknown-client", bearer("nobody." + String(repeating: "0", count: 64))),
            ("wrong-key", bearer("signer." + String(repeating: "0", count: 64))),
            ("wrong-key", ["X-API-Key: signer.00"]),
            ("inactive-client", bearer(inactive.key)),
            ("expired-key", bearer(over.key)),
            ("token-not-compact", bearer("abc")),
            ("token-encoding", bearer("!.b.c")),
            ("token-header-not-json", bearer("AAAA.e30.AAAA")),
            ("token-claims-not-json", bearer("eyJhbGciOiJFUzM4NCJ9.AAAA.AAAA")),
            (
                "token-algorithm-none",
                bearer("eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2Voci5leGFtcGxlIn0.")
            ),
            ("token-issuer-unknown", bearer(stranger.sign(AccessFixture.claims(issuer: "x")))),
            (
                "token-keys-unavailable",
                bearer(stranger.sign(AccessFixture.claims(issuer: "https://unread.example")))
            ),
            ("token-key-unknown", bearer(stranger.sign(claims()))),
            ("token-key-refused", bearer(encryption.sign(claims()))),
            ("token-signature", bearer(AccessFixture.stranger.sign(claims()))),
            ("token-signature", bearer(good.dropLast(4) + "AAAA")),
            (
                "token-audience",
                bearer(signer.sign(AccessFixture.claims(audience: "https://limen.example")))
            ),
            ("token-audience-claim", bearer(claimed(#""aud":"#, #""audience":"#))),
            ("token-expired", bearer(signer.sign(AccessFixture.claims(secondsAgo: 3_600)))),
            (
                "token-issued-in-future",
                bearer(signer.sign(AccessFixture.claims(secondsAgo: -3_600)))
            ),
            ("token-lifetime", bearer(signer.sign(AccessFixture.claims(lifetime: 86_400)))),
            ("token-tenant", bearer(signer.sign(AccessFixture.claims(tenant: "hospital-b")))),
            ("token-id-claim", bearer(claimed(#""jti":"#, #""id":"#))),
            ("", bearer(used)),
            ("token-replayed", bearer(used)),
            ("tenant-disagreement", bearer(signer.sign(claims())) + ["X-API-Key: " + other.key]),
        ]
    }

    /// The bytes of an answer without the line of the date.
    static func answer(_ server: HTTPServer, _ request: String) throws -> String {
        var client = try HTTPClient.connect(
            SocketAddress(host: "127.0.0.1", port: server.localPort)
        )
        try client.write(Array(request.utf8))
        let text = String(decoding: try client.receiveAll(), as: UTF8.self)
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.count { $0.hasPrefix("Date: ") } == 1)
        return lines.filter { !$0.hasPrefix("Date: ") }.joined(separator: "\r\n")
    }

    @Test("sees the same bytes whatever the cause, on every route that asks who calls")
    func bytes() async throws {
        let fixture = try Self.fixture()
        var settings = HTTPServerConfiguration(port: 0)
        settings.loopCount = 1
        let gateway = fixture.gateway.gateway
        let server = try HTTPServer.start(settings) { await gateway.respond(to: $0) }
        for (method, path) in [
            ("POST", AccessFixture.path), ("POST", AccessFixture.path + "/feedback"),
            ("POST", "/cds-services/nothing"), ("GET", "/models"), ("GET", "/models/news2"),
            ("POST", "/models/news2/evaluate"), ("GET", "/metrics"),
        ] {
            var shapes: Set<String> = []
            let isHook = path == AccessFixture.path
            for (reason, lines) in Self.causes() {
                // A token for another route is refused for its audience; each cause once is enough.
                let rows = fixture.gateway.sink.records.count
                let head =
                    ["\(method) \(path) HTTP/1.1", "Host: limen.example", "Connection: close"]
                    + lines
                let body = method == "POST" ? "{}" : ""
                let fields =
                    body.isEmpty
                    ? [] : ["Content-Type: application/json", "Content-Length: \(body.utf8.count)"]
                let text = try Self.answer(
                    server,
                    (head + fields).joined(separator: "\r\n") + "\r\n\r\n" + body
                )
                let row = try #require(fixture.gateway.sink.records.last)
                #expect(fixture.gateway.sink.records.count == rows + 1, "one row for each")
                if isHook, reason.isEmpty {
                    #expect(text.hasPrefix("HTTP/1.1 400 "), "this one is let in, to its body")
                    continue
                }
                #expect(text.hasPrefix("HTTP/1.1 401 Unauthorized\r\n"), "\(reason) \(text)")
                if isHook { #expect(row.flags.first == reason) }
                shapes.insert(text)
            }
            #expect(shapes.count == 1, "\(method) \(path): \(shapes)")
            let shape = try #require(shapes.first)
            #expect(shape.contains("WWW-Authenticate: Bearer\r\n"))
            #expect(shape.contains("Content-Length: 0\r\n") && shape.hasSuffix("\r\n\r\n"))
        }
        #expect(await server.drain(withinMilliseconds: 5_000))
    }

    @Test("is not asked for its body, and sees the same bytes, whatever is wrong with its key")
    func unasked() async throws {
        let fixture = try Self.fixture()
        var settings = HTTPServerConfiguration(port: 0)
        settings.loopCount = 1
        let gateway = fixture.gateway.gateway
        settings.judge = { gateway.rule(on: $0, length: $1) }
        let server = try HTTPServer.start(settings) { await gateway.respond(to: $0) }
        let reasons: Set = [
            "no-credentials", "malformed-credentials", "unknown-client", "wrong-key",
            "inactive-client", "expired-key",
        ]
        func head(_ lines: [String], _ framing: [String]) -> String {
            let first = ["POST \(AccessFixture.path) HTTP/1.1", "Host: limen.example"]
            return (first + ["Content-Type: application/json"] + lines + framing)
                .joined(separator: "\r\n") + "\r\n\r\n"
        }
        let waits = ["Expect: 100-continue"]
        for framing in [
            waits + ["Content-Length: 2"], waits + ["Transfer-Encoding: chunked"],
            waits + ["Content-Length: 300000"], ["Content-Length: 300000"],
        ] {
            var shapes: Set<String> = []
            var seen: Set<String> = []
            for (reason, lines) in Self.causes() where reasons.contains(reason) {
                seen.insert(reason)
                // Not one byte of a body is sent.
                let text = try Self.answer(server, head(lines, framing))
                #expect(text.hasPrefix("HTTP/1.1 401 Unauthorized\r\n"), "\(reason) \(text)")
                #expect(fixture.gateway.sink.records.last?.flags.first == reason)
                shapes.insert(text)
            }
            #expect(seen == reasons)
            #expect(shapes.count == 1, "\(framing): \(shapes)")
        }
        // Who shows a good key is asked, and so is who shows a token, good or not.
        let bodies = [
            ["X-API-Key: " + Self.key.key], ["Authorization: Bearer " + Self.other.key],
            ["Authorization: Bearer " + AccessFixture.signer.sign(AccessFixture.claims("asked"))],
            ["Authorization: Bearer a.b.c"],
        ]
        for lines in bodies {
            var client = try HTTPClient.connect(
                SocketAddress(host: "127.0.0.1", port: server.localPort)
            )
            try client.write(Array(head(lines, waits + ["Content-Length: 2"]).utf8))
            let count = ResponseSerializer.continueBytes.count
            #expect(try client.receiveBytes(count: count) == ResponseSerializer.continueBytes)
        }
        #expect(await server.drain(withinMilliseconds: 5_000))
    }
}
