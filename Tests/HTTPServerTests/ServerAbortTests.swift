import HTTPClient
import HTTPMessages
import HTTPServer
import Posix
import Testing

/// Clients that vanish in each state.
@Suite(.serialized)
struct ServerAbortTests {
    @Test(
        "a client that resets leaves nothing behind and harms nobody",
        arguments: [
            "", "GET / HT", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /\u{7} HTTP/1.1\r\n",
        ]
    )
    func reset(_ sent: String) async throws {
        let server = try TestServer.start()
        var client = try server.connect()
        if !sent.isEmpty { try client.write(Array(sent.utf8)) }
        await server.log.wait { $0.opened == 1 }
        try client.resetOnClose()
        _ = consume client
        await server.log.wait { $0.closed == 1 }
        #expect(try server.isAlive())
        #expect(await server.server.drain(withinMilliseconds: 5_000))
    }

    @Test("a client that vanishes while its handler is at work does not stop the handler")
    func resetWhileHandling() async throws {
        let gate = Gate()
        let server = try TestServer.serving { request in
            if request.path == "/slow" { await gate.pass() }
            return await TestServer.echo(request)
        }
        var client = try server.connect()
        try client.write(Array("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        await server.log.wait { $0.paths == ["/slow"] }
        try client.resetOnClose()
        _ = consume client
        await server.log.wait { $0.closed == 1 }
        #expect(server.log.counts.undelivered == 1)
        #expect(try server.isAlive())
        // Draining waits for the orphaned handler, too.
        async let isComplete = server.server.drain(withinMilliseconds: 20_000)
        gate.open()
        #expect(await isComplete)
        #expect(server.log.counts.undelivered == 1, "once, and the other answers arrived")
    }

    @Test("an answer that comes when its time is over is counted as not delivered")
    func lateHandler() async throws {
        let gate = Gate()
        let server = try TestServer.start {
            $0.connection.handlerMilliseconds = 50
            // Closed sooner, the connection itself would count the answer as lost.
            $0.connection.lingerMilliseconds = 20_000
        } handler: {
            await gate.pass()
            return await TestServer.echo($0)
        }
        var client = try server.connect()
        #expect(try client.send(HTTPRequest(method: "GET", path: "/slow")).status == 503)
        #expect(server.log.counts.undelivered == 0)
        gate.open()
        await server.log.wait { $0.undelivered == 1 }
        _ = consume client
        #expect(await server.server.drain(withinMilliseconds: 5_000))
        #expect(server.log.counts.undelivered == 1)
    }

    @Test("a client that vanishes while its response is being sent leaves nothing behind")
    func resetWhileSending() async throws {
        let server = try TestServer.serving { _ in
            HTTPResponse(status: 200, body: [UInt8](repeating: 1, count: 32 << 20))
        }
        var client = try server.connect()
        try client.write(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        _ = try client.receiveBytes(count: 100_000)
        try client.resetOnClose()
        _ = consume client
        await server.log.wait { $0.closed == 1 }
        #expect(server.log.counts.undelivered == 1)
        #expect(await server.server.drain(withinMilliseconds: 5_000))
    }
}
