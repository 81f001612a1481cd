import JSON
import Testing

@testable import Mapping

@Suite("Only rows of a ConceptMap in which the source implies the target are used")
struct ConceptMapUseTests {
    private func table(_ member: String, _ word: String) throws -> CodeTable {
        let text = """
            {"resourceType":"ConceptMap","name":"Map","group":[{"source":"urn:s|2",
            "element":[{"code":"1","target":[{"code":"x","\(member)":"\(word)"}]}]}]}
            """
        return try CodeTable(
            parsing: JSONDocument(parsing: text),
            fileName: "m.json",
            aliases: SystemAliases()
        )
    }

    private let coding = CodeToken(system: Array("urn:s".utf8), code: [UInt8(ascii: "1")])

    @Test(
        "R4 equivalence",
        arguments: [
            ("equal", true), ("equivalent", true), ("wider", true), ("subsumes", true),
            ("narrower", false), ("specializes", false), ("inexact", false),
            ("relatedto", false), ("unmatched", false), ("disjoint", false),
        ]
    )
    func equivalence(word: String, isUsed: Bool) throws {
        #expect(try table("equivalence", word).target(of: coding) == (isUsed ? "x" : nil))
    }

    @Test(
        "R5 relationship",
        arguments: [
            ("equivalent", true), ("source-is-narrower-than-target", true),
            ("source-is-broader-than-target", false), ("related-to", false),
            ("not-related-to", false),
        ]
    )
    func relationship(word: String, isUsed: Bool) throws {
        #expect(try table("relationship", word).target(of: coding) == (isUsed ? "x" : nil))
    }

    @Test("A system with escaped slashes in the document is the same system")
    func escapedSlashes() throws {
        let text = #"{"system":"http:\/\/snomed.info\/sct","code":"248234008"}"#
        let root = try JSONDocument(parsing: text).root
        let coding = try #require(CodingPlaces(root.place, on: root.tape))
        let token = try #require(CodeToken(text: "http://snomed.info/sct|248234008"))
        #expect(coding.matches(token, on: root.tape))
        #expect(coding.hash(on: root.tape) == token.hash)
    }

    private static let textMap = """
        {"resourceType":"ConceptMap","name":"Map","group":[
        {"source":"urn:s","element":[
        {"code":"1","target":[{"code":"x","equivalence":"equal"}]},
        {"code":"2","target":[{"code":"y","equivalence":"equal"}]}]},
        {"source":"t","element":[
        {"code":"Alert","target":[{"code":"x","equivalence":"equal"}]},
        {"code":"Unresponsive","target":[{"code":"y","equivalence":"equal"}]}]}]}
        """

    @Test(
        "A text that the map knows for another value than the coding leaves it in doubt",
        arguments: [
            ("Alert", "x"), (" Alert ", "x"), ("alert and well", "x"), ("", "x"),
            ("Unresponsive", nil), (" Unresponsive ", nil),
        ]
    )
    func texts(text: String, expected: String?) throws {
        let profile = try Probe.profile(
            """
            {"name":"b","type":"code","values":["x","y"],
            "from":[{"code":["s|a"],"path":"value","conceptMap":"m.json","textSystem":"t"}]}
            """,
            maps: ["m.json": Self.textMap]
        )
        let record = try Probe.observation(
            "o",
            minutes: 5,
            """
            "valueCodeableConcept":{"coding":[{"system":"urn:s","code":"1"}],"text":"\(text)"}
            """
        )
        let report = try Probe.map(profile, [record])
        #expect(report.inputs[0].value == expected.map { MappingReport.Value.code($0) })
        let rejection = report.rejections.first
        #expect((rejection == nil) == (expected != nil))
        guard let rejection else { return }
        #expect(rejection.path == "valueCodeableConcept.text")
        #expect(rejection.reason == .untranslated)
        #expect(rejection.accepted == "codings and a text that mean the same")
    }
}
