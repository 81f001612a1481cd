import Foundation
import HTTPClient
import HTTPMessages
import HTTPServer
import Support
import Testing

/// The shared edge cases over a real socket.
@Suite(.enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED"))
struct EdgeCaseSocketTests {
    struct EdgeCase: Decodable, Sendable {
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
        let server = try TestServer.serving(Self.answer)
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
            #expect(smuggled == (edge.id == "cl0-poison" ? 1 : 0), "\(edge.id)")
            server.log.note { $0.paths = [] }
            #expect(try server.isAlive(), "\(edge.id)")
        }
        #expect(await server.server.drain(withinMilliseconds: 10_000))
    }

    @Test("each edge case is answered alike wherever it is cut")
    func cuts() async throws {
        let edges = try Shared.lines("conformance/http1-edge/edge-cases.jsonl").map {
            try JSONDecoder().decode(EdgeCase.self, from: Data($0.utf8))
        }
        let server = try TestServer.serving(Self.answer)
        let (different, cutCounts) = try await OwnThread.run {
            () throws -> ([String], [Int]) in
            var different: [String] = []
            var cutCounts: [Int] = []
            for edge in edges {
                let bytes = Array(edge.b64)
                let whole = try Self.answers(server, [bytes], edge)
                let cuts = StreamCuts.places(in: bytes, wholeUpTo: 300, linesMax: 24)
                // Nothing is only ever sent whole.
                cutCounts.append(cuts.count)
                for cut in cuts where cut > 0 && cut < bytes.count {
                    let pieces = [Array(bytes[..<cut]), Array(bytes[cut...])]
                    if try Self.answers(server, pieces, edge) != whole {
                        different.append("\(edge.id) at \(cut)")
                    }
                }
            }
            return (different, cutCounts)
        }
        #expect(different.isEmpty)
        #expect(cutCounts.count == 161)
        #expect(cutCounts.allSatisfy { $0 > 1 })
        #expect(await server.server.drain(withinMilliseconds: 10_000))
    }

    @Test("what a strict peer refuses reaches a handler at most as its lawful first request")
    func peerRefusals() async throws {
        let lines = try Shared.lines("conformance/http1-edge/llhttp-requests.jsonl")
        let refused = try lines.map {
            try JSONDecoder().decode(PeerCase.self, from: Data($0.utf8))
        }.filter { $0.mode == "request" && $0.outcome == "error" }
        #expect(refused.count == 65)
        let server = try TestServer.start()
        for peer in refused {
            var client = try server.connect()
            server.log.note { $0.paths = [] }
            try client.write(Array(peer.b64))
            client.shutdownSending()
            let statuses = try Self.statuses(try client.receiveAll())
            let reached = server.log.counts.paths.count
            let reason = peer.reason ?? ""
            let isLawful = reason.contains("Upgrade") || reason.contains("`Connection: close`")
            #expect(reached <= (isLawful ? 1 : 0), "\(peer.title)")
            #expect(statuses.count <= 1, "\(peer.title)")
        }
        #expect(try server.isAlive())
        #expect(await server.server.drain(withinMilliseconds: 10_000))
    }

    struct PeerCase: Decodable {
        let title: String
        let mode: String
        let outcome: String
        let reason: String?
        let b64: Data
    }

    /// Answers as a router does, which refuses TRACE.
    private static let answer: HTTPServer.Handler = { request in
        guard request.method != "TRACE" else { return HTTPResponse(status: 405) }
        return await TestServer.echo(request)
    }

    /// The statuses that pieces are answered with, and the paths that reached the handler.
    private static func answers(
        _ server: TestServer,
        _ pieces: [[UInt8]],
        _ edge: EdgeCase
    ) throws -> [String] {
        server.log.note { $0.paths = [] }
        var client = try server.connect()
        for piece in pieces { try client.write(piece) }
        if edge.expect != "reject" { client.shutdownSending() }
        let statuses = try statuses(try client.receiveAll())
        return statuses.map { "\($0)" } + server.log.counts.paths
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
