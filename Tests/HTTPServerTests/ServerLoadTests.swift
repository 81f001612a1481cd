import Basics
import Crypto
import HTTPClient
import HTTPMessages
import HTTPServer
import Posix
import Testing

@Suite(.serialized)
struct ServerLoadTests {
    @Test("every request of a load is answered, counted once and answered with its own body")
    func load() async throws {
        let server = try TestServer.serving { request in
            if request.body.first == 0x31 { await Task.yield() }
            return HTTPResponse(status: request.body.count == 10 ? 200 : 500, body: request.body)
        }
        let template = RequestSerializer.bytes(
            HTTPRequest(method: "POST", path: "/", body: Array("0000000000".utf8)),
            host: "127.0.0.1"
        )
        let report = try LoadGenerator.run(
            LoadPlan(address: server.address, connectionCount: 64, end: .requests(20_000)),
            template: template
        ) { bytes, number in
            bytes[bytes.count - 10] = 0x30 + UInt8(number % 2)
        }
        #expect(report.requestCount == 20_000)
        #expect(report.statusCounts == [200: 20_000])
        #expect(report.errorCount == 0)
        #expect(report.latencies.nanoseconds(atQuantile: 0.5) > 0)
        #expect(server.log.counts.finished.count == 20_000)
        #expect(await server.server.drain(withinMilliseconds: 5_000))
    }

    @Test("connections are renewed when they have carried their number of requests")
    func renewed() async throws {
        let server = try TestServer.start { $0.connection.requestCountMax = 10 }
        let report = try LoadGenerator.run(
            LoadPlan(address: server.address, connectionCount: 4, end: .requests(400)),
            template: Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        )
        #expect(report.statusCounts == [200: 400])
        #expect(report.errorCount == 0)
        #expect(server.log.counts.opened >= 40)
        #expect(await server.server.drain(withinMilliseconds: 5_000))
    }

    @Test("a load over TLS is answered as one in clear, and its connections are renewed")
    func secured() async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let context = try fixture.context()
        let server = try TestServer.start {
            $0.security = context
            $0.connection.requestCountMax = 10
        }
        var plan = LoadPlan(address: server.address, connectionCount: 4, end: .requests(400))
        plan.security = .init(try fixture.trust, expecting: .address("127.0.0.1"))
        let body = [UInt8](repeating: 0x61, count: 100_000)
        let report = try LoadGenerator.run(
            plan,
            template: RequestSerializer.bytes(
                HTTPRequest(method: "POST", path: "/", body: body),
                host: "127.0.0.1"
            )
        )
        #expect(report.statusCounts == [200: 400])
        #expect(report.errorCount == 0)
        #expect(server.log.counts.opened >= 40)
        // Nobody else is asked.
        plan.security = .init(try fixture.trust, expecting: .address("127.0.0.9"))
        plan.end = .milliseconds(10_000)
        let refused = try LoadGenerator.run(plan, template: Array("GET / HTTP/1.1\r\n\r\n".utf8))
        #expect(refused.requestCount == 0)
        #expect(refused.lostConnections > 0)
        #expect(server.log.counts.finished.count == 400)
        #expect(await server.server.drain(withinMilliseconds: 5_000))
    }

    /// Nobody is closed for saying nothing while the test waits for its turn.
    private static func waitLong(_ configuration: inout HTTPServerConfiguration) {
        configuration.connection.headMilliseconds = 600_000
        configuration.connection.idleMilliseconds = 600_000
    }

    @Test("idle connections by the hundred do not disturb a good client")
    func idleConnections() async throws {
        let server = try TestServer.start { Self.waitLong(&$0) }
        var idle: [Holder] = []
        for _ in 0..<400 { idle.append(Holder(try server.connect())) }
        await server.log.wait { $0.opened == 400 }
        #expect(server.server.connectionCount == 400)
        #expect(try server.isAlive())
        idle.removeAll()
        await server.log.wait { $0.closed == 401 }
        #expect(await server.server.drain(withinMilliseconds: 5_000))
    }

    @Test("connections of one address above its limit are told so and closed")
    func tooMany() async throws {
        let server = try TestServer.start {
            Self.waitLong(&$0)
            $0.connectionsPerAddressMax = 2
        }
        let first = Holder(try server.connect())
        let second = Holder(try server.connect())
        await server.log.wait { $0.opened == 2 }
        var third = try server.connect()
        #expect(try third.receive().status == 503)
        let isThirdOpen = third.isOpen
        #expect(!isThirdOpen)
        #expect(server.log.counts.refused == [RequestRejection.connectionsTooMany.rawValue])
        withExtendedLifetime((first, second)) {}
        #expect(server.server.connectionCount == 2)
        first.close()
        await server.log.wait { $0.closed == 1 }
        #expect(try server.isAlive())
        #expect(await server.server.drain(withinMilliseconds: 5_000))
    }

    /// Keeps a connection open in an array.
    final class Holder {
        private var client: HTTPClient?

        init(_ client: consuming HTTPClient) {
            self.client = consume client
        }

        func close() { client = nil }
    }
}
