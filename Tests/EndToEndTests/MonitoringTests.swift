import Foundation
import HTTPMessages
import JSON
import Testing

/// From requests to counters to a report of drift, in the running gateway.
@Suite(
    "Monitoring of models",
    .enabled(if: LiveGateway.isPresent, LiveGateway.absence),
    .serialized
)
struct MonitoringTests {
    private static func report(_ arguments: [String] = []) throws -> (exitCode: Int32, JSONValue) {
        let run = try LiveGateway.run(["model", "drift", "news2", "--json"] + arguments)
        return (run.exitCode, try JSONDocument(parsing: run.output).root)
    }

    private static func pulse(_ report: JSONValue) -> JSONValue? {
        report["series"]?.elements.first { $0["name"]?.isString("pulse") ?? false }
    }

    @Test("counts requests, stores them, and fires when they are not like the reference")
    func drift() throws {
        // Other suites ask at the same time, and not all of them say a pulse.
        func values(_ report: JSONValue) -> Int {
            Self.pulse(report)?["values"]?.integerValue ?? 0
        }
        let before = values(try Self.report().1)
        for _ in 0..<220 {
            var patient = ChartedPatient()
            patient.measure("8867-4", "70", "/min")
            patient.measure("8310-5", "37.0", "Cel")
            #expect(try LiveGateway.post("news2", patient.body).status == 200)
        }
        // It is stored a second behind; each look takes a good part of that.
        var report = try Self.report()
        for _ in 0..<200 where values(report.1) < before + 220 {
            report = try Self.report()
        }
        #expect(values(report.1) >= before + 220)
        // News2 ships no reference: that is said, and is not "no drift".
        #expect(report.exitCode == 3)
        #expect(report.1["isJudged"]?.boolValue == false)
        let pulse = try #require(Self.pulse(report.1))
        #expect(pulse["verdict"]?.stringValue == "no-reference")
        // A reference of quicker hearts, in the bins that are counted.
        let edges = try #require(pulse["edges"]).elements.compactMap(\.numberText)
        let counts = Array(repeating: "0", count: edges.count) + ["400"]
        let reference = #"""
            {"format":"limen-reference/1","profile":"news2","model":{"sha256":"00"},"series":[
             {"kind":"input","name":"pulse","edges":[\#(edges.joined(separator: ","))],
              "counts":[\#(counts.joined(separator: ","))],"notes":{"missing":4}}]}
            """#
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("limen-reference-\(UUID().uuidString).json")
        try reference.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let fired = try Self.report(["--reference", file.path])
        #expect(fired.exitCode == 1)
        #expect(fired.1["hasFired"]?.boolValue == true)
        let triggers = Self.pulse(fired.1)?["triggers"]?.elements.compactMap(\.stringValue) ?? []
        #expect(triggers.contains("distribution"))
        let text = try LiveGateway.run(["model", "drift", "news2", "--reference", file.path])
        #expect(text.output.contains("TRIGGERS"))
        #expect(text.output.contains("pulse: distribution, PSI"))

        // Nothing of it is another tenant's.
        #expect(try Self.report(["--tenant", "system"]).1["cases"]?.integerValue == 0)
        let metrics = try LiveGateway.send("GET", "/metrics")
        let page = String(decoding: metrics.body, as: UTF8.self)
        #expect(page.contains(#"limen_model_input_state_total{profile="news2""#))
        #expect(page.contains(#"name="pulse",state="valid""#))
        #expect(page.contains("limen_model_bin_total{"))
    }

    @Test("refuses a reference that is none, with the place")
    func badReference() throws {
        let run = try LiveGateway.run(["model", "drift", "news2", "--reference", "-"], input: "{}")
        #expect(run.exitCode == 3)
        #expect(run.error.contains("LIMEN-REF-002"))
    }
}
