import Crypto
import Foundation
import HTTPClient
import HTTPMessages
import HTTPServer
import Posix
import Testing

/// The server's own behaviour behind TLS, with our own client.
@Suite("A server behind TLS")
struct TLSServerTests {
    private func connect(_ server: TestServer, _ fixture: TLSFixture) throws -> HTTPClient {
        var client = try server.connect()
        try client.secure(try fixture.trust, "127.0.0.1")
        return client
    }

    @Test("answers requests one after the other, small and large")
    func requests() async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let context = try fixture.context()
        let server = try TestServer.start { $0.security = context }
        var client = try connect(server, fixture)
        for size in [0, 1, 16_384, 16_385, 100_000, 3 << 20] {
            let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let response = try client.send(HTTPRequest(method: "POST", path: "/x", body: body))
            #expect(response.status == 200)
            #expect(response.body == Array("POST /x\n".utf8) + body, "\(size)")
            #expect(response.fields["strict-transport-security"] == "max-age=31536000")
        }
        // Several at once, in order.
        let text = (0..<40).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
        try client.write(Array(text.utf8))
        for number in 0..<40 {
            let response = try client.receive()
            #expect(response.body == Array("GET /\(number)\n".utf8))
        }
        client.shutdownSending()
        #expect(try client.receiveAll().isEmpty)
        #expect(await server.server.drain(withinMilliseconds: 10_000))
    }

    @Test(
        "tells a client that begins without TLS so, in clear",
        arguments: [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n"
                + String(repeating: "x", count: 70_000),
        ]
    )
    func clearText(request: String) async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let context = try fixture.context()
        let server = try TestServer.start { $0.security = context }
        var client = try server.connect()
        try client.write(Array(request.utf8))
        let response = try client.receive()
        #expect(response.status == 400)
        #expect(response.fields["connection"] == "close")
        #expect(response.fields["strict-transport-security"] == nil)
        let body = String(decoding: response.body, as: UTF8.self)
        #expect(body.contains(RequestRejection.clearText.rawValue), "\(body)")
        client.shutdownSending()
        #expect(try client.receiveAll().isEmpty)
        #expect(server.log.counts.paths.isEmpty)
        #expect(server.log.counts.refused == [RequestRejection.clearText.rawValue])
        // The next connection is served as ever.
        var next = try connect(server, fixture)
        #expect(try next.send(HTTPRequest(method: "GET", path: "/y")).status == 200)
        #expect(await server.server.drain(withinMilliseconds: 10_000))
    }

    @Test("answers all that came before the client's last word")
    func lastWord() async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let context = try fixture.context()
        let server = try TestServer.start { $0.security = context }
        // Requests and the end of them arrive at once.
        for _ in 0..<5 {
            var client = try connect(server, fixture)
            let text = (0..<3).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
            try client.writeLast(Array(text.utf8))
            for number in 0..<3 {
                #expect(try client.receive().body == Array("GET /\(number)\n".utf8))
            }
        }
        #expect(await server.server.drain(withinMilliseconds: 10_000))
    }

    @Test("answers what came whole when only part of a request stands before the last word")
    func lastWordBehindPart() async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let context = try fixture.context()
        for part in [
            "\r\n", "GET /li", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab",
        ] {
            let gate = Gate()
            let server = try TestServer.start({ $0.security = context }) { request in
                await gate.pass()
                return await TestServer.echo(request)
            }
            var client = try connect(server, fixture)
            let post = "POST /card HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"
            try client.writeLast(Array((post + part).utf8))
            // All of it is there before the answer is.
            gate.open()
            #expect(try client.receive().body == Array("POST /card\n{}".utf8))
            #expect(server.log.counts.undelivered == 0)
            #expect(await server.server.drain(withinMilliseconds: 10_000))
        }
    }

    @Test("refuses what it refuses in clear, and says that it sends no more")
    func refusals() async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let context = try fixture.context()
        let server = try TestServer.start { $0.security = context }
        var client = try connect(server, fixture)
        try client.write(Array("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n".utf8))
        // The end is one of TLS: our client throws when it is cut off.
        let text = String(decoding: try client.receiveAll(), as: UTF8.self)
        #expect(text.hasPrefix("HTTP/1.1 400 "))
        #expect(server.log.counts.paths.isEmpty)
        #expect(await server.server.drain(withinMilliseconds: 10_000))
    }

    @Test("shows a new certificate to new connections, and drops no open one")
    func reload() async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let context = try fixture.context()
        let server = try TestServer.start { $0.security = context }
        var before = try connect(server, fixture)
        #expect(try before.send(HTTPRequest(method: "GET", path: "/1")).status == 200)
        let other = try TLSFixture()
        defer { other.remove() }
        server.server.secure(with: try other.context())
        #expect(try before.send(HTTPRequest(method: "GET", path: "/2")).status == 200)
        var after = try connect(server, other)
        #expect(try after.send(HTTPRequest(method: "GET", path: "/3")).status == 200)
        #expect(throws: HTTPClientError.notSecured(.untrusted)) { _ = try connect(server, fixture) }
        #expect(await server.server.drain(withinMilliseconds: 10_000))
    }

    @Test(
        "ends whoever does not shake hands in time",
        arguments: ["", "SSH-2.0-a\r\n", "\u{16}\u{3}\u{1}"]
    )
    func noHandshake(_ sent: String) async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let context = try fixture.context()
        let server = try TestServer.start {
            $0.security = context
            $0.loopCount = 1
            // The good client of below has it as well.
            $0.connection.handshakeMilliseconds = 1_000
        }
        var first = try server.connect()
        if !sent.isEmpty { try first.write(Array(sent.utf8)) }
        let bytes = try first.receiveAll()
        // An alert at most, and never an answer.
        #expect(bytes.isEmpty || bytes[0] == 0x15)
        #expect(server.log.counts.paths.isEmpty)
        _ = consume first
        await server.log.wait { $0.closed == 1 }
        var good = try connect(server, fixture)
        #expect(try good.send(HTTPRequest(method: "GET", path: "/")).status == 200)
        #expect(await server.server.drain(withinMilliseconds: 10_000))
    }

    @Test("serves the next client while another one holds all places with handshakes it never ends")
    func slotsTaken() async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let context = try fixture.context()
        let server = try TestServer.start {
            $0.security = context
            $0.loopCount = 1
            $0.handshakeCountMax = 4
            $0.connection.handshakeMilliseconds = 600_000
        }
        var waiting: [Waiting] = []
        for _ in 0..<8 {
            let client = try server.connect()
            let held = Waiting(client)
            try held.write([0x16, 0x03, 0x01])
            waiting.append(held)
        }
        // The oldest four have given way.
        await server.log.wait { $0.closed == 4 }
        for _ in 0..<6 {
            var good = try connect(server, fixture)
            #expect(try good.send(HTTPRequest(method: "GET", path: "/")).status == 200)
        }
        let refused = server.log.counts.refused
        #expect(Set(refused) == [RequestRejection.handshakesTooMany.rawValue])
        // A handshake that ended holds no place: five more were not closed.
        #expect(refused.count == 5, "\(refused.count)")
        waiting = []
        await server.server.drain(withinMilliseconds: 100)
    }

    @Test("counts no handshake that nobody has begun")
    func silentClients() async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let context = try fixture.context()
        let server = try TestServer.start {
            $0.security = context
            $0.loopCount = 1
            $0.handshakeCountMax = 1
            $0.connection.handshakeMilliseconds = 600_000
        }
        var waiting: [Waiting] = []
        for _ in 0..<5 { waiting.append(Waiting(try server.connect())) }
        await server.log.wait { $0.opened == 5 }
        var good = try connect(server, fixture)
        #expect(try good.send(HTTPRequest(method: "GET", path: "/")).status == 200)
        #expect(server.log.counts.refused.isEmpty)
        #expect(server.server.connectionCount == 6)
        waiting = []
        await server.server.drain(withinMilliseconds: 100)
    }

    /// Keeps a connection open.
    private final class Waiting {
        private var client: HTTPClient

        init(_ client: consuming HTTPClient) {
            self.client = client
        }

        func write(_ bytes: [UInt8]) throws { try client.write(bytes) }
    }

    @Test("drops a client that resets in the handshake or behind it, and serves the next")
    func resets() async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let context = try fixture.context()
        let server = try TestServer.start { $0.security = context }
        var client = try server.connect()
        try client.write([0x16, 0x03, 0x01])
        await server.log.wait { $0.opened == 1 }
        try client.resetOnClose()
        _ = consume client
        await server.log.wait { $0.closed == 1 }
        var secured = try connect(server, fixture)
        try secured.write(Array("GET / HT".utf8))
        try secured.resetOnClose()
        _ = consume secured
        await server.log.wait { $0.closed == 2 }
        var good = try connect(server, fixture)
        #expect(try good.send(HTTPRequest(method: "GET", path: "/")).status == 200)
        #expect(await server.server.drain(withinMilliseconds: 10_000))
    }

    @Test("is not started with parts that do not fit together")
    func parts() throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let good = TLSServerContext.Parts(
            chain: fixture.server.certificate,
            key: fixture.server.key
        )
        var parts = good
        parts.chain = Array("no certificate".utf8)
        #expect(throws: TLSServerError.certificateMalformed) { try TLSServerContext.make(parts) }
        parts = good
        parts.key = []
        #expect(throws: TLSServerError.keyMalformed) { try TLSServerContext.make(parts) }
        parts.key = fixture.authority.key
        #expect(throws: TLSServerError.keyMismatch) { try TLSServerContext.make(parts) }
        parts = good
        parts.clientAuthorities = fixture.server.key
        #expect(throws: TLSServerError.authorityMalformed) { try TLSServerContext.make(parts) }
    }

    @Test("a chain is taken only if each certificate was issued by the one behind it")
    func chains() throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let own = fixture.server.certificate
        let issuer = fixture.authority.certificate
        // One of the same name with another key.
        let namesake = try #require(
            IssuedCertificate.authority(commonName: "Test authority", days: 2)
        )
        let sibling = try fixture.client("sibling", purpose: .server).certificate
        func make(_ chain: [[UInt8]]) throws(TLSServerError) {
            _ = try TLSServerContext.make(
                TLSServerContext.Parts(chain: chain.flatMap { $0 }, key: fixture.server.key)
            )
        }
        try make([own])
        try make([own, issuer])
        // Its issuer signed itself.
        try make([own, issuer, issuer])
        for chain in [
            [own, namesake.certificate], [own, own], [own, sibling], [own, sibling, issuer],
            [own, issuer, namesake.certificate], [own, issuer, own], [issuer, own],
        ] {
            #expect(throws: TLSServerError.certificateUnordered) { try make(chain) }
        }
    }

    @Test("a certificate is taken within its time only", arguments: [(-172_800, -1), (600, 2)])
    func times(beginSeconds: Int, days: Int) throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let made = try #require(
            fixture.authority.issue(
                commonName: "localhost",
                names: TLSFixture.names,
                purpose: .server,
                days: days,
                beginSeconds: beginSeconds
            )
        )
        let error = days < 0 ? TLSServerError.certificateExpired : .certificateEarly
        #expect(throws: error) {
            try TLSServerContext.make(
                TLSServerContext.Parts(chain: made.certificate, key: made.key)
            )
        }
    }

    @Test("a list of certificates is taken as a whole or not at all, wherever it is cut")
    func cutLists() throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let first = fixture.server.certificate
        let list: [UInt8] = first + fixture.authority.certificate
        func chain(_ bytes: [UInt8]) throws(TLSServerError) {
            var parts = TLSServerContext.Parts(chain: bytes, key: fixture.server.key)
            _ = try TLSServerContext.make(parts)
            parts.chain = first
            parts.clientAuthorities = bytes
            _ = try TLSServerContext.make(parts)
        }
        try chain(list)
        var noted: [UInt8] = Array("subject=CN = localhost\r\n# a note\n".utf8)
        noted.append(contentsOf: list)
        try chain(noted)
        // A key among them, and the last line end missing.
        noted.append(contentsOf: fixture.server.key)
        try chain(noted)
        noted.removeLast()
        try chain(noted)
        let cuts: Range<Int> = (first.count + 1)..<(list.count - 1)
        for cut in cuts {
            let bytes = Array(list[..<cut])
            #expect(throws: TLSServerError.certificateDamaged, "\(cut)") { try chain(bytes) }
            #expect(throws: TLSError.bundleMalformed) { try TLSTrust.bundle(bytes) }
            var parts = TLSServerContext.Parts(chain: first, key: fixture.server.key)
            parts.clientAuthorities = bytes
            #expect(throws: TLSServerError.authorityDamaged) { try TLSServerContext.make(parts) }
        }
    }

    @Test("a list with a byte changed in its last certificate is not taken with the others")
    func changedLists() throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let first = fixture.server.certificate
        let list: [UInt8] = first + fixture.authority.certificate
        let places: Range<Int> = first.count..<(list.count - 1)
        for place in places {
            var changed = list
            // Neither a letter of base64 nor white space at the end of a line.
            changed[place] = 0x2A
            var parts = TLSServerContext.Parts(chain: changed, key: fixture.server.key)
            #expect(throws: TLSServerError.certificateDamaged, "\(place)") {
                try TLSServerContext.make(parts)
            }
            parts = TLSServerContext.Parts(chain: first, key: fixture.server.key)
            parts.clientAuthorities = changed
            #expect(throws: TLSServerError.authorityDamaged, "\(place)") {
                try TLSServerContext.make(parts)
            }
        }
        // Another letter in the signature: who says that he signed himself must have done so.
        let end: Int = list.count - "-----END CERTIFICATE-----\n".utf8.count - 1
        let letters: Range<Int> = (end - 40)..<end
        for place in letters {
            let letter: UInt8 = list[place]
            // Neither a line end nor padding.
            if letter == 0x0A || letter == 0x3D { continue }
            var changed = list
            changed[place] = letter == 0x41 ? 0x42 : 0x41
            var parts = TLSServerContext.Parts(chain: first, key: fixture.server.key)
            parts.clientAuthorities = changed
            #expect(throws: TLSServerError.authorityDamaged, "\(place)") {
                try TLSServerContext.make(parts)
            }
        }
    }
}
