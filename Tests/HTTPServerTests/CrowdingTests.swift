import Crypto
import HTTPClient
import HTTPMessages
import HTTPServer
import Posix
import Testing

/// What becomes of a newcomer when all places are taken.
@Suite("A crowded server", .serialized)
struct CrowdingTests {
    /// How two addresses hold all places.
    struct Crowd: Sendable, CustomTestStringConvertible {
        let name: String
        var sent = ""
        var isSecured = false

        var testDescription: String { name }
    }

    static let crowds = [
        Crowd(name: "that say nothing"),
        Crowd(name: "that begin a head", sent: "G"),
        Crowd(
            name: "that begin a body",
            sent: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx"
        ),
        Crowd(name: "that say nothing, over TLS", isSecured: true),
        Crowd(name: "that begin a handshake", sent: "\u{16}\u{3}\u{1}", isSecured: true),
    ]

    /// Keeps a connection open in an array.
    private final class Held {
        private var client: HTTPClient

        init(_ client: consuming HTTPClient) { self.client = client }

        func write(_ text: String) throws { try client.write(Array(text.utf8)) }

        func ask(_ path: String) throws -> Int {
            try client.send(HTTPRequest(method: "GET", path: path)).status
        }

        func status() throws -> Int { try client.receive().status }
    }

    /// Times that end nothing in a test.
    private static func patient(_ configuration: inout HTTPServerConfiguration) {
        configuration.connection.headMilliseconds = 600_000
        configuration.connection.idleMilliseconds = 600_000
        configuration.connection.handshakeMilliseconds = 600_000
        configuration.connection.bodyMilliseconds = 600_000
        configuration.connection.bodyRateGraceMilliseconds = 600_000
        configuration.connection.requestMilliseconds = 600_000
        configuration.connection.handlerMilliseconds = 600_000
    }

    @Test("lets a newcomer in while two addresses hold all places", arguments: crowds)
    func newcomers(_ crowd: Crowd) async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let context = try crowd.isSecured ? fixture.context() : nil
        let server = try TestServer.start {
            Self.patient(&$0)
            $0.security = context
            $0.connectionCountMax = 8
            $0.connectionsPerAddressMax = 4
        }
        var crowding: [Held] = []
        for number in 0..<8 {
            crowding.append(Held(try server.connect(from: "127.0.0.\(2 + number % 2)")))
            if !crowd.sent.isEmpty { try crowding[number].write(crowd.sent) }
        }
        await server.log.wait { $0.opened == 8 }
        // One of each has to give way, and neither of the newcomers.
        var good: [Held] = []
        for number in 0..<2 {
            var client = try server.connect()
            if crowd.isSecured { try client.secure(try fixture.trust, "127.0.0.1") }
            good.append(Held(client))
            #expect(try good[number].ask("/first") == 200)
        }
        await server.log.wait { $0.closed == 2 }
        for client in good { #expect(try client.ask("/second") == 200) }
        let reason = RequestRejection.connectionsTooMany.rawValue
        #expect(server.log.counts.refused == [reason, reason])
        #expect(server.server.connectionCount == 8)
        withExtendedLifetime(crowding) {}
        crowding = []
        await server.server.drain(withinMilliseconds: 100)
    }

    @Test("takes no place of whoever has fewer connections than the newcomer")
    func fairness() async throws {
        let server = try TestServer.start {
            Self.patient(&$0)
            $0.connectionCountMax = 4
        }
        let good = Held(try server.connect())
        #expect(try good.ask("/first") == 200)
        var crowding: [Held] = []
        for number in 0..<20 {
            crowding.append(Held(try server.connect(from: "127.0.0.2")))
            await server.log.wait { $0.opened == number + 2 }
        }
        await server.log.wait { $0.closed == 17 }
        #expect(try good.ask("/second") == 200)
        #expect(server.log.counts.closed == 17)
        withExtendedLifetime(crowding) {}
        crowding = []
        await server.server.drain(withinMilliseconds: 100)
    }

    @Test("turns the newcomer away when every connection has a request under way, and loses none")
    func busy() async throws {
        let gate = Gate()
        let server = try TestServer.start({
            Self.patient(&$0)
            $0.connectionCountMax = 4
        }) { request in
            await gate.pass()
            return await TestServer.echo(request)
        }
        var busy: [Held] = []
        for number in 0..<4 {
            busy.append(Held(try server.connect(from: "127.0.0.\(2 + number % 2)")))
            try busy[number].write("GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n")
        }
        await server.log.wait { $0.paths.count == 4 }
        var late = try server.connect()
        #expect(try late.receive().status == 503)
        #expect(server.log.counts.refused == [RequestRejection.connectionsTooMany.rawValue])
        #expect(server.server.connectionCount == 4)
        gate.open()
        for client in busy { #expect(try client.status() == 200) }
        // They are at rest now, and one of them gives way.
        let next = Held(try server.connect())
        #expect(try next.ask("/next") == 200)
        #expect(await server.server.drain(withinMilliseconds: 5_000))
    }
}
