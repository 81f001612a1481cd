import Foundation
import JSON
import Support
import Testing

@testable import limen

@Suite(
    "limen model, the built program",
    .enabled(if: BuiltProgram.isPresent, "the program is not built"),
    .serialized
)
struct ModelProgramTests {
    /// Runs the program over a document, which stands in a file of its own.
    private func run(
        _ words: [String],
        _ document: String,
        rows: String? = nil,
        input: String = ""
    ) throws -> BuiltProgram.Result {
        var result: BuiltProgram.Result?
        try BuiltProgram.withHome { home in
            let file = home.appendingPathComponent("model.pmml")
            try document.write(to: file, atomically: true, encoding: .utf8)
            if let rows {
                let table = home.appendingPathComponent("rows.csv")
                try rows.write(to: table, atomically: true, encoding: .utf8)
            }
            result = try BuiltProgram.run(["model"] + words, home: home, input: input)
        }
        return try #require(result)
    }

    // MARK: check

    @Test("check finds our own documents sound, by name and by file, and counts their rows")
    func sound() throws {
        try BuiltProgram.withHome { home in
            let both = try BuiltProgram.run(["model", "check", "news2", "qsofa"], home: home)
            #expect(both.exitCode == 0)
            #expect(both.output.contains("verification: 35 of 35 rows pass"))
            #expect(both.output.components(separatedBy: "\nsound\n").count == 3)
            let file = ["model", "check", "Profiles/news2/model.pmml", "--json"]
            let json = try BuiltProgram.run(file, home: home)
            #expect(json.exitCode == 0)
            let root = try JSONDocument(parsing: json.output).root
            #expect(root["format"]?.stringValue == "limen-model-check/1")
            let model = try #require(root["models"]?.elements.first { _ in true })
            #expect(model["status"]?.stringValue == "sound")
            #expect(model["sha256"]?.stringValue?.count == 64)
            #expect(model["verification"]?["rows"]?.numberText == "35")
            let rows = model["inputs"]?["rows"]?.elements.map { $0["unit"]?.stringValue } ?? []
            #expect(rows.contains("mm[Hg]"))
        }
    }

    @Test("check names each row and output that fails, and says so when there are no rows")
    func verification() throws {
        let rows =
            "<row><x>6</x><t>2</t></row>\n<row><x>1</x><t>2</t></row><row><x>2</x><t>7</t></row>"
        let failed = try run(["check", "model.pmml"], ModelSample.card(rows: rows))
        #expect(failed.exitCode == 1)
        #expect(failed.output.contains("2 of 3 rows FAIL"))
        #expect(failed.output.contains("row 2 does not give the t that it expects"))
        #expect(failed.output.contains("row 3 does not give the t that it expects"))
        let shown = try run(["show", "model.pmml"], ModelSample.card(rows: rows))
        #expect(shown.exitCode == 1)
        #expect(shown.error.contains("no gateway takes it"))
        let none = try run(["check", "model.pmml"], ModelSample.card())
        #expect(none.exitCode == 1)
        #expect(none.output.contains("verification: no verification rows"))
        #expect(!none.output.contains("sound"))
    }

    @Test(
        "check warns of what a reviewer should decide",
        arguments: [
            Titled(
                "no unit",
                ModelSample.card(
                    x: #"<DataField name="x" optype="continuous" dataType="double"/>"#
                )
            ),
            Titled("used as they are", ModelSample.card(mining: #"invalidValueTreatment="asIs""#)),
            Titled(
                "without missingValueTreatment",
                ModelSample.card(mining: #"missingValueReplacement="3""#)
            ),
            Titled(
                "bands 1 and 2 overlap",
                ModelSample.card(first: "greaterThan", second: "greaterOrEqual", border: "3")
            ),
            Titled(
                "no band holds for 5",
                ModelSample.card(first: "greaterThan", second: "lessThan")
            ),
            Titled("never reads", ModelSample.card(extra: "unread")),
            Titled("max passes over missing arguments", ModelSample.formula("max")),
            Titled(
                "compared so roughly",
                ModelSample.card(rows: "<row><x>6</x><t>2</t></row>").replacing(
                    "<VerificationField field=\"t\"/>",
                    with: "<VerificationField field=\"t\" precision=\"0.9\"/>"
                )
            ),
            Titled(
                "version 4.4 in the namespace of 4.2",
                ModelSample.card().replacing("PMML-4_4", with: "PMML-4_2")
            ),
        ]
    )
    func warnings(document: Titled<String>) throws {
        let result = try run(["check", "model.pmml"], document.value)
        #expect(result.exitCode == 1)
        #expect(result.output.contains(document.title), "\(result.output)")
    }

    @Test(
        "a document that cannot be used is refused by element and line, and nothing is written",
        arguments: ModelSample.Broken.allCases
    )
    func refusals(broken: ModelSample.Broken) throws {
        let document = broken.document
        let check = try run(["check", "model.pmml"], document)
        #expect(check.exitCode == 3)
        #expect(check.output.contains("REFUSED  line "))
        #expect(check.output.contains(broken.expected), "\(check.output.suffix(300))")
        let json = try run(["check", "model.pmml", "--json"], document)
        let model = try JSONDocument(parsing: json.output).root["models"]?.elements
            .first { _ in true }
        #expect(model?["status"]?.stringValue == "refused")
        #expect(model?["refusal"]?["line"]?.numberText != nil)
        let show = try run(["show", "model.pmml"], document)
        #expect(show.exitCode == 3)
        #expect(show.output.isEmpty)
        #expect(show.error.contains(broken.expected))
        let rows = ["evaluate", "model.pmml", "--in", "rows.csv"]
        let evaluate = try run(rows, document, rows: "x\n1\n")
        #expect(evaluate.exitCode == 3)
        #expect(evaluate.output.isEmpty)
        #expect(evaluate.error.contains(broken.expected))
        let taken = try run(["import", "model.pmml", "--as", "bad"], document)
        #expect(taken.exitCode == 3)
        #expect(taken.error.contains(broken.expected))
    }

    @Test("check says what a profile does not give its model")
    func profile() throws {
        try BuiltProgram.withHome { home in
            let file = home.appendingPathComponent("Profiles/qsofa/profile.json")
            #expect(try BuiltProgram.edit(file, #""name": "systolic""#, #""name": "pressure""#))
            let result = try BuiltProgram.run(["model", "check", "qsofa"], home: home)
            #expect(result.exitCode == 1)
            #expect(result.output.contains("Profiles/qsofa/profile.json"))
            let unknown = try BuiltProgram.run(["model", "check", "qsofo"], home: home)
            #expect(unknown.exitCode == 2)
            #expect(unknown.error.contains("did you mean qsofa?"))
            let absent = try BuiltProgram.run(["model", "check", "absent.pmml"], home: home)
            #expect(absent.exitCode == 3)
        }
    }

    // MARK: show

    @Test("show sets a scorecard as bands with points, also for programs")
    func scorecard() throws {
        try BuiltProgram.withHome { home in
            let text = try BuiltProgram.run(["model", "show", "news2"], home: home)
            #expect(text.exitCode == 0)
            #expect(text.output.contains("1  8 < respiratoryRate <= 11"))
            #expect(text.output.contains("0 to 20."))
            #expect(!text.output.contains("\u{1B}"))
            let again = try BuiltProgram.run(["model", "show", "news2"], home: home)
            #expect(again.output == text.output)
            let json = try BuiltProgram.run(["model", "show", "news2", "--json"], home: home)
            let root = try JSONDocument(parsing: json.output).root
            let points = try #require(
                root["sections"]?.elements.first { $0["title"]?.stringValue == "points" }
            )
            let rows = points["rows"]?.elements.map { $0 } ?? []
            #expect(rows.count == 37)
            #expect(rows.allSatisfy { $0["characteristic"]?.stringValue?.isEmpty == false })
            #expect(rows.first?["points"]?.numberText == "3")
        }
    }

    @Test(
        "show keeps to the width that is asked for",
        arguments: ["Profiles/news2/model.pmml", "Tests/Cases/pmml/logistic-one-hot.pmml"]
    )
    func width(document: String) throws {
        let path = Shared.checkout.appendingPathComponent(document).path
        let process = BuiltProgram.process(
            ["model", "show", path],
            home: Shared.checkout
        )
        process.environment?["COLUMNS"] = "72"
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(),
            as: UTF8.self
        )
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let wide = text.split(separator: "\n").filter { $0.count > 72 }
        #expect(wide.isEmpty, "\(wide)")
    }

    @Test("show reads every export among the cases, in text and in JSON")
    func exports() throws {
        let folder = Shared.checkout.appendingPathComponent("Tests/Cases/pmml")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".pmml") }.sorted()
        #expect(names.count >= 10)
        for name in names {
            let path = folder.appendingPathComponent(name).path
            let check = try BuiltProgram.run(["model", "check", path], home: Shared.checkout)
            #expect(check.exitCode == 1 || check.exitCode == 0 || check.exitCode == 3)
            let text = try BuiltProgram.run(["model", "show", path], home: Shared.checkout)
            let isRefused = check.exitCode == 3
            #expect(text.exitCode == 0 || isRefused, "\(name): \(text.error)")
            let json = try BuiltProgram.run(
                ["model", "show", path, "--json"],
                home: Shared.checkout
            )
            if !isRefused { _ = try JSONDocument(parsing: json.output) }
            // Where terms multiply, no number says what one unit changes.
            if name == "linear-interactions.pmml" { #expect(!text.output.contains(" per age")) }
            if name == "logistic-multinomial.pmml" { #expect(text.output.contains(" per age")) }
        }
    }

    @Test(
        "show undoes the scaling of centres and coefficients, and opens segments",
        .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
    )
    func reference() throws {
        func show(_ name: String, _ more: String...) throws -> BuiltProgram.Result {
            let path = Shared.url("models-reference/ml/\(name).pmml").path
            return try BuiltProgram.run(["model", "show", path] + more, home: Shared.checkout)
        }
        let clusters = try show("kmeans").output
        #expect(clusters.contains("age               74.4543  63.1756"))
        #expect(try show("logreg").output.contains("0.0332258 per age"))
        let tree = try show("tree", "--depth", "1").output
        #expect(tree.contains("nodes below; --all shows them"))
        #expect(try !show("tree", "--all").output.contains("nodes below"))
        let forest = try show("rf").output
        #expect(forest.contains("mean of the answers"))
        #expect(try show("rf", "--segment", "60").output.contains("segment 60"))
        #expect(try show("gb", "--segment", "1.7").exitCode == 0)
        let absent = try show("rf", "--segment", "61")
        #expect(absent.exitCode == 2)
        #expect(absent.error.contains("there are 60"))
    }

    // MARK: evaluate

    @Test("evaluate names columns that are absent or not read, by profile too, as CSV and JSON")
    func evaluate() throws {
        let rows = "x,bed\r\n6,1\r\n,2\r\nabc,3\r\n"
        let csv = try run(
            ["evaluate", "model.pmml", "--in", "rows.csv"],
            ModelSample.card(extra: "y"),
            rows: rows
        )
        #expect(csv.exitCode == 1)
        #expect(csv.error.contains("no column y; it counts as missing"))
        #expect(csv.error.contains("columns that are no inputs of the model: bed"))
        #expect(
            csv.output.hasPrefix("t,status,lower,upper,missing,imputed,refusal\r\n2.0,complete,")
        )
        #expect(csv.output.contains("invalid-value:x"))
        let json = try run(
            ["evaluate", "model.pmml", "--in", "rows.csv", "--json", "--out", "-"],
            ModelSample.card(),
            rows: rows
        )
        let lines = try json.output.split(separator: "\n").map {
            try JSONDocument(parsing: String($0)).root
        }
        #expect(lines.map { $0["row"]?.numberText } == ["1", "2", "3"])
        #expect(
            lines[0]["prediction"]?.numberText == "2.0" || lines[0]["prediction"]?.numberText == "2"
        )
        #expect(lines[2]["refusal"]?["field"]?.stringValue == "x")
        let profile = try run(
            ["evaluate", "--profile", "qsofa", "--in", "-", "--format", "ndjson"],
            "",
            input: "{\"respiratoryRate\": 24, \"systolic\": 95, \"mentation\": 15, \"ward\": 1}\n"
        )
        #expect(profile.exitCode == 0, "\(profile.error)")
        #expect(profile.error.contains("members that are no inputs of the model: ward"))
        #expect(profile.output.contains("\r\n2.0,"))
    }

    @Test("a broken row in the middle is named, and leaves no half table behind")
    func brokenRow() throws {
        try BuiltProgram.withHome { home in
            let model = home.appendingPathComponent("model.pmml")
            try ModelSample.card().write(to: model, atomically: true, encoding: .utf8)
            let rows = home.appendingPathComponent("rows.csv")
            let text =
                "x\n" + String(repeating: "6\n", count: 500) + "6,7\n"
                + String(repeating: "6\n", count: 500)
            try text.write(to: rows, atomically: true, encoding: .utf8)
            let words = ["model", "evaluate", "model.pmml", "--in", "rows.csv", "--out", "out.csv"]
            let result = try BuiltProgram.run(words, home: home)
            #expect(result.exitCode == 3)
            #expect(result.error.contains("record 502 has 2 cells and the header 1"))
            #expect(result.error.contains("500 rows were evaluated before it"))
            let left = try FileManager.default.contentsOfDirectory(atPath: home.path)
            #expect(!left.contains { $0.hasPrefix("out.csv") })
        }
    }

    // MARK: import

    @Test("import writes the fields, units and ranges, overwrites nothing and says what is open")
    func importing() throws {
        try BuiltProgram.withHome { home in
            let model = home.appendingPathComponent("model.pmml")
            let document = ModelSample.card(rows: "<row><x>6</x><t>2</t></row>")
            try document.write(to: model, atomically: true, encoding: .utf8)
            let words = ["model", "import", "model.pmml", "--as", "sepsis-risk"]
            let result = try BuiltProgram.run(words, home: home)
            #expect(result.exitCode == 0, "\(result.error)")
            #expect(result.output.contains("verified: 1 of 1 rows"))
            #expect(result.output.contains("still open"))
            let folder = home.appendingPathComponent("Profiles/sepsis-risk")
            let copy = try String(
                contentsOf: folder.appendingPathComponent("model.pmml"),
                encoding: .utf8
            )
            #expect(copy == document)
            let profile = try JSONDocument(
                parsing: try String(
                    contentsOf: folder.appendingPathComponent("profile.json"),
                    encoding: .utf8
                )
            ).root
            let input = try #require(profile["inputs"]?.elements.first { _ in true })
            #expect(input["name"]?.stringValue == "x")
            #expect(input["unit"]?.stringValue == "/min")
            #expect(input["plausible"]?.elements.map { $0.numberText } == ["0", "10"])
            #expect(try BuiltProgram.run(words, home: home).exitCode == 3)
            let other = ["model", "import", "model.pmml", "--as", "../x"]
            #expect(try BuiltProgram.run(other, home: home).exitCode == 2)
        }
    }

    @Test("import refuses a model that fails its own rows, and writes nothing")
    func unverified() throws {
        try BuiltProgram.withHome { home in
            let model = home.appendingPathComponent("model.pmml")
            let document = ModelSample.card(rows: "<row><x>6</x><t>3</t></row>")
            try document.write(to: model, atomically: true, encoding: .utf8)
            let words = ["model", "import", "model.pmml", "--as", "wrong"]
            let result = try BuiltProgram.run(words, home: home)
            #expect(result.exitCode == 3)
            #expect(result.error.contains("row 1 of ModelVerification"))
            #expect(result.error.contains("LIMEN-PMML-005"))
            let folder = home.appendingPathComponent("Profiles/wrong").path
            #expect(!FileManager.default.fileExists(atPath: folder))
        }
    }

    @Test("what is not given or not known is named with exit code 2")
    func usage() throws {
        for words in [
            [], ["shwo"], ["check"], ["show"], ["evaluate", "model.pmml"],
            ["import", "model.pmml"], ["show", "model.pmml", "--depth", "x"],
            ["evaluate", "-", "--in", "-"], ["show", "model.pmml", "--segment", "1"],
        ] {
            let result = try run(words, ModelSample.card())
            #expect(result.exitCode == 2, "\(words): \(result.error)")
            #expect(result.error.hasPrefix("limen: "))
        }
    }
}
