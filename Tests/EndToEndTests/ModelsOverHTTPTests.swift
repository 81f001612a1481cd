import Basics
import HTTPMessages
import JSON
import Support
import Testing

/// Named inputs in over HTTP, results out, with an audit row committed for each row.
@Suite("Models over HTTP", .enabled(if: LiveGateway.isPresent, LiveGateway.absence))
struct ModelsOverHTTPTests {
    private static func segment(_ bodyMassIndex: String) -> String {
        #"{"age":33,"systolic":117,"diastolic":74,"bodyMassIndex":\#(bodyMassIndex)}"#
    }

    private static func evaluate(_ model: String, _ body: String) throws -> HTTPResponse {
        try LiveGateway.send("POST", "/models/\(model)/evaluate", body: Array(body.utf8))
    }

    private static func rows(_ response: HTTPResponse) throws -> [JSONValue] {
        let root = try JSONDocument(parsing: response.body).root
        return root["rows"].map { Array($0.elements) } ?? []
    }

    /// The audit row of an event, as `limen audit show` gives it.
    private static func event(_ id: String) throws -> JSONValue {
        let run = try LiveGateway.run(["audit", "show", id, "--json", "--reason", "a test"])
        try #require(run.exitCode == 0, "\(run.error)")
        return try JSONDocument(parsing: run.output).root
    }

    @Test("A score comes from named inputs, and its audit row is there when the answer is")
    func score() throws {
        let body =
            #"{"respiratoryRate":22,"spo2":95,"onOxygen":true,"systolic":101,"pulse":112,"#
            + #""consciousness":"A","temperature":{"value":101.3,"unit":"[degF]"}}"#
        let response = try Self.evaluate("news2", body)
        #expect(response.status == 200)
        let row = try #require(try Self.rows(response).first)
        #expect(row["value"]?.integerValue == 9)
        let event = try Self.event(try #require(row["eventId"]?.stringValue))
        #expect(event["kind"]?.stringValue == "evaluation")
        #expect(event["outcome"]?.stringValue == "done")
        #expect(event["result"]?["value"]?.integerValue == 9)
        #expect(event["artifacts"]?["model"]?["sha256"]?.stringValue?.utf8.count == 64)
    }

    @Test("A batch answers every row, also the bad one, and each has an audit row of its own")
    func batch() throws {
        let bad = #"{"age":"old"}"#
        let body = "[\(Self.segment("23.0")),\(bad),\(Self.segment("33.9"))]"
        let response = try Self.evaluate("segments", body)
        #expect(response.status == 200)
        let rows = try Self.rows(response)
        #expect(rows.map { $0["status"]?.stringValue } == ["complete", "rejected", "complete"])
        #expect(rows[0]["segment"]?["id"]?.stringValue == "1")
        #expect(rows[2]["segment"]?["id"]?.stringValue == "3")
        for (row, outcome) in zip(rows, ["done", "rejected", "done"]) {
            let event = try Self.event(try #require(row["eventId"]?.stringValue))
            #expect(event["kind"]?.stringValue == "evaluation")
            #expect(event["outcome"]?.stringValue == outcome)
        }
    }

    @Test("1,000 rows are answered with 1,000 events")
    func thousand() throws {
        let rows = (0..<Limits.evaluationRowsMax).map { Self.segment("2\($0 % 10).5") }
        let response = try Self.evaluate("segments", "[" + rows.joined(separator: ",") + "]")
        #expect(response.status == 200)
        let found = try Self.rows(response)
        #expect(found.count == Limits.evaluationRowsMax)
        #expect(Set(found.compactMap { $0["eventId"]?.stringValue }).count == found.count)
        for row in [found.first, found.last] {
            let event = try Self.event(try #require(row?["eventId"]?.stringValue))
            #expect(event["kind"]?.stringValue == "evaluation")
        }
    }

    @Test(
        "Problems have their status and say where",
        arguments: [
            ("news2", #"{"pulse":"fast"}"#, 422, "#/pulse"),
            ("interactions-onc", "{}", 422, nil), ("nothing", "{}", 404, nil),
        ] as [(String, String, Int, String?)]
    )
    func problems(model: String, body: String, status: Int, pointer: String?) throws {
        let response = try Self.evaluate(model, body)
        #expect(response.status == status)
        #expect(response.fields["content-type"] == "application/problem+json")
        let problem = try JSONDocument(parsing: response.body).root
        let pointers = problem["errors"].map {
            $0.elements.compactMap { $0["pointer"]?.stringValue }
        }
        #expect(pointers == pointer.map { [$0] })
    }

    @Test("Models are listed with their segments in German")
    func models() throws {
        let list = try JSONDocument(
            parsing: try LiveGateway.send("GET", "/models", contentType: nil).body
        ).root
        let ids = list["models"].map { $0.elements.compactMap { $0["id"]?.stringValue } } ?? []
        #expect(ids.contains("news2"))
        #expect(ids.contains("segments"))
        let segments = try LiveGateway.send("GET", "/models/segments/segments", contentType: nil)
        #expect(segments.status == 200)
        #expect(String(decoding: segments.body, as: UTF8.self).contains("Jünger"))
    }
}
