import Foundation
import Support
import Testing

/// A raw request of the shared suite `http1-edge`.
struct EdgeCase: Decodable, Sendable, CustomTestStringConvertible {
    let id: String
    let expect: String
    let status: [Int]?
    let responses: Int?
    let responsesMax: Int?
    let b64: Data

    var bytes: [UInt8] { Array(b64) }
    var testDescription: String { id }

    enum CodingKeys: String, CodingKey {
        case id, expect, status, responses, b64
        case responsesMax = "responses_max"
    }

    static let all: [EdgeCase] = SharedLines.decode("conformance/http1-edge/edge-cases.jsonl")
}

/// A request taken from the tests of llhttp.
struct PeerCase: Decodable, Sendable {
    let title: String
    let mode: String
    let outcome: String
    let reason: String?
    let b64: Data

    var bytes: [UInt8] { Array(b64) }

    static let all: [PeerCase] = SharedLines.decode(
        "conformance/http1-edge/llhttp-requests.jsonl"
    )
}

enum SharedLines {
    /// The lines of a shared file as values; none when the suites are absent.
    static func decode<Value: Decodable>(_ path: String) -> [Value] {
        guard Shared.isPresent, let lines = try? Shared.lines(path) else { return [] }
        return lines.compactMap { try? JSONDecoder().decode(Value.self, from: Data($0.utf8)) }
    }
}
