import HTTPClient
import HTTPMessages
import HTTPServer
import Posix
import Testing

@testable import struct HTTPServer.ReceivedBytes

/// The room for requests that are not complete, and who makes room for whom.
@Suite("The room for unfinished requests", .serialized)
struct ReceivedBytesTests {
    static let limit = 1 << 20

    private static func serve(_ gate: Gate = Gate()) throws -> TestServer {
        try TestServer.start({
            $0.loopCount = 1
            $0.receivedLoopBytesMax = limit
            $0.connection.bodyMilliseconds = 600_000
            $0.connection.bodyRateGraceMilliseconds = 600_000
            $0.connection.requestMilliseconds = 600_000
            $0.connection.handlerMilliseconds = 600_000
        }) { request in
            if request.path == "/slow" { await gate.pass() }
            return HTTPResponse(status: 200)
        }
    }

    /// The head of a request with a body, and so many bytes of it.
    private static func begin(_ path: String, of length: Int, sent: Int) -> [UInt8] {
        Array("POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n".utf8)
            + [UInt8](repeating: 0x20, count: sent)
    }

    @Test("the largest one of who holds the most is refused; others and what is at work are not")
    func largest() async throws {
        let gate = Gate()
        let server = try Self.serve(gate)
        // Complete and at work, as large as the limit: it holds no room.
        var working = try server.connect(from: "127.0.0.2")
        try working.write(Self.begin("/slow", of: 900_000, sent: 900_000))
        await server.log.wait { $0.paths == ["/slow"] }
        var modest = try server.connect(from: "127.0.0.3")
        try modest.write(Self.begin("/modest", of: 100_001, sent: 100_000))
        var greedy = try server.connect(from: "127.0.0.2")
        try greedy.write(Self.begin("/greedy", of: 8 << 20, sent: 1_100_000))
        let refused = try greedy.receive()
        #expect(refused.status == 503)
        #expect(refused.fields["retry-after"] != nil)
        #expect(refused.fields["connection"] == "close")
        try modest.write([0x20])
        #expect(try modest.receive().status == 200)
        gate.open()
        #expect(try working.receive().status == 200)
        #expect(server.log.counts.refused == [RequestRejection.roomTooSmall.rawValue])
        #expect(!server.log.counts.paths.contains("/greedy"))
        // What was refused is counted out: there is room again, again and again.
        for _ in 0..<4 {
            var whole = try server.connect(from: "127.0.0.2")
            try whole.write(Self.begin("/whole", of: 800_000, sent: 800_000))
            #expect(try whole.receive().status == 200)
        }
        _ = consume working
        _ = consume modest
        _ = consume greedy
        #expect(await server.server.drain(withinMilliseconds: 5_000))
    }

    @Test("many small ones of one address make room before the single large one of another")
    func many() async throws {
        let server = try Self.serve()
        var large = try server.connect(from: "127.0.0.3")
        try large.write(Self.begin("/large", of: 200_001, sent: 200_000))
        var crowd: [Held] = []
        for _ in 0..<24 {
            let one = Held(try server.connect(from: "127.0.0.2"))
            try one.write(Self.begin("/small", of: 60_001, sent: 60_000))
            crowd.append(one)
        }
        await server.log.wait { !$0.refused.isEmpty }
        try large.write([0x20])
        #expect(try large.receive().status == 200)
        _ = consume large
        crowd = []
        #expect(await server.server.drain(withinMilliseconds: 5_000))
        #expect(Set(server.log.counts.refused) == [RequestRejection.roomTooSmall.rawValue])
    }

    /// Keeps a connection open in an array.
    private final class Held {
        private var client: HTTPClient

        init(_ client: consuming HTTPClient) { self.client = client }

        func write(_ bytes: [UInt8]) throws { try client.write(bytes) }
    }

    @Test("room is not looked for again at each byte when nobody can give way")
    func bound() {
        var bytes = ReceivedBytes(max: 800)
        bytes.change(by: 800)
        #expect(!bytes.isTooMuch)
        bytes.change(by: 1)
        #expect(bytes.isTooMuch)
        bytes.roomMade()
        #expect(!bytes.isTooMuch)
        bytes.change(by: 100)
        #expect(!bytes.isTooMuch)
        bytes.change(by: 1)
        #expect(bytes.isTooMuch)
        bytes.change(by: -202)
        #expect(bytes.count == bytes.goal)
        bytes.change(by: 101)
        #expect(bytes.isTooMuch)
    }
}
