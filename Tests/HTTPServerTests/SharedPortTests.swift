import Basics
import HTTPClient
import HTTPMessages
import HTTPServer
import Posix
import Testing

/// Servers that share a port, and sockets that somebody else has opened.
@Suite("Sockets that are shared or handed over")
struct SharedPortTests {
    @Test("two servers that share a port both answer, and one goes on when the other stops")
    func sharing() async throws {
        let first = try TestServer.start { $0.sharesPort = true }
        let port = first.server.localPort
        let second = try TestServer.start {
            $0.port = port
            $0.sharesPort = true
        }
        #expect(second.server.localPort == port)
        // The kernel's hash decides; that 64 connections all fall on one side is a chance of 2^-63.
        for _ in 0..<64 { #expect(try first.isAlive()) }
        #expect(!first.log.counts.paths.isEmpty)
        #expect(!second.log.counts.paths.isEmpty)
        #expect(await first.server.drain(withinMilliseconds: 10_000))
        let before = second.log.counts.paths.count
        for _ in 0..<16 { #expect(try second.isAlive()) }
        #expect(second.log.counts.paths.count == before + 16)
        #expect(await second.server.drain(withinMilliseconds: 10_000))
    }

    @Test("a port is not shared with a server that does not share")
    func notSharing() async throws {
        let first = try TestServer.start()
        let port = first.server.localPort
        #expect(throws: HTTPServerError.portInUse(port: port)) {
            try TestServer.start {
                $0.port = port
                $0.sharesPort = true
            }
        }
        #expect(await first.server.drain(withinMilliseconds: 10_000))
    }

    @Test("a socket that was opened by somebody else is served")
    func handedOver() async throws {
        let socket = try Socket.listen(SocketAddress(host: "127.0.0.1", port: 0), backlog: 8)
        let port = try socket.localAddress().port
        let listener = ListeningSocket(socket)
        #expect(try listener.unsentBytesMax != Limits.httpUnsentKernelBytesMax)
        let server = try TestServer.start { $0.inherited = [listener] }
        // The kernel keeps as little for it as for a socket of our own.
        #expect(try listener.unsentBytesMax == Limits.httpUnsentKernelBytesMax)
        #expect(server.server.localPort == port)
        #expect(try server.isAlive())
        #expect(await server.server.drain(withinMilliseconds: 10_000))
    }

    @Test("more sockets than loops are refused")
    func tooMany() throws {
        let listeners = try (0..<3).map { _ in
            ListeningSocket(
                try Socket.listen(SocketAddress(host: "127.0.0.1", port: 0), backlog: 8)
            )
        }
        #expect(throws: HTTPServerError.listenersTooMany) {
            try TestServer.start { $0.inherited = listeners }
        }
    }
}
