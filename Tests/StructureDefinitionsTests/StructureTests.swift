import Basics
import FHIR
import Foundation
import JSON
import StructureDefinitions
import Support
import Testing

/// The cases of `Tests/Cases/structure`: our own profiles, and resources held against them.
enum StructureCases {
    static let folder = Shared.checkout.appendingPathComponent("Tests/Cases/structure")

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let json: JSONValue
        var testDescription: String { name }
    }

    static func document(_ file: String) throws -> JSONDocument {
        try JSONDocument(
            parsing: Array(try Data(contentsOf: folder.appendingPathComponent(file)))
        )
    }

    static func definition(_ name: String) throws -> StructureDefinition {
        let units = try ValueSetTable(parsing: document("temperature-units.valueset.json"))
        return try StructureDefinition(
            parsing: document(name + ".structuredefinition.json"),
            valueSets: [units]
        )
    }

    static func cases(_ file: String) -> [Case] {
        guard let list = try? document(file).root["cases"] else { return [] }
        return list.elements.map { Case(name: $0["name"]?.stringValue ?? "", json: $0) }
    }

    static let now: Instant? = FHIRDateTime(text: "2026-05-04T10:00:00Z")?.instant
}

@Suite("Checks against a StructureDefinition")
struct StructureTests {
    @Test(
        "A resource gives the findings that the case names",
        arguments: StructureCases.cases("cases.json")
    )
    func findings(_ golden: StructureCases.Case) throws {
        let name = try #require(golden.json["profile"]?.stringValue)
        let definition = try StructureCases.definition(name)
        let resource = try #require(golden.json["resource"])
        let report = definition.check(resource, now: try #require(StructureCases.now))
        let base = resource.path
        let expected = golden.json["findings"]?.elements.map { item in
            "\(item["kind"]?.stringValue ?? "") \(item["path"]?.stringValue ?? "")"
        }
        #expect(!base.isEmpty)
        #expect(report.findings.map { "\($0.kind.rawValue) \($0.path)" } == expected)
        #expect(report.notChecked.count == golden.json["notChecked"]?.integerValue)
        #expect(report.conforms == report.findings.isEmpty)
    }

    @Test(
        "What is not understood is refused at its place",
        arguments: StructureCases.cases("refused.json")
    )
    func refusals(_ golden: StructureCases.Case) throws {
        var writer = JSONWriter()
        writer.value(try #require(golden.json["definition"]))
        let document = try JSONDocument(parsing: writer.bytes)
        #expect {
            _ = try StructureDefinition(parsing: document)
        } throws: { error in
            guard let error = error as? StructureDefinitionError else { return false }
            return error.code.rawValue == golden.json["code"]?.stringValue
                && error.path == golden.json["path"]?.stringValue
        }
    }

    @Test("There are cases enough, and every kind of finding is in one")
    func coverage() {
        let cases = StructureCases.cases("cases.json")
        #expect(cases.count >= 50)
        #expect(StructureCases.cases("refused.json").count >= 20)
        var seen: Set<String> = []
        for golden in cases {
            for item in golden.json["findings"]?.elements.map({ $0 }) ?? [] {
                seen.insert(item["kind"]?.stringValue ?? "")
            }
        }
        let all = Set(StructureFinding.Kind.allCases.map(\.rawValue))
        #expect(all.subtracting(seen) == ["constraint-not-evaluated"])
    }

    @Test("A finding tells what would be accepted, and nothing of the resource")
    func acceptance() throws {
        let definition = try StructureCases.definition("monitored-temperature")
        let text = #"{"resourceType":"Observation","status":"SECRET","valueString":"SECRET"}"#
        let resource = try JSONDocument(parsing: text).root
        let report = definition.check(resource, now: try #require(StructureCases.now))
        #expect(report.findings.contains { $0.path == "status" && $0.accepted == "final" })
        #expect(report.findings.contains { $0.path == "valueString" && $0.accepted == "Quantity" })
        #expect(report.findings.contains { $0.path == "subject" && $0.accepted == "1 to *" })
        for finding in report.findings {
            #expect(!(finding.path + finding.accepted + finding.kind.sentence).contains("SECRET"))
        }
    }

    @Test("A constraint that cannot be evaluated is a finding, never a pass")
    func unevaluated() throws {
        let text = #"""
            {"resourceType":"StructureDefinition","url":"urn:x","kind":"resource","type":"Observation",
             "differential":{"element":[{"id":"Observation","path":"Observation","constraint":[
             {"key":"x","severity":"error","expression":"note.text.single() = 'a'"}]}]}}
            """#
        let definition = try StructureDefinition(parsing: JSONDocument(parsing: text))
        let resource = try JSONDocument(
            parsing: #"{"resourceType":"Observation","note":[{"text":"a"},{"text":"b"}]}"#
        ).root
        let report = definition.check(resource, now: try #require(StructureCases.now))
        #expect(report.findings.map(\.kind) == [.constraintNotEvaluated])
    }

    @Test("A canonical means the profile with no version or with its own")
    func canonicals() throws {
        let definition = try StructureCases.definition("cuff-pressure")
        #expect(!definition.isDifferentialOnly)
        #expect(definition.isMeant(by: definition.url))
        #expect(definition.isMeant(by: definition.url + "|2.0.0"))
        #expect(!definition.isMeant(by: definition.url + "|1.0.0"))
        #expect(definition.gaps.count == 2)
    }

    @Test(
        "A value set that is not listed leaves a binding not checked",
        arguments: [
            #"{"include":[{"system":"http://snomed.info/sct"}]}"#,
            #"{"include":[{"system":"http://snomed.info/sct","filter":[{"property":"concept"}]}]}"#,
            #"{"include":[{"valueSet":["urn:y"]}]}"#,
            #"{"include":[{"system":"urn:s","concept":[{"code":"a"}]}],"exclude":[{"system":"urn:s"}]}"#,
        ]
    )
    func openValueSets(_ compose: String) throws {
        let text = #"{"resourceType":"ValueSet","url":"urn:x","compose":\#(compose)}"#
        let table = try ValueSetTable(parsing: JSONDocument(parsing: text))
        #expect(!table.isEnumerated)
    }

    @Test("An expansion gives its codes, nested ones too, and no abstract ones")
    func expansion() throws {
        let set = #"""
            {"resourceType":"ValueSet","url":"urn:vs","expansion":{"contains":[
             {"system":"urn:s","code":"group","abstract":true,"contains":[
              {"system":"urn:s","code":"a"}]}]}}
            """#
        let table = try ValueSetTable(parsing: JSONDocument(parsing: set))
        #expect(table.isEnumerated)
        let text = #"""
            {"resourceType":"StructureDefinition","url":"urn:x","kind":"resource","type":"Observation",
             "differential":{"element":[{"id":"Observation.code","path":"Observation.code",
              "binding":{"strength":"required","valueSet":"urn:vs"}}]}}
            """#
        let definition = try StructureDefinition(
            parsing: JSONDocument(parsing: text),
            valueSets: [table]
        )
        for (code, conforms) in [("a", true), ("group", false), ("b", false)] {
            let resource = try JSONDocument(
                parsing: #"{"resourceType":"Observation","code":{"coding":[{"system":"urn:s","#
                    + #""code":"\#(code)"}]}}"#
            ).root
            let now = try #require(StructureCases.now)
            #expect(definition.check(resource, now: now).conforms == conforms, "\(code)")
        }
    }
}
