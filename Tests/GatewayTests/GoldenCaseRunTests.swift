import Basics
import JSON
import Testing

@testable import Gateway

@Suite("Running and updating golden cases")
struct GoldenCaseRunTests {
    private static let file = "Profiles/qsofa/cases/own.json"

    /// A file with one case of two observations, and what it expects.
    static func text(expect: String) -> String {
        """
        {
          "format": "limen-cases/1",
          "profile": "qsofa",
          "cases": [
            {
              "name": "fast breathing",
              "at": "2026-05-04T10:00:00Z",
              "patient": "p1",
              "bundle": { "resourceType": "Bundle", "entry": [
                { "resource": { "resourceType": "Patient", "id": "p1", "birthDate": "1960-01-01" } },
                { "resource": { "resourceType": "Observation", "id": "r", "status": "final",
                    "code": { "coding": [ { "system": "http://loinc.org", "code": "9279-1" } ] },
                    "subject": { "reference": "Patient/p1" },
                    "effectiveDateTime": "2026-05-04T09:30:00Z",
                    "valueQuantity": { "value": 24.0, "code": "/min",
                      "system": "http://unitsofmeasure.org" } } },
                { "resource": { "resourceType": "Observation", "id": "s", "status": "preliminary",
                    "code": { "coding": [ { "system": "http://loinc.org", "code": "8480-6" } ] },
                    "subject": { "reference": "Patient/p1" },
                    "effectiveDateTime": "2026-05-04T09:30:00Z",
                    "valueQuantity": { "value": 90, "code": "mm[Hg]",
                      "system": "http://unitsofmeasure.org" } } }
              ] },
              "expect": \(expect)
            }
          ]
        }

        """
    }

    static func project() throws -> ProfileProject {
        ProfileProject(name: "qsofa", files: try GatewayFixture.files(), now: GatewayFixture.now)
    }

    static func run(_ expect: String) throws -> [CaseOutcome] {
        let cases = try GoldenCase.read(
            Array(text(expect: expect).utf8),
            file: file,
            profile: "qsofa"
        )
        let project = try project()
        return cases.map { $0.run(in: project) }
    }

    private static let right = """
        {
                "applicability": "applies",
                "inputs": {
                  "respiratoryRate": { "value": "24.0 /min", "source": "Observation/r", "rule": 0 },
                  "systolic": { "missing": "status" },
                  "mentation": null
                },
                "rejections": [
                  { "resource": "Observation/s", "reason": "status", "path": "status", "input": "systolic" }
                ],
                "unasked": 0,
                "status": "incomplete",
                "score": null,
                "bounds": [ 1, 3 ],
                "cards": [ "incomplete" ]
              }
        """

    @Test("A case that expects what comes out passes, with score, bounds and cards")
    func passes() throws {
        let outcome = try #require(try Self.run(Self.right).first)
        #expect(outcome.fault == nil)
        #expect(outcome.differences.map { "\($0.member) \($0.expected) \($0.actual)" } == [])
        #expect(outcome.isPassed)
        #expect(outcome.trial?.cards.map(\.service) == ["qsofa"])
    }

    @Test(
        "Each member that differs is told of with what was expected and what came out",
        arguments: [
            (
                #""24.0 /min""#, #""25 /min""#, "inputs.respiratoryRate.value", "25 /min",
                "24.0 /min"
            ),
            (#""status" }"#, #""stale" }"#, "inputs.systolic.missing", "stale", "status"),
            (
                #""mentation": null"#, #""mentation": "15 {score}""#, "inputs.mentation",
                "15 {score}", "missing"
            ),
            (#""rule": 0"#, #""rule": 1"#, "inputs.respiratoryRate.rule", "1", "0"),
            (#""applies""#, #""age-unknown""#, "applicability", "age-unknown", "applies"),
            (#""unasked": 0"#, #""unasked": 2"#, "unasked", "2", "0"),
            (#""incomplete","#, #""complete","#, "status", "complete", "incomplete"),
            (#""score": null"#, #""score": 1"#, "score", "1", "missing"),
            ("[ 1, 3 ]", "[ 0, 3 ]", "bounds", "[0, 3]", "[1, 3]"),
            (#"[ "incomplete" ]"#, "[]", "cards", "[]", "[incomplete]"),
        ]
    )
    func differs(
        _ old: String,
        _ new: String,
        _ member: String,
        _ expected: String,
        _ actual: String
    ) throws {
        let wrong = Self.right.replacing(old, with: new)
        #expect(wrong != Self.right)
        let outcome = try #require(try Self.run(wrong).first)
        let difference = try #require(outcome.differences.first)
        #expect(outcome.differences.count == 1)
        #expect(difference.member == member)
        #expect(difference.expected == expected)
        #expect(difference.actual == actual)

        // The update gives back the text that was right, byte by byte.
        let bytes = Array(Self.text(expect: wrong).utf8)
        let update = try CaseUpdate.make(file: Self.file, bytes: bytes, outcomes: [outcome])
        let text = String(decoding: try #require(update).bytes, as: UTF8.self)
        #expect(text == Self.text(expect: Self.right))
        #expect(update?.changeCount == 1)
    }

    @Test("A lost and a found rejection are told of, and the list is written anew")
    func rejections() throws {
        let wrong = Self.right.replacing(
            #""reason": "status", "path""#,
            with: #""reason": "stale", "path""#
        )
        let outcome = try #require(try Self.run(wrong).first)
        #expect(outcome.differences.map(\.expected) == ["Observation/s stale status systolic"])
        #expect(outcome.differences.map(\.actual) == ["Observation/s status status systolic"])
        let bytes = Array(Self.text(expect: wrong).utf8)
        let update = try CaseUpdate.make(file: Self.file, bytes: bytes, outcomes: [outcome])
        let document = try JSONDocument(parsing: try #require(update).bytes)
        let again = try GoldenCase.read(document.bytes, file: Self.file, profile: "qsofa")
        #expect(try again.map { $0.run(in: try Self.project()).isPassed } == [true])
    }

    @Test(
        "What no update can mend is a fault and leaves the file alone",
        arguments: [
            (#"{ "inputs": { "pulse": "88 /min" } }"#, "pulse"),
            (#"{ "colour": 1 }"#, "colour"),
            (#"{ "inputs": { "systolic": { "shade": 1 } } }"#, "shade"),
        ]
    )
    func faults(_ expect: String, _ named: String) throws {
        let outcome = try #require(try Self.run(expect).first)
        #expect(outcome.fault?.contains(named) ?? false)
        #expect(!outcome.isPassed)
        let bytes = Array(Self.text(expect: expect).utf8)
        let update = try CaseUpdate.make(file: Self.file, bytes: bytes, outcomes: [outcome])
        #expect(update == nil)
    }

    @Test(
        "A file that holds no cases is refused with the element",
        arguments: [
            ("{", "byte 1"), ("{}", "format"),
            (#"{"format":"limen-cases/1","profile":"news2"}"#, "profile"),
            (#"{"format":"limen-cases/1","profile":"qsofa"}"#, "cases"),
            (#"{"format":"limen-cases/1","profile":"qsofa","cases":[{}]}"#, "cases[0].name"),
            (
                #"{"format":"limen-cases/1","profile":"qsofa","cases":[{"name":"a","at":"2026"}]}"#,
                "cases[0].at"
            ),
        ]
    )
    func refusals(_ text: String, _ path: String) {
        let error = #expect(throws: CatalogueFinding.self) {
            try GoldenCase.read(Array(text.utf8), file: Self.file, profile: "qsofa")
        }
        #expect(error?.path == path)
    }

    @Test("Where no service uses the profile, expected cards are a fault, and stay")
    func withoutService() throws {
        var files = try GatewayFixture.files()
        files["Hooks/qsofa.json"] = nil
        let project = ProfileProject(name: "qsofa", files: files, now: GatewayFixture.now)
        let bytes = Array(Self.text(expect: #"{ "cards": [ "incomplete" ] }"#).utf8)
        let cases = try GoldenCase.read(bytes, file: Self.file, profile: "qsofa")
        let outcomes = cases.map { $0.run(in: project) }
        #expect(outcomes.map { $0.fault?.contains("no service") ?? false } == [true])
        #expect(
            try CaseUpdate.make(file: Self.file, bytes: bytes, outcomes: outcomes)?.bytes == nil
        )
    }

    @Test("Without a model the mapping is still run, and an expected score is a fault")
    func withoutModel() throws {
        var files = try GatewayFixture.files()
        files["Profiles/qsofa/model.pmml"] = nil
        let project = ProfileProject(name: "qsofa", files: files, now: GatewayFixture.now)
        #expect(project.mapping != nil)
        #expect(project.loaded == nil)
        #expect(project.findings.map(\.code) == [.missingFile])
        let bytes = Array(Self.text(expect: #"{ "unasked": 0, "score": 1 }"#).utf8)
        let cases = try GoldenCase.read(bytes, file: Self.file, profile: "qsofa")
        #expect(cases.map { $0.run(in: project).fault?.contains("model") ?? false } == [true])
    }
}
