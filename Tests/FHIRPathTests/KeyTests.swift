import JSON
import Testing

@testable import FHIRPath

@Suite("Keys of resources and references")
struct KeyTests {
    private static let observation = """
        {"resourceType":"Observation","id":"o1","subject":{"reference":"Patient/1"},
         "focus":[{"reference":"#c"},{"reference":"https://x.example/fhir/Group/2/_history/3"},
          {"reference":"urn:uuid:9","type":"Patient"},{"display":"none"},
          {"reference":"not a reference"}]}
        """

    @Test(
        "A key holds the type, and only a reference to that resource has it",
        arguments: [
            ("getResourceKey()", ["Observation/o1"]), ("subject.getResourceKey()", []),
            ("subject.getReferenceKey()", ["Patient/1"]),
            ("subject.getReferenceKey(Patient)", ["Patient/1"]),
            ("subject.getReferenceKey(FHIR.Patient)", ["Patient/1"]),
            ("subject.getReferenceKey(Group)", []),
            (
                "focus.getReferenceKey()",
                ["https://x.example/fhir/Group/2", "urn:uuid:9", "not a reference"]
            ),
            ("focus.getReferenceKey(Group)", ["https://x.example/fhir/Group/2"]),
            ("focus.getReferenceKey(Patient)", ["urn:uuid:9"]),
            ("'Patient/1'.getReferenceKey()", []),
        ]
    )
    func keys(expression: String, expected: [String]) throws {
        #expect(try evaluate(expression, on: Self.observation) == expected)
    }

    @Test(
        "What is no type is refused when it is read",
        arguments: [
            ("subject.getReferenceKey(Pateint)", FHIRPathError.Code.unknownElement),
            ("subject.getReferenceKey('Patient')", .syntax),
            ("subject.getReferenceKey(System.String)", .unknownElement),
            ("subject.getReferenceKey(Patient, Group)", .syntax),
            ("getResourceKey(Patient)", .wrongArgumentCount),
        ]
    )
    func refusals(expression: String, code: FHIRPathError.Code) {
        #expect(fault(expression)?.code == code)
    }

    @Test("An evaluation goes on from a typed result, with the objects beside primitives")
    func collections() throws {
        let json = try JSONDocument(
            parsing: #"""
                {"resourceType":"Patient","birthDate":"1970-06",
                 "_birthDate":{"extension":[{"url":"u","valueCode":"c"}]},
                 "_gender":{"extension":[{"url":"u","valueCode":"g"}]}}
                """#
        ).root
        let environment = FHIRPathEnvironment(focus: [.element(json)], now: testNow)
        let root = FHIRPathCollection(json)
        let born = try FHIRPathExpression(parsing: "birthDate").evaluate(on: root, in: environment)
        #expect(born.typeName(at: 0) == "date")
        let last = try FHIRPathExpression(parsing: "$this.highBoundary()")
        #expect(try last.evaluate(on: born, in: environment).value(at: 0)?.text == "1970-06-30")
        let note = try FHIRPathExpression(parsing: "extension('u').value.ofType(code)")
        #expect(try note.evaluate(on: born[0], in: environment).value(at: 0)?.text == "c")
        let gender = try FHIRPathExpression(parsing: "gender").evaluate(on: root, in: environment)
        #expect(gender.count == 1)
        #expect(gender.value(at: 0) == nil)
        #expect(try note.evaluate(on: FHIRPathCollection.empty, in: environment).isEmpty)
    }

    @Test("join() on nothing gives nothing, and in a view an empty text")
    func joining() throws {
        var environment = FHIRPathEnvironment(focus: [], now: testNow)
        let expression = try FHIRPathExpression(parsing: "{}.join(',')")
        #expect(try expression.evaluate(in: environment).isEmpty)
        environment.joinsNothingToText = true
        #expect(try expression.evaluate(in: environment).first?.stringValue == "")
    }
}
