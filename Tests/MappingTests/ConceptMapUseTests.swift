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
}
