import Basics
import Foundation
import Gateway
import JSON
import Support
import Testing

@testable import limen

@Suite("limen map test")
struct MapTestTests {
    private static func run(
        filter: String? = nil,
        _ change: (String) -> String = { $0 }
    ) throws -> GoldenRun {
        let files = try ShippedFiles.read { files in
            let path = "Profiles/qsofa/cases/complete.json"
            let text = String(decoding: files[path] ?? [], as: UTF8.self)
            files[path] = Array(change(text).utf8)
        }
        return GoldenRun("qsofa", in: files, filter: filter)
    }

    private static let style = TextStyle(columns: nil, usesColour: false)

    /// Makes the first expectation of the file wrong, and its case's name one that tests escapes.
    private static func broken(_ text: String) -> String {
        var text = text
        if let range = text.range(of: #""name": ""#) {
            text.replaceSubrange(range, with: #""name": "<&\u0007> "#)
        }
        if let range = text.range(of: #""inputs": {"#) {
            text.replaceSubrange(range, with: #""unasked": 77, "inputs": {"#)
        }
        return text
    }

    @Test("the shipped cases pass, and the sum says so in one line")
    func passes() throws {
        let run = try Self.run()
        #expect(run.exitCode == .ok)
        #expect(run.passedCount >= 10)
        let lines = run.lines(Self.style, namesWidth: 5)
        #expect(lines.count == 1)
        #expect(lines[0].hasPrefix("qsofa  \(run.passedCount) passed  "))
    }

    @Test("an entry of a case that cannot be read is told with its place")
    func unreadEntries() throws {
        let run = try Self.run { text in
            text.replacing(#""entry": ["#, with: #""entry": [ {}, "#, maxReplacements: 1)
        }
        #expect(run.unreadPlaces.count == 1)
        let ending = ": /bundle/entry/0: the entry holds no resource that can be read"
        let line = try #require(run.lines(Self.style, namesWidth: 5).first)
        #expect(line.hasPrefix("Profiles/qsofa/cases/complete.json: "))
        #expect(line.hasSuffix(ending))
        var writer = JSONWriter()
        run.writeJSON(to: &writer)
        let places = try JSONDocument(parsing: writer.bytes).root["unreadable"]
        #expect(places?.elements.compactMap(\.stringValue) == run.unreadPlaces)
    }

    @Test("a failure is shown with its sentence, file, line, what was expected and what came")
    func failure() throws {
        let run = try Self.run(Self.broken)
        #expect(run.exitCode == .findings)
        let lines = run.lines(Self.style, namesWidth: 5)
        #expect(lines[0].hasPrefix(#"FAILED qsofa: <&\u{7}> "#))
        #expect(lines[1].hasPrefix("  Profiles/qsofa/cases/complete.json:5:5"))
        #expect(lines[2] == "  unasked")
        #expect(lines[3] == "    expected  77")
        #expect(lines[4].hasPrefix("    got       "))
        #expect(lines.last?.contains(", 1 failed") ?? false)
    }

    @Test("the filter takes names and files, in any case of letters")
    func filter() throws {
        let all = try Self.run().results.count
        #expect(try Self.run(filter: "COMPLETE.json").results.count == 10)
        #expect(all > 10)
        #expect(try Self.run(filter: "no such case").results.isEmpty)
        #expect(try Self.run(filter: "no such case").exitCode == .ok)
    }

    @Test("a profile that does not load is told of once, with file, line and column")
    func unloadable() throws {
        let files = try ShippedFiles.read { files in
            let path = "Profiles/qsofa/profile.json"
            let text = String(decoding: files[path] ?? [], as: UTF8.self)
            files[path] = Array(
                text.replacing(#""unit": "mm[Hg]""#, with: #""unit": "cubit""#).utf8
            )
        }
        let run = GoldenRun("qsofa", in: files)
        #expect(run.exitCode == .badInput)
        #expect(run.results.isEmpty)
        let fault = try #require(run.faultTexts.first)
        #expect(
            fault.wholeMatch(of: /Profiles\/qsofa\/profile\.json:\d+:\d+: inputs\[1\].*/) != nil
        )
    }

    @Test("the JSON says what passed and what differs")
    func json() throws {
        var writer = JSONWriter()
        try Self.run(Self.broken).writeJSON(to: &writer)
        let root = try JSONDocument(parsing: writer.bytes).root
        #expect(root["failed"]?.integerValue == 1)
        let failed = root["cases"]?.elements.first { $0["isPassed"]?.boolValue == false }
        let difference = failed?["differences"]?.elements.first { _ in true }
        #expect(difference?["member"]?.stringValue == "unasked")
        #expect(difference?["expected"]?.stringValue == "77")
    }

    @Test("the JUnit report counts, and escapes what XML cannot hold")
    func junit() throws {
        let run = try Self.run(Self.broken)
        let report = JUnitReport(runs: [run], startedAt: Instant(microseconds: 0)).text
        let count = run.results.count
        #expect(report.hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites "))
        #expect(report.contains("tests=\"\(count)\" failures=\"1\" errors=\"0\""))
        #expect(report.contains("timestamp=\"1970-01-01T00:00:00\""))
        #expect(report.contains(#"name="&lt;&amp;\u{7}&gt; "#))
        #expect(report.components(separatedBy: "<testcase ").count == count + 1)
        #expect(report.components(separatedBy: "<failure ").count == 2)
        #expect(try XMLTree.read(Array(report.utf8)).elementCount == count + 3)
    }

    @Test(
        "a place is counted in lines and characters, from the path of the element",
        arguments: [
            ("inputs[1].unit", 3, 16), ("inputs[1].none", 3, 6), ("byte 2", 2, 1), ("byte 0", 1, 1),
            ("inputs[0]", 2, 21), ("", 1, 1),
        ]
    )
    func place(_ path: String, _ line: Int, _ column: Int) {
        let text = "{\n\"\u{E4}\": 1, \"inputs\": [ {},\n     { \"unit\": \"x\" } ] }"
        let place = FindingPlace.locate(path, in: Array(text.utf8))
        #expect(place?.line == line)
        #expect(place?.column == column)
    }
}

@Suite("limen map new")
struct MapNewTests {
    @Test("reads name, unit and codes; a system may hold colons")
    func inputs() throws {
        let input = try MapNewCommand.input("temp:Cel:http://loinc.org|8310-5,urn:x:y|T")
        #expect(input.name == "temp")
        #expect(input.unit == "Cel")
        #expect(input.codes == ["http://loinc.org|8310-5", "urn:x:y|T"])
        #expect(try MapNewCommand.input("pulse").unit == nil)
        #expect(try MapNewCommand.input("ventilated:boolean").kind == .boolean)
    }

    @Test(
        "refuses what is no name, unit or code",
        arguments: ["", ":Cel", "a b:Cel", "temp:cubit", "temp:Cel:8310-5", "temp:Cel:|8310-5"]
    )
    func refusals(_ text: String) {
        let error = #expect(throws: CommandError.self) { try MapNewCommand.input(text) }
        #expect(error?.exitCode == .usage)
    }

    @Test("lists the profiles there are when one is not found, and takes a path for a name")
    func names() throws {
        var files = try ShippedFiles.read()
        let error = #expect(throws: CommandError.self) { try files.name("news3") }
        #expect(error?.exitCode == .usage)
        #expect(error?.sentence.contains("news2, qsofa") ?? false)
        #expect(try files.name("Profiles/news2/") == "news2")
    }
}
