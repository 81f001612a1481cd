import HTTPClient
import HTTPMessages
import HTTPServer
import Testing

/// Clients that shut down their direction as soon as they have asked.
@Suite("A client that has said its last word")
struct HalfCloseTests {
    @Test("gets its answer, with a body or without one", arguments: ["", "body"])
    func answered(_ body: String) throws {
        let server = try TestServer.serving { _ in
            HTTPResponse(
                status: 401,
                fields: ["WWW-Authenticate": "Bearer"],
                body: Array(body.utf8)
            )
        }
        for round in 0..<20 {
            var client = try server.connect()
            try client.write(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            client.shutdownSending()
            let text = String(decoding: try client.receiveAll(), as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 401 "), "\(round): \(text)")
        }
        #expect(server.log.counts.finished.count == 20)
    }

    @Test(
        "gets its answer whole, whatever part of another request it has said before",
        arguments: [
            "\r\n", "GET /li", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab",
        ]
    )
    func answeredBeforePart(_ part: String) throws {
        for size in [100, 3 << 20] {
            let gate = Gate()
            let body = [UInt8](repeating: 65, count: size)
            let server = try TestServer.serving { _ in
                await gate.pass()
                return HTTPResponse(status: 200, body: body)
            }
            var client = try server.connect()
            let post = "POST /card HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"
            try client.write(Array((post + part).utf8))
            client.shutdownSending()
            // The part and the end are there before the answer is.
            gate.open()
            let response = try client.receive()
            #expect(response.status == 200)
            let isWhole = response.body == body
            #expect(isWhole, "\(response.body.count) of \(size)")
            #expect(try client.receiveAll().isEmpty)
            let counts = server.log.counts
            #expect(counts.paths == ["/card"])
            #expect(counts.undelivered == 0)
            #expect(counts.refused.isEmpty)
        }
    }

    @Test("gets the refusal of HEAD without a body, when its line is refused, too")
    func refusedHead() throws {
        let server = try TestServer.start()
        for (line, status) in [
            ("HEAD /" + String(repeating: "a", count: 20_000), 414), ("HEAD / HTTP/2.0\r\n", 505),
            ("HEAD / HTTP/1.1 \r\n", 400), ("HEAD /\u{7} HTTP/1.1\r\n", 400),
        ] as [(String, Int)] {
            var client = try server.connect()
            try client.write(Array(line.utf8))
            client.shutdownSending()
            let text = String(decoding: try client.receiveAll(), as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 \(status) "), "\(text)")
            #expect(text.hasSuffix("\r\n\r\n"), "\(text)")
        }
    }
}
