import Foundation
import HTTPClient
import HTTPMessages
import HTTPServer
import Support
import Testing

/// The shared edge cases over a real socket.
@Suite(.enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED"))
struct EdgeCaseSocketTests {
    struct EdgeCase: Decodable {
        let id: String
        let expect: String
        let status: [Int]?
        let responses: Int?
        let responsesMax: Int?
        let b64: Data

        enum CodingKeys: String, CodingKey {
            case id, expect, status, responses, b64
            case responsesMax = "responses_max"
        }
    }

    @Test("each edge case is answered as the suite expects, and the server lives on")
    func all() async throws {
        let edges = try Shared.lines("conformance/http1-edge/edge-cases.jsonl").map {
            try JSONDecoder().decode(EdgeCase.self, from: Data($0.utf8))
        }
        #expect(edges.count == 161)
        let server = try TestServer.start()
        for edge in edges {
            var client = try server.connect()
            try client.write(Array(edge.b64))
            // A refused connection is closed by the server, the others end when we say so.
            if edge.expect != "reject" { client.shutdownSending() }
            let statuses = try Self.statuses(try client.receiveAll())
            switch edge.expect {
            case "ok":
                #expect(
                    statuses == [Int](repeating: 200, count: edge.responses ?? 1),
                    "\(edge.id)"
                )
            case "reject":
                #expect(statuses.count == 1, "\(edge.id)")
                let status = statuses.first ?? 0
                #expect(400..<500 ~= status || status == 501 || status == 505, "\(edge.id)")
                if let allowed = edge.status { #expect(allowed.contains(status), "\(edge.id)") }
            case "wait": #expect(statuses.isEmpty, "\(edge.id)")
            default:
                #expect(statuses.count >= 1, "\(edge.id)")
                #expect(statuses.count <= edge.responsesMax ?? 1, "\(edge.id)")
                #expect(statuses.allSatisfy { $0 < 500 || $0 == 501 }, "\(edge.id)")
            }
            // `cl0-poison` is plain pipelining of two honest requests.
            let smuggled = server.log.counts.paths.count { $0 == "/smuggled" }
            if edge.id != "cl0-poison" { server.log.note { $0.paths = [] } }
            #expect(smuggled == (edge.id == "cl0-poison" ? 1 : 0), "\(edge.id)")
            server.log.note { $0.paths = [] }
            #expect(try server.isAlive(), "\(edge.id)")
        }
        #expect(await server.server.drain(withinMilliseconds: 10_000))
    }

    /// The statuses of the responses in a stream; throws when it is not made of whole responses.
    static func statuses(_ bytes: [UInt8]) throws -> [Int] {
        var parser = ResponseParser()
        var statuses: [Int] = []
        var start = 0
        while start < bytes.count {
            let (consumed, outcome) = parser.consume(bytes, start..<bytes.count)
            start += consumed
            guard outcome == .complete else { throw HTTPClientError.responseMalformed }
            statuses.append(parser.take().status)
        }
        return statuses
    }
}
