import Audit
import Basics
import HTTPClient
import HTTPMessages
import HTTPServer
import Posix
import Support
import Testing

@testable import Gateway

/// What is answered from the head alone: not one byte of a body is ever sent in these tests.
@Suite("A head whose body is of no use", .serialized)
struct HeadRulingOverHTTPTests {
    struct Head: Sendable, CustomTestStringConvertible {
        var line: String
        var fields: [String] = []
        var hasKey = true
        /// The key it shows.
        var key = GatewayFixture.key
        var status: Int
        var rowCount = 0

        var testDescription: String { "\(line) \(fields)" }
    }

    static let large = "Content-Length: 16777216"
    static let chunked = "Transfer-Encoding: chunked"
    static let json = "Content-Type: application/json"
    static let waits = ["Expect: 100-continue", "Content-Length: 2"]
    static let hook = "POST /cds-services/news2"

    static let unknown = "nobody." + String(repeating: "0", count: 64)
    static let wrong = "ehr." + String(repeating: "0", count: 64)

    static let refused: [Head] = [
        Head(line: hook, fields: waits + [json], key: unknown, status: 401, rowCount: 1),
        Head(line: hook, fields: waits + [json], key: wrong, status: 401, rowCount: 1),
        Head(line: hook, fields: [large, json], key: unknown, status: 401, rowCount: 1),
        Head(
            line: hook,
            fields: ["Content-Length: 70000", json],
            key: wrong,
            status: 401,
            rowCount: 1
        ),
        Head(line: hook, fields: [chunked, json], key: unknown, status: 401, rowCount: 1),
        Head(line: hook + "/feedback", fields: waits, key: wrong, status: 401, rowCount: 1),
        Head(
            line: "POST /models/news2/evaluate",
            fields: waits,
            key: wrong,
            status: 401,
            rowCount: 1
        ),
        Head(line: "POST /audit/exports", fields: waits, key: unknown, status: 401, rowCount: 1),
        Head(line: "POST /livez", fields: [large], hasKey: false, status: 405),
        Head(line: "POST /livez", fields: [chunked], hasKey: false, status: 405),
        Head(line: "POST /nowhere", fields: [large], hasKey: false, status: 404),
        Head(line: "PUT /cds-services", fields: waits, hasKey: false, status: 405),
        Head(line: "GET /livez", fields: [large], hasKey: false, status: 413),
        Head(line: hook, fields: waits, hasKey: false, status: 401, rowCount: 1),
        Head(line: hook, fields: [large, json], hasKey: false, status: 401, rowCount: 1),
        Head(line: "GET /cds-services/news2", fields: waits, status: 405, rowCount: 1),
        Head(line: hook, fields: waits + ["Content-Type: text/xml"], status: 415, rowCount: 1),
        Head(line: hook, fields: ["Content-Length: 8388609", json], status: 413, rowCount: 1),
        Head(line: hook + "/feedback", fields: [large, json], status: 413, rowCount: 1),
        Head(line: "POST /models/news2/evaluate", fields: [large], status: 413, rowCount: 1),
    ]

    private static func serve(_ fixture: GatewayFixture) throws -> HTTPServer {
        var settings = HTTPServerConfiguration(port: 0)
        settings.loopCount = 1
        let gateway = fixture.gateway
        settings.judge = { gateway.rule(on: $0, length: $1) }
        return try HTTPServer.start(settings) { await gateway.respond(to: $0) }
    }

    private static func connect(_ server: HTTPServer, _ head: Head) throws -> HTTPClient {
        var client = try HTTPClient.connect(
            SocketAddress(host: "127.0.0.1", port: server.localPort)
        )
        var lines = [head.line + " HTTP/1.1", "Host: limen.example"] + head.fields
        if head.hasKey { lines.append("Authorization: Bearer " + head.key) }
        try client.write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8))
        return client
    }

    @Test("has its final answer at once, with the audit row it always had", arguments: refused)
    func answersAtOnce(_ head: Head) async throws {
        let fixture = try GatewayFixture()
        let server = try Self.serve(fixture)
        var client = try Self.connect(server, head)
        let response = try client.receive()
        #expect(response.status == head.status)
        #expect(response.fields["connection"] == "close")
        if head.status == 405 { #expect(response.fields["allow"] != nil) }
        #expect(fixture.sink.records.count == head.rowCount)
        _ = consume client
        #expect(await server.drain(withinMilliseconds: 5_000))
    }

    static let taken: [Head] = [
        Head(line: hook, fields: waits + [json], status: 400),
        Head(line: hook, fields: waits, status: 400),
        Head(
            line: hook,
            fields: ["Expect: 100-continue", "Content-Length: 8388608", json],
            status: 400
        ),
        Head(line: "POST /models/news2/evaluate", fields: waits, status: 400),
        Head(
            line: "POST /audit/exports",
            fields: waits + ["Accept: application/x-ndjson"],
            status: 400
        ),
    ]

    @Test("and what may be of use is asked for", arguments: taken)
    func asks(_ head: Head) async throws {
        let fixture = try GatewayFixture()
        let server = try Self.serve(fixture)
        var client = try Self.connect(server, head)
        let interim = try client.receiveBytes(count: ResponseSerializer.continueBytes.count)
        #expect(interim == ResponseSerializer.continueBytes)
        _ = consume client
        #expect(await server.drain(withinMilliseconds: 5_000))
    }
}
