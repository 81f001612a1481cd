import Basics
import Crypto
import HTTPClient
import HTTPMessages
import Testing

@testable import HTTPServer

/// What a client can make a server hold and do by means of TLS.
@Suite("The bounds of a TLS connection")
struct TLSQueueTests {
    @Test("updates of keys end a session when there are more than anybody needs")
    func updatesOfKeys() throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let exchange = TLSExchange()
        var plain = [UInt8](repeating: 0, count: 200_000)
        // One by one, and all in one flight.
        for flight in [1, Limits.httpKeyUpdateCountMax] {
            let (server, client) = try fixture.established(fixture.context(), exchange)
            for _ in 0..<(Limits.httpKeyUpdateCountMax / flight) {
                for _ in 0..<flight { #expect(client.updateKeys()) }
                let bytes = client.takeOutput()
                #expect(try server.receive(bytes, bytes.count, into: &plain).plainCount == 0)
                #expect(!server.hasUpdatedTooOften)
            }
            // What is encrypted with the newest keys is read.
            try client.write([1, 2, 3])
            var bytes = client.takeOutput()
            #expect(try server.receive(bytes, bytes.count, into: &plain).plainCount == 3)
            #expect(!server.hasUpdatedTooOften)
            #expect(client.updateKeys())
            try client.write([4])
            bytes = client.takeOutput()
            #expect(throws: TLSError.protocolFailure) {
                try server.receive(bytes, bytes.count, into: &plain)
            }
            #expect(server.hasUpdatedTooOften)
        }
    }

    @Test("a client that goes on asking for new keys is let go, and the refusal is counted")
    func tooManyUpdates() async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let context = try fixture.context()
        let server = try TestServer.start { $0.security = context }
        var client = try server.connect()
        try client.secure(try fixture.trust, "127.0.0.1")
        for _ in 0..<Limits.httpKeyUpdateCountMax { try client.updateKeys() }
        #expect(try client.send(HTTPRequest(method: "GET", path: "/")).status == 200)
        try client.updateKeys()
        await server.log.wait { !$0.refused.isEmpty }
        #expect(server.log.counts.refused == [RequestRejection.keyUpdatesTooMany.rawValue])
        #expect(throws: HTTPClientError.self) {
            _ = try client.send(HTTPRequest(method: "GET", path: "/"))
        }
        _ = consume client
        #expect(await server.server.drain(withinMilliseconds: 10_000))
    }

    @Test("of an answer that nobody reads one piece is encrypted, and all of it when he reads")
    func encryptedAhead() async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let context = try fixture.context()
        let body = (0..<(8 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let server = try TestServer.start({
            $0.security = context
            $0.loopCount = 1
        }) { _ in HTTPResponse(status: 200, body: body) }
        var client = try server.connect()
        try client.secure(try fixture.trust, "127.0.0.1")
        try client.write(
            Array((0..<3).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined().utf8)
        )
        await server.log.wait { $0.finished.count == 1 }
        let held = await server.server.unsent
        // What the kernel has taken is a part of the first answer.
        #expect(held.plain > 2 << 20)
        #expect(held.ready > 0)
        // Two pieces, the framing of their records and a head.
        #expect(held.ready <= 2 * Limits.tlsPieceBytes + 4_096)
        for _ in 0..<3 {
            let response = try client.receive()
            #expect(response.body == body)
        }
        let rest = await server.server.unsent
        #expect(rest.plain == 0)
        #expect(rest.ready == 0)
        _ = consume client
        #expect(await server.server.drain(withinMilliseconds: 10_000))
    }

    @Test("answers large and small come in their order, however they wait")
    func order() async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let context = try fixture.context()
        let server = try TestServer.start({ $0.security = context }) { request in
            let size = Int(request.path.dropFirst()) ?? 0
            return HTTPResponse(status: 200, body: Array(repeating: UInt8(size % 251), count: size))
        }
        var client = try server.connect()
        try client.secure(try fixture.trust, "127.0.0.1")
        let sizes = [200_000, 1, 10_000, 40_000, 9_000, 300_000, 0, 16_384, 16_385, 5, 65_536, 7]
        let text = sizes.map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
        try client.write(Array(text.utf8))
        for size in sizes {
            let response = try client.receive()
            #expect(response.body == [UInt8](repeating: UInt8(size % 251), count: size))
        }
        _ = consume client
        #expect(await server.server.drain(withinMilliseconds: 10_000))
    }
}
