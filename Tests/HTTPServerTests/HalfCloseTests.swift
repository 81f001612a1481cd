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
}
