import Basics
import Foundation
import HTTPMessages
import JSON
import Support
import Testing

/// What no client should send, over the wire: a clear answer, a row, and the process goes on.
@Suite(
    "Bad input over HTTP",
    .enabled(if: LiveGateway.isPresent, LiveGateway.absence),
    .serialized
)
struct BadInputTests {
    /// One bad body with the status that it must get.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let body: [UInt8]
        let status: Int

        init(_ name: String, _ body: [UInt8], _ status: Int) {
            self.name = name
            self.body = body
            self.status = status
        }

        init(_ name: String, _ body: String, _ status: Int) {
            self.init(name, Array(body.utf8), status)
        }

        var testDescription: String { name }
    }

    static let cases: [Case] = {
        let sound = ChartedPatient().body
        let deep = String(repeating: "[", count: 100_000)
        let large = #"{"hook":"patient-view","x":""# + String(repeating: "a", count: 10_000_000)
        return [
            Case("empty", "", 400),
            Case("truncated", Array(sound.utf8.prefix(sound.utf8.count / 2)), 400),
            Case("100,000 deep", deep, 400),
            Case("10 MB", large, 413),
            Case("binary", (0...255).map { UInt8($0) }, 400),
            Case("not UTF-8", [0x22, 0xFF, 0xFE, 0x22], 400),
            Case("an array", "[]", 400),
            Case("no context", #"{"hook":"patient-view","hookInstance":"x"}"#, 400),
            Case(
                "prefetch is a string",
                #"{"hook":"patient-view","hookInstance":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea","#
                    + #""context":{"userId":"Practitioner/1","patientId":"1"},"prefetch":"none"}"#,
                400
            ),
            Case(
                "another hook",
                #"{"hook":"order-sign","hookInstance":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea","#
                    + #""context":{"userId":"Practitioner/1","patientId":"1","draftOrders":{}}}"#,
                400
            ),
            Case(
                "no prefetch",
                #"{"hook":"patient-view","hookInstance":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea","#
                    + #""context":{"userId":"Practitioner/1","patientId":"1"}}"#,
                412
            ),
        ]
    }()

    @Test("is refused with a named place", arguments: cases)
    func bodies(_ bad: Case) throws {
        let response = try LiveGateway.send("POST", "/cds-services/news2", body: bad.body)
        #expect(response.status == bad.status)
        let root = try JSONDocument(parsing: response.body).root
        #expect(root["resourceType"]?.stringValue == "OperationOutcome")
        #expect(root["cards"] == nil)
        let live = try LiveGateway.send("GET", "/livez")
        #expect(live.status == 200)
    }

    @Test("gives a row for each, with the code of the reason")
    func rows() throws {
        let before = try Self.rejectedCount()
        for bad in Self.cases {
            _ = try LiveGateway.send("POST", "/cds-services/news2", body: bad.body)
        }
        #expect(try Self.rejectedCount() == before + Self.cases.count)
    }

    @Test("of another media type, method, service or key has its own status")
    func envelope() throws {
        let body = Array(ChartedPatient().body.utf8)
        let path = "/cds-services/news2"
        let type = try LiveGateway.send("POST", path, body: body, contentType: "text/plain")
        #expect(type.status == 415)
        let method = try LiveGateway.send("PUT", path, body: body)
        #expect(method.status == 405)
        #expect(method.fields["allow"] != nil)
        let service = try LiveGateway.send("POST", "/cds-services/nothing", body: body)
        #expect(service.status == 404)
        let key = try LiveGateway.send("POST", path, body: body, key: "demo.0000")
        #expect(key.status == 401)
        #expect(try LiveGateway.send("GET", "/livez").status == 200)
    }

    @Test(
        "inside an Observation leaves the input missing and names the reason",
        arguments: [
            (
                #""valueQuantity":{"value":38,"comparator":"<","code":"Cel","system":"http://unitsofmeasure.org"}"#,
                "comparator"
            ),
            (
                #""valueQuantity":{"value":38,"code":"furlong","system":"http://unitsofmeasure.org"}"#,
                "unit-unknown"
            ),
            (#""valueQuantity":{"value":38}"#, "unit-missing"),
            (
                #""valueQuantity":{"value":38,"code":"kg","system":"http://unitsofmeasure.org"}"#,
                "unit-incompatible"
            ),
            (#""valueString":"38""#, "value-type"),
            (
                #""valueQuantity":{"value":380,"code":"Cel","system":"http://unitsofmeasure.org"}"#,
                "implausible"
            ),
            (#""dataAbsentReason":{"coding":[{"code":"unknown"}]}"#, "absent"),
        ]
    )
    func observations(value: String, reason: String) throws {
        var patient = ChartedPatient()
        patient.state("722742002")
        patient.measure("8310-5", "38.0", "Cel")
        let last = patient.observations.removeLast()
        let start = try #require(last.range(of: #""valueQuantity""#))
        patient.observations.append(String(last[..<start.lowerBound]) + value + "}")
        let body = patient.body.dropLast() + #","extension":{"org.limen.explain":true}}"#
        let response = try LiveGateway.post("news2", String(body))
        #expect(response.status == 200)
        let text = String(decoding: response.body, as: UTF8.self)
        #expect(text.contains(#""reason":"\#(reason)""#), "\(text.prefix(2_000))")
        #expect(!text.contains("low risk"))
    }

    private static func rejectedCount() throws -> Int {
        var count = 0
        var cursor: String?
        repeat {
            var arguments = ["audit", "list", "--json", "--service", "news2", "--limit", "1000"]
            if let cursor { arguments += ["--cursor", cursor] }
            let run = try LiveGateway.run(arguments)
            try #require(run.exitCode == 0, "\(run.error)")
            for line in run.output.split(separator: "\n") {
                let row = try JSONDocument(parsing: String(line)).root
                if (row["status"]?.integerValue ?? 0) >= 400 { count += 1 }
            }
            cursor = run.error.split(separator: "\n").first { $0.contains("--cursor ") }
                .flatMap { $0.split(separator: " ").last.map(String.init) }
        } while cursor != nil
        return count
    }
}
