import Foundation
import HTTPClient
import HTTPMessages
import HTTPServer
import JSON
import Posix
import Support
import Testing

@testable import Gateway

/// The public sets of awkward documents, each sent over a real socket in every place where a
/// client puts data, with a marker in place of each of its texts.
@Suite(
    "A malformed request over HTTP",
    .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED"),
    .serialized
)
struct MalformedOverHTTPTests {
    static let marker = "MARKER-4c1d"

    /// A gateway on a socket and one connection to it.
    private final class Line {
        let fixture: GatewayFixture
        private let server: HTTPServer
        private(set) var refusedCount = 0
        private(set) var answeredCount = 0

        init() throws {
            fixture = try GatewayFixture()
            var settings = HTTPServerConfiguration(port: 0)
            settings.loopCount = 1
            let gateway = fixture.gateway
            server = try HTTPServer.start(settings) { await gateway.respond(to: $0) }
        }

        /// Sends a body and checks what every answer must keep to.
        func send(_ body: [UInt8], to path: String, _ what: String) throws -> HTTPResponse {
            let response = try HTTPClient.send(
                url: "http://127.0.0.1:\(server.localPort)" + path,
                method: "POST",
                fields: [
                    "Authorization": "Bearer " + GatewayFixture.key,
                    "Content-Type": "application/json",
                ],
                body: body
            )
            let text = String(decoding: response.body, as: UTF8.self)
            #expect(!text.contains(marker), "\(what) is echoed")
            if response.status == 200 {
                answeredCount += 1
                return response
            }
            refusedCount += 1
            #expect(400..<500 ~= response.status, "\(what): \(response.status)")
            let root = try JSONDocument(parsing: response.body).root
            #expect(root["resourceType"]?.isString("OperationOutcome") == true, "\(what)")
            let issue = root["issue"]?.elements.first { _ in true }
            let place = issue?["expression"]?.elements.first { _ in true }?.stringValue
            let words = issue?["diagnostics"]?.stringValue ?? ""
            // What is no JSON has no elements: there the byte is named.
            #expect(place?.isEmpty == false || words.contains("Byte "), "\(what): \(text)")
            return response
        }

        func stop() async {
            #expect(await server.drain(withinMilliseconds: 5_000))
            #expect(!fixture.lines.text.contains(marker))
        }
    }

    // MARK: Bodies

    /// A call that is sound but for what stands in one place.
    private static func call(patient: String, observation: String) -> [UInt8] {
        Array(
            (#"{"hook":"patient-view","hookInstance":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea","#
                + #""context":{"userId":"Practitioner/pr1","patientId":"p1"},"prefetch":{"#
                + #""patient":\#(patient),"observations":{"resourceType":"Bundle","#
                + #""type":"searchset","entry":[{"resource":\#(observation)}]}}}"#).utf8
        )
    }

    private static let soundPatient =
        #"{"resourceType":"Patient","id":"p1","birthDate":"1960-01-01"}"#
    private static let soundObservation = HookBody.quantity("hr", loinc: "8867-4", "70", "/min")

    /// The text with the marker in place of one of its texts after the other, and in no place.
    static func marked(_ text: String, placesMax: Int) -> [String] {
        let pattern = /:\s*"(?:[^"\\]|\\.)*"/
        let ranges = text.ranges(of: pattern)
        let step = max(1, ranges.count / placesMax)
        return [text]
            + stride(from: 0, to: ranges.count, by: step).prefix(placesMax).map { place in
                var copy = text
                copy.replaceSubrange(ranges[place], with: #":"\#(marker)""#)
                return copy
            }
    }

    // MARK: Tests

    @Test("of FHIR documents is refused at its element, or read, and quotes nothing")
    func documents() async throws {
        let line = try Line()
        for folder in ["conformance/fhir-json/cases", "data/messy"] {
            let names = try Shared.names(inFolder: folder)
                .filter { $0.hasSuffix("json") }
            #expect(names.count >= 16)
            for name in names {
                let text = String(decoding: try Shared.bytes(folder + "/" + name), as: UTF8.self)
                guard text.utf8.count < 40_000 else { continue }
                for (number, copy) in Self.marked(text, placesMax: 8).enumerated() {
                    let what = "\(name) with marker \(number)"
                    let patient = Self.call(patient: copy, observation: Self.soundObservation)
                    _ = try line.send(patient, to: "/cds-services/news2", what)
                    let observation = Self.call(patient: Self.soundPatient, observation: copy)
                    _ = try line.send(observation, to: "/cds-services/news2", what)
                }
                let whole = try line.send(Array(text.utf8), to: "/cds-services/news2", name)
                #expect(whole.status == 400, "\(name) is no call: \(whole.status)")
            }
        }
        #expect(line.refusedCount > 200)
        #expect(line.answeredCount > 20)
        await line.stop()
    }

    @Test("of torture documents is refused at its byte, or read, and quotes nothing")
    func torture() async throws {
        let line = try Line()
        for (name, bytes) in try Self.tortures() {
            for path in ["/cds-services/news2", "/cds-services/news2/feedback"] {
                let whole = try line.send(bytes, to: path, name)
                #expect(whole.status == 400 || whole.status == 413, "\(name): \(whole.status)")
            }
            let text = String(decoding: bytes, as: UTF8.self)
            let member = Array(
                (#"{"\#(Self.marker)":"\#(Self.marker)","x":"# + text + "}").utf8
            )
            _ = try line.send(member, to: "/cds-services/news2", name + " as a member")
            _ = try line.send(
                Self.call(patient: Self.soundPatient, observation: text),
                to: "/cds-services/news2",
                name + " as an Observation"
            )
        }
        #expect(line.refusedCount > 300)
        await line.stop()
    }

    @Test("of feedback is refused at its element and quotes nothing")
    func feedback() async throws {
        let line = try Line()
        let sound =
            #"{"feedback":[{"card":"4e0a3a1e-3283-4575-ab82-028d55fe2719","outcome":"overridden","#
            + #""acceptedSuggestions":[{"id":"a"}],"overrideReason":{"reason":{"code":"c","#
            + #""system":"s"},"userComment":"u"},"outcomeTimestamp":"2026-05-04T10:00:00Z"}]}"#
        let path = "/cds-services/news2/feedback"
        #expect(try line.send(Array(sound.utf8), to: path, "sound").status == 200)
        for member in [
            "feedback", "card", "outcome", "acceptedSuggestions", "id", "overrideReason", "reason",
            "code", "system", "userComment", "outcomeTimestamp",
        ] {
            let start = try #require(sound.range(of: "\"\(member)\":"))
            for value in [
                #""\#(Self.marker)""#, #"{"\#(Self.marker)":"\#(Self.marker)"}"#, "7",
                #"["\#(Self.marker)"]"#,
            ] {
                // The member again, in another form: what a reader takes first or last.
                var twice = sound
                twice.insert(contentsOf: "\"\(member)\":\(value),", at: start.lowerBound)
                let response = try line.send(Array(twice.utf8), to: path, "\(member) twice")
                #expect(response.status == 400)
            }
        }
        for copy in Self.marked(sound, placesMax: 20) {
            _ = try line.send(Array(copy.utf8), to: path, "a marked text")
        }
        #expect(line.refusedCount > 40)
        await line.stop()
    }

    /// The torture documents that lie in the set as bytes, and nests of a few thousand levels.
    private static func tortures() throws -> [(String, [UInt8])] {
        var all: [(String, [UInt8])] = []
        for file in ["generated", "jsontestsuite-transform"] {
            for line in try Shared.lines("conformance/json-torture/\(file).jsonl") {
                let row = try JSONDocument(parsing: line).root
                let name = row["id"]?.stringValue ?? row["name"]?.stringValue ?? ""
                if let literal = row["literal"]?.stringValue {
                    all.append((name, Array(literal.utf8)))
                } else if let text = row["b64"]?.stringValue, let data = Data(base64Encoded: text) {
                    all.append((name, Array(data)))
                } else if let hex = row["hex"]?.stringValue {
                    let digits = Array(hex.filter(\.isHexDigit))
                    let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
                        UInt8(String(digits[$0...$0 + 1]), radix: 16)
                    }
                    all.append((name, bytes))
                } else if let open = row["open"]?.stringValue,
                    let close = row["close"]?.stringValue, let count = row["n"]?.integerValue
                {
                    let times = min(count, 5_000)
                    let nest =
                        String(repeating: open, count: times) + (row["mid"]?.stringValue ?? "")
                        + String(repeating: close, count: times)
                    all.append((name, Array(nest.utf8)))
                }
            }
        }
        #expect(all.count > 60)
        return all
    }
}
