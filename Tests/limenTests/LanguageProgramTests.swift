import Foundation
import Support
import Testing

/// `limen fhirpath` and `limen unit` as a user runs them.
@Suite(
    "the languages on the command line",
    .enabled(if: BuiltProgram.isPresent, "the program is not built: swift build")
)
struct LanguageProgramTests {
    static let patient = """
        {"resourceType":"Patient","id":"p","birthDate":"1974-12-25",
         "name":[{"family":"A","given":["Jim","Tim"]},{"given":["Kim"]}]}
        """

    private static func run(
        _ arguments: [String],
        input: String = ""
    ) throws -> BuiltProgram.Result {
        let home = FileManager.default.temporaryDirectory
        return try BuiltProgram.run(arguments, home: home, input: input)
    }

    /// The lines of an output as JSON objects.
    private static func objects(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map { line in
            let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
            return try #require(value as? [String: Any])
        }
    }

    @Test("each item is a line of type, path and value")
    func lines() throws {
        let result = try Self.run(["fhirpath", "name.given", "-"], input: Self.patient)
        #expect(result.exitCode == 0)
        #expect(result.error == "")
        #expect(
            result.output == """
                FHIR.string  Patient.name[0].given[0]  "Jim"
                FHIR.string  Patient.name[0].given[1]  "Tim"
                FHIR.string  Patient.name[1].given[0]  "Kim"

                """
        )
    }

    @Test("nothing found is said in words, and is no error")
    func empty() throws {
        let result = try Self.run(["fhirpath", "photo", "-"], input: Self.patient)
        #expect(result.exitCode == 0)
        #expect(result.output == "(empty)\n")
    }

    @Test("--json keeps the digits of numbers, and a computed value has no path")
    func json() throws {
        let text = "7.10 | birthDate | (4 'mg') | @T10:30"
        let result = try Self.run(["fhirpath", text, "-", "--json"], input: Self.patient)
        #expect(
            result.output == #"{"results":[{"type":"System.Decimal","value":7.10,"path":null},"#
                + #"{"type":"FHIR.date","value":"1974-12-25","path":"Patient.birthDate"},"#
                + #"{"type":"System.Quantity","value":{"value":4,"unit":"mg","#
                + #""system":"http://unitsofmeasure.org","code":"mg"},"path":null},"#
                + #"{"type":"System.Time","value":"10:30","path":null}]}"# + "\n"
        )
    }

    @Test(
        "a fault has its code, its place and exit code 3",
        arguments: [
            ("name.whre(true)", "LIMEN-PATH-002", 5, 1, 6),
            ("name\n  .where(", "LIMEN-PATH-001", 14, 2, 10),
            ("'é' + colour", "LIMEN-PATH-010", 7, 1, 7),
            ("name.given.single()", "LIMEN-PATH-006", 11, 1, 12),
            ("%height", "LIMEN-PATH-003", 0, 1, 1),
        ]
    )
    func faults(text: String, code: String, offset: Int, line: Int, column: Int) throws {
        let result = try Self.run(["fhirpath", text, "-", "--json"], input: Self.patient)
        #expect(result.exitCode == 3)
        let object = try #require(try Self.objects(result.output).first)
        let error = try #require(object["error"] as? [String: Any])
        #expect(error["code"] as? String == code)
        #expect(error["position"] as? Int == offset)
        #expect(error["line"] as? Int == line)
        #expect(error["column"] as? Int == column)
        #expect((error["message"] as? String)?.isEmpty == false)
        #expect(object["results"] == nil)
    }

    @Test("--trace shows the parts in the order of evaluation and what trace() says")
    func trace() throws {
        let text = "name.given.trace('first').first() = 'Jim'"
        let result = try Self.run(
            ["fhirpath", text, "-", "--trace", "--json"],
            input: Self.patient
        )
        let object = try #require(try Self.objects(result.output).first)
        let steps = try #require(object["trace"] as? [[String: Any]])
        #expect(steps.compactMap { $0["label"] as? String } == ["first"])
        let parts = steps.filter { $0["label"] == nil }.compactMap { $0["expression"] as? String }
        #expect(
            parts == [
                "name", "name.given", "'first'", "name.given.trace('first')",
                "name.given.trace('first').first()", "'Jim'", text,
            ]
        )
        #expect(steps.compactMap { $0["count"] as? Int } == [2, 3, 1, 3, 3, 1, 1, 1])
    }

    @Test("a batch answers each line in its order, whatever stands on the others")
    func batch() throws {
        let patient = Self.patient.replacing("\n", with: "")
        let lines = [
            #"{"id":1,"expression":"name.given.count()","resource":\#(patient)}"#,
            "no JSON",
            "",
            #"{"id":"b","expression":"1 +"}"#,
            #"{"id":[2],"resource":{}}"#,
            #"{"id":null,"expression":"now()"}"#,
            #"{"expression":"%n + 1","variables":{"n":41}}"#,
            #"{"id":1.50,"expression":"$this.a","resource":{"a":1.50}}"#,
        ]
        let result = try Self.run(
            ["fhirpath", "--batch", "--now", "2026-05-04T10:00:00Z"],
            input: lines.joined(separator: "\n")
        )
        #expect(result.exitCode == 0)
        let answers = result.output.split(separator: "\n").map(String.init)
        #expect(answers.count == 7)
        #expect(
            answers[0]
                == #"{"id":1,"results":[{"type":"System.Integer","value":3,"path":null}]}"#
        )
        #expect(
            answers[6].hasPrefix(#"{"id":1.50,"results":[{"type":"System.Decimal","value":1.50"#)
        )
        let objects = try Self.objects(result.output)
        let codes = objects.map { ($0["error"] as? [String: Any])?["code"] as? String }
        #expect(
            codes == [
                nil, "LIMEN-JSON-002", "LIMEN-PATH-001", "LIMEN-BATCH-001", nil, nil, nil,
            ]
        )
        #expect((objects[1]["error"] as? [String: Any])?["inputLine"] as? Int == 2)
        #expect(objects[4]["id"] is NSNull)
        #expect(answers[4].contains("2026-05-04T10:00:00.000Z"))
        #expect(answers[5].contains(#""value":42"#))
    }

    @Test("results that are too long to be written are an error of their line alone")
    func longResults() throws {
        let items = (0..<1_000).map(String.init).joined(separator: ",")
        let pad = String(repeating: "x", count: 100_000)
        let lines = [
            #"{"id":1,"expression":"a.select(%context)","resource":"#
                + #"{"a":[\#(items)],"pad":"\#(pad)"}}"#,
            #"{"id":2,"expression":"1"}"#,
        ]
        let result = try Self.run(["fhirpath", "--batch"], input: lines.joined(separator: "\n"))
        let objects = try Self.objects(result.output)
        let codes = objects.map { ($0["error"] as? [String: Any])?["code"] as? String }
        #expect(codes == ["LIMEN-PATH-007", nil])
        #expect(objects.map { $0["id"] as? Int } == [1, 2])
    }

    @Test("resolve() looks in the Bundle that the file is")
    func resolve() throws {
        let bundle = """
            {"resourceType":"Bundle","type":"collection","entry":[
             {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","id":"p"}},
             {"resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},
               "subject":{"reference":"urn:uuid:1"}}}]}
            """
        let text = "entry.resource.ofType(Observation).subject.resolve().id"
        let result = try Self.run(["fhirpath", text, "-"], input: bundle)
        #expect(result.output == "FHIR.id  Bundle.entry[0].resource.id  \"p\"\n")
    }

    @Test(
        "a command line at fault ends with exit code 2",
        arguments: [
            ["fhirpath"], ["fhirpath", "1"], ["fhirpath", "1", "-", "x"],
            ["fhirpath", "1", "-", "--now", "yesterday"], ["fhirpath", "--batch", "--trace"],
            ["unit"], ["unit", "convert", "1", "g"], ["unit", "convert", "one", "g", "kg"],
            ["unit", "check"], ["unit", "weigh", "g"],
        ]
    )
    func usage(arguments: [String]) throws {
        let result = try Self.run(arguments)
        #expect(result.exitCode == 2)
        #expect(result.output == "")
    }

    @Test("a file that is not there, or no JSON, ends with exit code 3")
    func badInput() throws {
        #expect(try Self.run(["fhirpath", "1", "absent.json"]).exitCode == 3)
        #expect(try Self.run(["fhirpath", "--batch", "absent.ndjson"]).exitCode == 3)
        #expect(try Self.run(["fhirpath", "1", "-"], input: "{").exitCode == 3)
        #expect(try Self.run(["unit", "convert", "--batch", "absent.ndjson"]).exitCode == 3)
    }

    @Test("a value is converted, and how is said beside it")
    func convert() throws {
        let result = try Self.run(["unit", "convert", "101.3", "[degF]", "Cel"])
        #expect(result.exitCode == 0)
        #expect(result.output == "38.5 Cel\n")
        #expect(result.error.contains("(value - 32) x 5/9"))
        let json = try Self.run(["unit", "convert", "101.3", "[degF]", "Cel", "--json"])
        #expect(
            json.output == #"{"value":38.5,"unit":"Cel","formula":"(value - 32) x 5/9","#
                + #""from":{"value":101.3,"unit":"[degF]"}}"# + "\n"
        )
    }

    @Test("a unit that is none, or of another kind, is refused with exit code 3")
    func refused() throws {
        let unknown = try Self.run(["unit", "convert", "5", "mmHg", "kPa"])
        #expect(unknown.exitCode == 3)
        #expect(unknown.output == "")
        #expect(unknown.error.contains("LIMEN-UCUM-002"))
        #expect(unknown.error.contains("mm[Hg]"))
        let kinds = try Self.run(["unit", "convert", "37", "C", "Cel", "--json"])
        #expect(kinds.exitCode == 3)
        #expect(kinds.output.contains("LIMEN-UCUM-003"))
    }

    @Test("check says of each text whether it is a unit, and ends with 1 when one is none")
    func check() throws {
        #expect(try Self.run(["unit", "check", "mm[Hg]", "Cel"]).exitCode == 0)
        let result = try Self.run(["unit", "check", "C", "°C", "mmHg", "kg", "--json"])
        #expect(result.exitCode == 1)
        let object = try #require(try Self.objects(result.output).first)
        let units = try #require(object["units"] as? [[String: Any]])
        #expect(units.map { $0["valid"] as? Bool } == [true, false, false, true])
        let hints = units.map { ($0["hint"] as? [String: Any])?["unit"] as? String }
        #expect(hints == ["Cel", "Cel", "mm[Hg]", nil])
    }

    @Test("a batch of conversions answers each line in its order")
    func convertBatch() throws {
        let lines = [
            #"{"id":1,"value":98.6,"from":"[degF]","to":"Cel"}"#,
            #"{"id":2,"value":"5.20","from":"kPa","to":"Pa"}"#,
            #"{"id":3,"value":1,"from":"g","to":"m"}"#,
            #"{"id":4,"from":"g","to":"kg"}"#,
            "x",
        ]
        let result = try Self.run(
            ["unit", "convert", "--batch", "-"],
            input: lines.joined(separator: "\n")
        )
        #expect(result.exitCode == 0)
        let objects = try Self.objects(result.output)
        #expect(objects.map { $0["value"] as? Double } == [37, 5200, nil, nil, nil])
        let codes = objects.map { ($0["error"] as? [String: Any])?["code"] as? String }
        #expect(
            codes == [nil, nil, "LIMEN-UCUM-003", "LIMEN-BATCH-001", "LIMEN-JSON-002"]
        )
    }
}
