import Basics
import JSON
import Testing

@testable import FHIRPath

@Suite("expressions of profiles and cards")
struct ProfileExpressionTests {
    static let systolic =
        "component.where(code.coding.exists(system='http://loinc.org' and code='8480-6'))"
        + ".value.ofType(Quantity)"
    static let diastolic =
        "component.where(code.coding.exists(system='http://loinc.org' and code='8462-4'))"
        + ".value.ofType(Quantity)"

    @Test("a component's quantity is found by its code, with its place in the document")
    func component() throws {
        let root = try JSONDocument(parsing: bloodPressure).root
        let expression = try FHIRPathExpression(parsing: Self.systolic)
        let environment = FHIRPathEnvironment(focus: [.element(root)], now: testNow)
        let values = try expression.evaluate(in: environment)
        guard case .element(let json)? = values.first, values.count == 1 else {
            Issue.record("no element")
            return
        }
        #expect(json.path == "component[0].valueQuantity")
        #expect(json["value"]?.numberText == "120.0")
    }

    @Test(
        "give these results on an observation",
        arguments: [
            (systolic + ".value", ["120.0"]), (systolic + " > 100 'mm[Hg]'", ["true"]),
            (systolic + ".value > 120", ["false"]), (systolic + " > 5", []),
            (diastolic + " > 70 'mm[Hg]'", []), (diastolic + ".value > 70", ["true"]),
            ("component.value.comparator", ["<"]),
            ("component.value.ofType(CodeableConcept)", []),
            ("component[0].value is Quantity", ["true"]),
            ("component[0].value is FHIR.Quantity", ["true"]),
            ("component[0].value is System.Quantity", ["false"]),
            ("(component[0].value as Quantity).unit", ["mmHg"]),
            ("Observation.status", ["final"]), ("Resource.status", ["final"]),
            ("DomainResource.status = 'final'", ["true"]), ("Patient.status", []),
            ("effective > now() - 12 hours", ["true"]),
            ("effective > now() - 30 minutes", ["false"]),
            ("effective is dateTime", ["true"]), ("effective.ofType(Period)", []),
            ("value.exists()", ["false"]), ("value.exists() or component.exists()", ["true"]),
            ("subject.reference.startsWith('Patient/')", ["true"]),
            ("component.code.coding.where(system = %loinc).code.join(', ')", ["8480-6, 8462-4"]),
            (
                "component.select(code.coding.code & '=' & value.value.toString()).join(' ')",
                ["8480-6=120.0 8462-4=80"]
            ),
        ]
    )
    func observation(expression: String, result: [String]) throws {
        #expect(try evaluate(expression, on: bloodPressure) == result)
    }

    @Test(
        "an age limit is decided only when the birth date is precise enough",
        arguments: [
            ("2010-03-01", ["true"]), ("2010-03-02", ["false"]), ("2010-02-28", ["true"]),
            ("2009", ["true"]), ("2010", []), ("2010-03", []), ("2010-02", ["true"]),
            ("2011", ["false"]), ("2010-04", ["false"]),
        ]
    )
    func age(birthDate: String, result: [String]) throws {
        let patient = #"{"resourceType":"Patient","birthDate":"\#(birthDate)"}"#
        #expect(try evaluate("birthDate <= today() - 16 years", on: patient) == result)
        let plain = #"{"birthDate":"\#(birthDate)"}"#
        #expect(try evaluate("birthDate <= today() - 16 years", on: plain) == result)
    }

    @Test("an absent or unreadable birth date decides nothing")
    func noAge() throws {
        let expression = try FHIRPathExpression(parsing: "birthDate <= today() - 16 years")
        let patient = try JSONDocument(parsing: #"{"resourceType":"Patient"}"#).root
        let environment = FHIRPathEnvironment(focus: [.element(patient)], now: testNow)
        #expect(try expression.evaluateBoolean(in: environment) == nil)
        let odd = #"{"resourceType":"Patient","birthDate":"long ago"}"#
        #expect(fault("birthDate <= today() - 16 years", on: odd)?.code == .typeMismatch)
    }

    static let card = [
        "result": #"{"score":7,"status":"complete","ratio":0.50,"parameters":[{"name":"a","#
            + #""points":3},{"name":"b","points":1}]}"#,
        "inputs": #"{"missing":["spo2","pulse"],"none":[]}"#,
    ]

    @Test(
        "give these results on plain JSON",
        arguments: [
            ("%result.score >= 7", ["true"]), ("%result.score + 1", ["8"]),
            ("%result.score / 2", ["3.5"]), ("%result.ratio", ["0.50"]),
            ("%result.ratio = 0.5", ["true"]), ("%inputs.missing.join(', ')", ["spo2, pulse"]),
            ("%inputs.missing.exists()", ["true"]), ("%inputs.none.exists()", ["false"]),
            ("%inputs.missing.count() = 2 and %result.status = 'complete'", ["true"]),
            ("%result.parameters.where(points = 3).exists()", ["true"]),
            ("%result.parameters.where(points = 3).name", ["a"]),
            ("%result.parameters.points.sum()", ["4"]), ("%result.parameters.points.max()", ["3"]),
            ("%result.score.toString() & ' points'", ["7 points"]),
            ("%result.score is Integer", ["true"]), ("%result.ratio is Decimal", ["true"]),
            ("%result.status is String", ["true"]), ("%result.score > 'x'.length()", ["true"]),
            ("iif(%result.score >= 5, 'urgent', 'ward')", ["urgent"]),
            ("%result.absent", []), ("%result.absent.where(x = 1)", []),
        ]
    )
    func cards(expression: String, result: [String]) throws {
        #expect(try evaluate(expression, variables: Self.card) == result)
    }

    @Test("tell the variables and members they read")
    func names() throws {
        let expression = try FHIRPathExpression(
            parsing: "%result.score > %inputs.a.b and %ucum = 'x' and 1.defineVariable('y', 2) = %y"
        )
        #expect(expression.variableNames == ["result", "inputs"])
        #expect(expression.memberNames.map(\.name) == ["score", "a", "b"])
        #expect(expression.memberNames.first?.offset == 8)
    }

    @Test("a variable that is not allowed is refused when parsing")
    func allowed() throws {
        #expect(throws: FHIRPathError(code: .unknownVariable, offset: 4)) {
            try FHIRPathExpression(parsing: "1 + %secret", allowedVariables: ["result"])
        }
        _ = try FHIRPathExpression(
            parsing: "%result | %context | %`vs-x` | %sct",
            allowedVariables: ["result"]
        )
        #expect(fault("%unknown")?.code == .unknownVariable)
    }

    @Test(
        "a path that the type cannot have is refused when the type is known",
        arguments: [
            ("Observation", "valu", 0), ("Observation", "valueQuantity.value", 0),
            ("Observation", "component.where(cod.exists()).value", 16),
            ("Observation", "code.coding.systm", 12), ("Patient", "birthdate", 0),
            ("Patient", "Observation.code", 0), ("Patient", "name.first().givn", 13),
            ("Observation", "(value as Quantity).units", 20),
            ("Observation", "component.select(value).exists() and statu = 'x'", 37),
        ]
    )
    func checked(type: String, path: String, offset: Int) throws {
        #expect(throws: FHIRPathError(code: .unknownElement, offset: offset)) {
            try FHIRPathExpression(parsing: path, allowedVariables: nil, rootType: type)
        }
        // Without the type nothing can be said.
        _ = try FHIRPathExpression(parsing: path)
    }

    @Test(
        "a path of STU3, R4 or R5 is let pass",
        arguments: [
            ("Observation", "value.ofType(Quantity).value > 5"), ("Observation", "related.target"),
            ("Observation", "comment"), ("Observation", "context.reference"),
            ("Observation", "triggeredBy.type"), ("Observation", "value.anything.goes"),
            ("Patient", "animal.species"), ("Patient", "deceased.ofType(boolean)"),
            ("Patient", "extension('x').value.code"), ("Unheard", "of.it"),
            ("Patient", "name.given | %x.given1"), ("MedicationRequest", "anything"),
        ]
    )
    func letPass(type: String, path: String) throws {
        _ = try FHIRPathExpression(parsing: path, allowedVariables: nil, rootType: type)
    }

    @Test("a reference is resolved in the bundle and among contained resources, never fetched")
    func resolve() throws {
        let bundle =
            #"{"resourceType":"Bundle","entry":[{"fullUrl":"urn:uuid:9","resource":"#
            + #"{"resourceType":"Patient","id":"1","gender":"male"}},{"resource":"#
            + #"{"resourceType":"Observation","subject":{"reference":"Patient/1"},"#
            + #""performer":[{"reference":"urn:uuid:9"},{"reference":"Patient/2"},"#
            + ##"{"reference":"#p"}]}}]}"##
        let observation = "entry.resource.ofType(Observation)"
        #expect(try evaluate(observation + ".subject.resolve().gender", on: bundle) == ["male"])
        #expect(try evaluate(observation + ".performer.resolve().count()", on: bundle) == ["1"])
        let holder =
            #"{"resourceType":"Observation","contained":[{"resourceType":"Patient","#
            + ##""id":"p","gender":"female"}],"subject":{"reference":"#p"}}"##
        #expect(try evaluate("subject.resolve().gender", on: holder) == ["female"])
    }

    @Test("primitive extensions are children of the primitive, with or without a value")
    func primitiveExtensions() throws {
        let patient =
            #"{"resourceType":"Patient","_birthDate":{"extension":[{"url":"x","#
            + #""valueCode":"unknown"}]},"name":[{"given":["A",null],"_given":[null,"#
            + #"{"id":"g2"}]}]}"#
        #expect(try evaluate("birthDate.exists()", on: patient) == ["true"])
        #expect(try evaluate("birthDate.hasValue()", on: patient) == ["false"])
        #expect(try evaluate("birthDate.extension('x').value", on: patient) == ["unknown"])
        #expect(try evaluate("birthDate <= today()", on: patient) == [])
        #expect(try evaluate("name.given.count()", on: patient) == ["2"])
        #expect(try evaluate("name.given.id", on: patient) == ["g2"])
        #expect(try evaluate("name.given.where(hasValue())", on: patient) == ["A"])
    }

    @Test(
        "a choice element is found whatever stands beside it",
        arguments: [
            (#""_valueString":{"extension":[{"url":"x","valueCode":"unknown"}]}"#, "String", "{}"),
            (#""valueSet":"a","valueString":"b""#, "String", "b"),
            (#""valueBoolean":false"#, "Boolean", "false"),
            (#""valueDateTime":"2024""#, "DateTime", "2024"),
            (#""valuesString":"a","valueInteger":7"#, "Integer", "7"),
        ]
    )
    func choices(member: String, type: String, text: String) throws {
        let observation = #"{"resourceType":"Observation",\#(member)}"#
        #expect(try evaluate("value", on: observation) == [text])
        let name = type.prefix(1).lowercased() + type.dropFirst()
        #expect(try evaluate("value is FHIR.\(name)", on: observation) == ["true"])
        #expect(try evaluate("value.ofType(Quantity)", on: observation) == [])
    }
}
