import HTTPClient
import HTTPMessages
import HTTPServer
import Posix
import Support
import Testing

@Suite(.serialized)
struct ServerDrainTests {
    @Test("draining finishes what is being handled, closes the idle, accepts no more")
    func drain() async throws {
        let gate = Gate()
        // One loop: when the idle connection sees its end, the busy one has been told as well.
        // A busy machine may keep this test waiting far longer than a handler may take.
        let server = try TestServer.start({
            $0.loopCount = 1
            $0.connection.handlerMilliseconds = 600_000
            $0.connection.requestMilliseconds = 600_000
        }) { request in
            if request.path == "/slow" { await gate.pass() }
            return await TestServer.echo(request)
        }
        var idle = try server.connect()
        _ = try idle.send(HTTPRequest(method: "GET", path: "/"))
        var busy = try server.connect()
        try busy.write(Array("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        await server.log.wait { $0.paths.contains("/slow") }
        async let isComplete = server.server.drain(withinMilliseconds: 600_000)
        await server.log.wait { $0.closed == 1 }
        #expect(try idle.receiveAll().isEmpty)
        _ = consume idle
        #expect(throws: HTTPClientError.connectionRefused) { _ = try server.connect().isOpen }
        gate.open()
        let response = try busy.receive()
        #expect(response.body == Array("GET /slow\n".utf8))
        #expect(response.fields["connection"] == "close")
        _ = consume busy
        #expect(await isComplete)
        #expect(server.server.connectionCount == 0)
    }

    @Test("what does not end in time is cut off and said so")
    func cutOff() async throws {
        let gate = Gate()
        let server = try TestServer.start({
            $0.connection.handlerMilliseconds = 600_000
            $0.connection.requestMilliseconds = 600_000
        }) { request in
            await gate.pass()
            return await TestServer.echo(request)
        }
        var client = try server.connect()
        try client.write(Array("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        await server.log.wait { $0.paths.count == 1 }
        #expect(await server.server.drain(withinMilliseconds: 50) == false)
        #expect(throws: HTTPClientError.connectionLost) { try client.receive() }
        gate.open()
    }

    @Test("who cannot wait cuts off what is open, before the time is over")
    func impatience() async throws {
        let gate = Gate()
        let server = try TestServer.start({
            $0.connection.handlerMilliseconds = 600_000
            $0.connection.requestMilliseconds = 600_000
        }) { request in
            await gate.pass()
            return await TestServer.echo(request)
        }
        var client = try server.connect()
        try client.write(Array("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        await server.log.wait { $0.paths.count == 1 }
        async let isComplete = server.server.drain(withinMilliseconds: 600_000)
        server.server.cutOff()
        #expect(await isComplete == false)
        #expect(throws: HTTPClientError.connectionLost) { try client.receive() }
        gate.open()
    }

    @Test("everybody who waited to be accepted when the drain began is served")
    func backlog() async throws {
        // The loop accepts nobody while a handler holds it.
        let begun = try Doorbell()
        let door = try Doorbell()
        let server = try TestServer.start({
            $0.loopCount = 1
            // Who was accepted late has this long to be read.
            $0.connection.lingerMilliseconds = 60_000
        }) { request in
            if request.path == "/held" {
                begun.ring()
                door.wait(timeoutMilliseconds: 60_000)
            }
            return await TestServer.echo(request)
        }
        let count = 900
        let answered = try await OwnThread.run {
            var holding = try server.connect()
            try holding.write(Array("GET /held HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            begun.wait(timeoutMilliseconds: 20_000)
            var waiting: [Waiting] = []
            for _ in 0..<count {
                let client = Waiting(try server.connect())
                try client.ask()
                waiting.append(client)
            }
            let drained = Task { await server.server.drain(withinMilliseconds: 60_000) }
            door.ring()
            var answered = 0
            for client in waiting where (try? client.status()) == 200 { answered += 1 }
            #expect(try holding.receive().status == 200)
            return (answered, drained)
        }
        #expect(answered.0 == count)
        #expect(await answered.1.value)
        #expect(server.log.counts.opened == count + 1)
    }

    /// Keeps a connection open in an array.
    private final class Waiting {
        private var client: HTTPClient

        init(_ client: consuming HTTPClient) { self.client = client }

        func ask() throws { try client.write(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)) }

        func status() throws -> Int { try client.receive().status }
    }
}
