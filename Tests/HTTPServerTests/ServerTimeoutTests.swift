import HTTPClient
import HTTPMessages
import HTTPServer
import Posix
import Support
import Testing

/// Times over a real socket; that they are exact is tested on the state machine.
@Suite(.serialized)
struct ServerTimeoutTests {
    @Test("a head that does not end is answered with 408")
    func slowHead() async throws {
        let server = try TestServer.start { $0.connection.headMilliseconds = 1_000 }
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

    @Test("an idle connection that an empty line was sent on is closed without a word")
    func emptyLine() async throws {
        let server = try TestServer.start {
            $0.connection.headMilliseconds = 1_000
            $0.connection.idleMilliseconds = 1_000
        }
        var client = try server.connect()
        try client.write(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n\r\n".utf8))
        #expect(try client.receive().status == 200)
        #expect(try client.receiveAll().isEmpty)
        #expect(server.log.counts.refused.isEmpty)
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

    /// A client with a small window that has asked for a large response.
    private func slowReader(_ server: TestServer) throws -> SlowReader {
        let reader = try SlowReader.connect(server.address)
        try reader.write(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        return reader
    }

    @Test("a client that reads slowly, but fast enough, is served to the end")
    func slowReading() async throws {
        let size = 300_000
        let server = try TestServer.start({
            $0.connection.writeStallMilliseconds = 4_000
            $0.connection.writeStallBytesMin = 1_000
        }) { _ in HTTPResponse(status: 200, body: [UInt8](repeating: 1, count: size)) }
        let received = try await OwnThread.run {
            let reader = try slowReader(server)
            // Longer than the time that a client has to take enough, and so little that the kernel
            // does not say in all that time that it has room again.
            var received = try reader.read(bytes: 36_000, piece: 1_200, pauseMilliseconds: 300)
            received += try reader.read(bytes: size, piece: 65_536, pauseMilliseconds: 0)
            return received
        }
        let response = String(decoding: received.prefix(15), as: UTF8.self)
        #expect(response == "HTTP/1.1 200 OK")
        let ones = received.suffix(size).count { $0 == 1 }
        #expect(ones == size)
        #expect(await server.server.drain(withinMilliseconds: 5_000))
    }

    @Test("a client that reads on and on, but too slowly, is dropped")
    func tooSlowReading() async throws {
        let size = 8 << 20
        let server = try TestServer.start({
            $0.connection.writeStallMilliseconds = 300
            $0.connection.writeStallBytesMin = 4 << 20
        }) { _ in HTTPResponse(status: 200, body: [UInt8](repeating: 1, count: size)) }
        let received = try await OwnThread.run {
            try slowReader(server).read(bytes: size, piece: 1_200, pauseMilliseconds: 10)
        }
        #expect(received.count < size)
        await server.log.wait { $0.closed == 1 }
        #expect(await server.server.drain(withinMilliseconds: 5_000))
    }

    @Test("what waits for clients that do not read has a bound: the one with the most is dropped")
    func unsentBound() async throws {
        let server = try TestServer.start({
            $0.loopCount = 1
            $0.unsentLoopBytesMax = 40 << 20
        }) { request in
            let size = request.path == "/large" ? 32 << 20 : 16 << 20
            return HTTPResponse(status: 200, body: [UInt8](repeating: 1, count: size))
        }
        var small = try server.connect()
        try small.write(Array("GET /small HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        await server.log.wait { $0.finished.count == 1 }
        var large = try server.connect()
        try large.write(Array("GET /large HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        await server.log.wait { $0.closed == 1 }
        #expect(throws: HTTPClientError.self) { try large.receive() }
        #expect(try small.receive().body.count == 16 << 20)
        // What was taken or dropped does not count any more.
        try small.write(Array("GET /large HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        #expect(try small.receive().body.count == 32 << 20)
        #expect(server.log.counts.closed == 1)
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

/// A client that takes what it is sent in pieces, through a window that is small.
final class SlowReader: Sendable {
    private let socket: Socket
    private let bell: Doorbell

    private init(_ socket: consuming Socket, _ bell: Doorbell) {
        self.socket = socket
        self.bell = bell
    }

    static func connect(_ address: SocketAddress) throws -> SlowReader {
        let socket = try Socket.connect(address, receivedBytesMax: 4_096)
        let isReady = try socket.descriptor.wait(forReading: false, timeoutMilliseconds: 20_000)
        guard isReady else { throw SystemError.timedOut }
        try socket.takeError()
        return SlowReader(socket, try Doorbell())
    }

    func write(_ bytes: [UInt8]) throws {
        let sent = try socket.send(bytes)
        #expect(sent == .moved(bytes.count))
    }

    /// Reads so many bytes, or fewer when the server closes before.
    func read(bytes count: Int, piece: Int, pauseMilliseconds: Int) throws -> [UInt8] {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: piece)
        while received.count < count {
            let isReady = try socket.descriptor.wait(
                forReading: true,
                timeoutMilliseconds: 20_000
            )
            guard isReady else { return received }
            let transfer: SystemCall.Transfer
            do throws(SystemError) {
                transfer = try socket.receive(into: &buffer)
            } catch {
                guard error == .connectionReset else { throw error }
                return received
            }
            switch transfer {
            case .wouldBlock: continue
            case .moved(0): return received
            case .moved(let moved): received += buffer[..<moved]
            }
            // The pace of the client: nobody rings.
            if pauseMilliseconds > 0 { bell.wait(timeoutMilliseconds: pauseMilliseconds) }
        }
        return received
    }
}
