import Foundation
import Support
import Testing

@testable import limen

@Suite("limen model evaluate")
struct ModelEvaluateTests {
    /// The exit code and the table that the command writes for some rows.
    private static func run(
        _ document: String,
        _ rows: String,
        ending: String = "csv"
    ) throws -> (ExitCode, String) {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("limen-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appendingPathComponent("rows." + ending)
        let output = folder.appendingPathComponent("results.csv")
        try Data(rows.utf8).write(to: input)
        let model = Shared.checkout.appendingPathComponent(document)
        let code = try ModelCommand.run([
            "evaluate", model.path, "--in", input.path, "--out", output.path,
        ])
        return (code, try String(contentsOf: output, encoding: .utf8))
    }

    private static let ruleSet = "Tests/Cases/pmml/rule-set.pmml"

    @Test("writes a row for each row, with the reason where there is no result")
    func table() throws {
        let (code, text) = try Self.run(
            Self.ruleSet,
            "age,pulse,systolic,lactate,bed\r\n70,90,120,3,1\r\n70,,120,3,2\r\n70,90,abc,1,3\r\n"
        )
        #expect(code == .findings)
        #expect(
            text.components(separatedBy: "\r\n") == [
                "outcome,status,lower,upper,missing,imputed,refusal",
                "deteriorates,complete,,,,,",
                ",refused,,,pulse,,missing-value:pulse",
                ",refused,,,,,invalid-value:systolic",
                "",
            ]
        )
    }

    @Test("takes JSON lines, with numbers as numbers or as texts, and null as missing")
    func lines() throws {
        let (code, text) = try Self.run(
            Self.ruleSet,
            """
            {"age": 50, "pulse": "60", "systolic": 120, "lactate": 1}
            {"age": 50, "pulse": null, "systolic": 120, "lactate": 3}
            """,
            ending: "ndjson"
        )
        #expect(code == .findings)
        #expect(text.contains("\r\nstable,complete,"))
        #expect(text.contains(",missing-value:pulse\r\n"))
    }

    @Test("gives bounds for a scorecard with missing inputs")
    func bounds() throws {
        let (_, text) = try Self.run(
            "Profiles/qsofa/model.pmml",
            "respiratoryRate,systolicBP,gcs\r\n30,,\r\n"
        )
        #expect(text.contains("incomplete"))
    }

    @Test(
        "refuses a table or line it cannot read, and leaves no half table",
        arguments: [
            ("age\r\n1,2\r\n", "csv"), ("age,age\r\n1,2\r\n", "csv"), ("", "csv"),
            ("{\"age\": [1]}\n", "ndjson"), ("{\"age\": 1", "ndjson"), ("7\n", "ndjson"),
        ]
    )
    func faults(rows: String, ending: String) {
        let error = #expect(throws: CommandError.self) {
            try Self.run(Self.ruleSet, rows, ending: ending)
        }
        #expect(error?.exitCode == .badInput)
    }

    @Test("names line and element of a document it refuses, and asks for what is not given")
    func documents() {
        let readme = #expect(throws: CommandError.self) {
            try Self.run("Tests/Cases/pmml/README.md", "age\r\n")
        }
        #expect(readme?.sentence.contains("LIMEN-PMML-001") == true)
        let usage = #expect(throws: CommandError.self) { try ModelCommand.run(["evaluate"]) }
        #expect(usage?.exitCode == .usage)
        #expect(throws: CommandError.self) { try ModelCommand.run(["guess"]) }
    }
}
