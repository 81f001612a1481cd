import HTTPClient
import HTTPMessages
import HTTPServer
import Posix
import Testing

/// Times over a real socket; that they are exact is tested on the state machine.
@Suite(.serialized)
struct ServerTimeoutTests {
    @Test("a head that does not end is answered with 408")
    func slowHead() async throws {
        let server = try TestServer.start { $0.connection.headMilliseconds = 50 }
        var client = try server.connect()
        try client.write(Array("GET / HTTP/1.1\r\nHo".utf8))
        #expect(try client.receive().status == 408)
        #expect(try client.receiveAll().isEmpty)
        #expect(server.log.counts.refused == [RequestRejection.headTimeout.rawValue])
        #expect(await server.server.drain(withinMilliseconds: 5_000))
    }

    @Test("a body that does not come is answered with 408")
    func slowBody() async throws {
        let server = try TestServer.start { $0.connection.bodyRateGraceMilliseconds = 50 }
        var client = try server.connect()
        try client.write(Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx".utf8))
        #expect(try client.receive().status == 408)
        #expect(server.log.counts.refused == [RequestRejection.bodyTooSlow.rawValue])
        #expect(server.log.counts.paths.isEmpty)
        #expect(await server.server.drain(withinMilliseconds: 5_000))
    }

    @Test("an idle connection is closed without a word")
    func idle() async throws {
        let server = try TestServer.start { $0.connection.idleMilliseconds = 50 }
        var client = try server.connect()
        #expect(try client.receiveAll().isEmpty)
        #expect(await server.server.drain(withinMilliseconds: 5_000))
    }

    @Test("a handler that takes too long is answered for with 503 and is cancelled")
    func slowHandler() async throws {
        let server = try TestServer.start({ $0.connection.handlerMilliseconds = 50 }) { _ in
            while !Task.isCancelled { await Task.yield() }
            return HTTPResponse(status: 200)
        }
        var client = try server.connect()
        let response = try client.send(HTTPRequest(method: "GET", path: "/"))
        #expect(response.status == 503)
        let isClientOpen = client.isOpen
        #expect(!isClientOpen)
        #expect(await server.server.drain(withinMilliseconds: 5_000))
    }

    @Test("a client that does not read its response is dropped")
    func writeStall() async throws {
        let server = try TestServer.start({ $0.connection.writeStallMilliseconds = 50 }) { _ in
            HTTPResponse(status: 200, body: [UInt8](repeating: 1, count: 32 << 20))
        }
        var client = try server.connect()
        try client.write(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        await server.log.wait { $0.closed == 1 }
        #expect(server.server.connectionCount == 0)
        #expect(throws: HTTPClientError.self) { try client.receive() }
        #expect(await server.server.drain(withinMilliseconds: 5_000))
    }

    @Test("a client that pipelines without reading is held back, not answered without end")
    func backPressure() async throws {
        let server = try TestServer.serving { _ in
            HTTPResponse(status: 200, body: [UInt8](repeating: 1, count: 1 << 20))
        }
        var client = try server.connect()
        let request = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        try client.write((0..<1_000).flatMap { _ in request })
        await server.log.wait { $0.finished.count >= 1 }
        #expect(try server.isAliveWithAnyBody())
        // The kernel keeps little of what the client does not take, so the rest waits.
        #expect(server.log.counts.finished.count < 10)
        for _ in 0..<50 { #expect(try client.receive().body.count == 1 << 20) }
        try client.resetOnClose()
        _ = consume client
        #expect(await server.server.drain(withinMilliseconds: 5_000))
    }
}

extension TestServer {
    /// A good request on a connection of its own, whatever its answer holds.
    func isAliveWithAnyBody() throws -> Bool {
        var client = try connect()
        return try client.send(HTTPRequest(method: "GET", path: "/alive")).status == 200
    }
}
