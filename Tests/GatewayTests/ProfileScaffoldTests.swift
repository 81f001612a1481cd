import Basics
import CDSHooks
import ClinicalEngine
import Foundation
import JSON
import PMML
import Testing

@testable import Gateway

@Suite("The scaffold of a profile")
struct ProfileScaffoldTests {
    private static func files(_ scaffold: ProfileScaffold) -> [String: [UInt8]] {
        Dictionary(uniqueKeysWithValues: scaffold.files.map { ($0.path, $0.bytes) })
    }

    private static func news2() throws -> ProfileScaffold {
        let bytes = try #require(try GatewayFixture.files()["Profiles/news2/model.pmml"])
        let model = try PMMLDocument.compile(bytes)
        let fields = try PMMLDocument.dataFields(bytes)
        return ProfileScaffold(
            name: "fresh",
            inputs: model.fields.map { field in
                let intervals = fields.first { $0.name == field.name }?.intervals ?? []
                return .init(field: field, intervals: intervals)
            },
            model: bytes
        )
    }

    @Test("has every input of the model with its unit and range, and no code")
    func fromModel() throws {
        let scaffold = try Self.news2()
        let files = Self.files(scaffold)
        let root = try JSONDocument(parsing: try #require(files["Profiles/fresh/profile.json"]))
            .root
        let inputs = try #require(root["inputs"]).elements.map { $0 }
        #expect(inputs.count == 8)
        let rate = try #require(inputs.first { $0["name"]?.isString("respiratoryRate") ?? false })
        #expect(rate["unit"]?.stringValue == "/min")
        #expect(rate["plausible"]?.elements.map(\.integerValue) == [0, 150])
        let oxygen = try #require(inputs.first { $0["name"]?.isString("onOxygen") ?? false })
        #expect(oxygen["type"]?.stringValue == "boolean")
        for input in inputs {
            let rules = input["from"]?.elements.map { $0 } ?? []
            #expect(rules.map { $0["code"]?.elements.map { $0 }.count } == [0])
        }
        #expect(files["Profiles/fresh/model.pmml"] == scaffold.model)
    }

    @Test("is refused at load, each open place with its path and what to do")
    func isOpen() throws {
        let scaffold = try Self.news2()
        let project = ProfileProject(
            name: "fresh",
            files: Self.files(scaffold),
            now: GatewayFixture.now
        )
        #expect(project.mapping == nil)
        #expect(project.findings.map(\.code) == Array(repeating: .open, count: 9))
        #expect(project.findings.first?.path == "defaults.within")
        #expect(project.findings.dropFirst().first?.path == "inputs[0].from[0].code")
        #expect(project.findings.allSatisfy { $0.sentence.hasPrefix("still open") })
        // The gateway says the same and keeps what it has.
        let error = #expect(throws: CatalogueError.self) {
            _ = try Catalogue(files: Self.files(scaffold), now: GatewayFixture.now)
        }
        #expect(error?.findings.contains { $0.code == .open } ?? false)
    }

    @Test("loads with its service and passes its first case once the open places are filled in")
    func fillsIn() throws {
        var files = Self.files(try Self.news2())
        let path = "Profiles/fresh/profile.json"
        var text = String(decoding: try #require(files[path]), as: UTF8.self)
        text = text.replacing(#""within": """#, with: #""within": "PT12H""#)
        var count = 0
        while let range = text.range(of: #""code": []"#) {
            count += 1
            text.replaceSubrange(range, with: #""code": [ "urn:site:vitals|V\#(count)" ]"#)
        }
        files[path] = Array(text.utf8)
        let project = ProfileProject(name: "fresh", files: files, now: GatewayFixture.now)
        #expect(project.findings.map(\.text) == [])
        #expect(project.loaded != nil)
        #expect(project.services.map(\.hook.id) == ["fresh"])
        let suite = GoldenSuite(profile: "fresh", files: files)
        #expect(suite.findings.isEmpty)
        let outcomes = suite.cases.map { $0.run(in: project) }
        #expect(outcomes.map(\.isPassed) == [true])
        #expect(outcomes.first?.trial?.cards.map(\.name) == ["standard-incomplete"])
        #expect(outcomes.first?.trial?.cards.map(\.isShadow) == [true])
    }

    @Test("from a list leaves a unit open that nobody has given")
    func fromList() throws {
        let scaffold = ProfileScaffold(
            name: "fever",
            inputs: [
                .init(name: "temp", unit: "Cel", codes: ["http://loinc.org|8310-5"]),
                .init(name: "other"),
            ]
        )
        let project = ProfileProject(
            name: "fever",
            files: Self.files(scaffold),
            now: GatewayFixture.now
        )
        #expect(
            project.findings.map(\.path)
                == ["defaults.within", "inputs[1].unit", "inputs[1].from[0].code"]
        )
        #expect(scaffold.open.count == 4)
        let readme = String(
            decoding: try #require(Self.files(scaffold)["Profiles/fever/README.md"]),
            as: UTF8.self
        )
        for place in scaffold.open { #expect(readme.contains(place)) }
    }
}
