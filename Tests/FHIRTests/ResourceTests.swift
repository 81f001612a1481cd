import JSON
import Testing

@testable import FHIR

@Suite("bundles, patients and outcomes")
struct ResourceTests {
    @Test("a bundle gives its entries, its next page and its outcomes")
    func bundle() throws {
        let root = try JSONDocument(
            parsing: #"{"resourceType":"Bundle","type":"searchset","link":[{"relation":"self"},"#
                + #"{"relation":"next","url":"x"}],"entry":[{"fullUrl":"urn:uuid:1","resource":"#
                + #"{"resourceType":"Patient","id":"1"},"search":{"mode":"match"}},{"resource":"#
                + #"{"resourceType":"OperationOutcome","issue":[{"severity":"error"}]}},5,{}]}"#
        ).root
        let bundle = try #require(Bundle(root))
        #expect(bundle.type == "searchset")
        #expect(bundle.hasNextLink)
        #expect(bundle.entries.map { $0.resource?.type } == ["Patient", "OperationOutcome", nil])
        #expect(bundle.entries.first?.fullURL == "urn:uuid:1")
        #expect(bundle.entries.first?.searchMode == "match")
        #expect(bundle.operationOutcomes.count == 1)
        #expect(bundle.operationOutcomes.first?.isFailure == true)
        #expect(throws: FHIRError(code: .wrongShape, path: "entry[2]")) { try bundle.check() }
    }

    @Test(
        "a malformed bundle is a typed error",
        arguments: [
            (#""entry":{}"#, FHIRError.Code.wrongShape, "entry"),
            (#""entry":[{"resource":[]}]"#, .wrongShape, "entry[0].resource"),
            (#""entry":[{"resource":{}}]"#, .required, "entry[0].resource.resourceType"),
            (#""entry":[{"fullUrl":1}]"#, .wrongShape, "entry[0].fullUrl"),
        ]
    )
    func malformed(member: String, code: FHIRError.Code, path: String) throws {
        let root = try JSONDocument(parsing: #"{"resourceType":"Bundle",\#(member)}"#).root
        let bundle = try #require(Bundle(root))
        #expect(throws: FHIRError(code: code, path: path)) { try bundle.check() }
        #expect(!bundle.hasNextLink)
    }

    @Test(
        "the wrapper of early CDS Hooks is looked through, and nothing else",
        arguments: [
            (#"{"resourceType":"Patient"}"#, "Patient"),
            (#"{"response":{"status":"200 OK"},"resource":{"resourceType":"Bundle"}}"#, "Bundle"),
            (#"{"resource":{"resourceType":"Bundle"}}"#, nil), (#"{"response":{}}"#, nil),
            (#"{"response":{},"resource":{}}"#, nil), ("null", nil), (#""x""#, nil),
        ]
    )
    func wrapper(json: String, type: String?) throws {
        #expect(Resource(unwrapping: try JSONDocument(parsing: json).root)?.type == type)
    }

    @Test("a patient's birth date and death are read or refused")
    func patient() throws {
        let root = try JSONDocument(
            parsing: #"{"resourceType":"Patient","birthDate":"1974-12","gender":"female","#
                + #""deceasedDateTime":"2020","identifier":[{},{}]}"#
        ).root
        let patient = try #require(Patient(root))
        #expect(try patient.readBirthDate()?.precision == .month)
        #expect(try patient.readGender() == .female)
        #expect(try patient.readDeceased() == .since(try #require(FHIRDateTime(text: "2020"))))
        #expect(patient.identifierCount == 2)
    }

    @Test(
        "a malformed patient is a typed error",
        arguments: [
            (#""birthDate":"1974-12-25T10:00:00Z""#, FHIRError.Code.invalidDateTime, "birthDate"),
            (#""birthDate":19741225"#, .wrongShape, "birthDate"),
            (#""gender":"F""#, .unknownCode, "gender"),
            (#""deceasedBoolean":"yes""#, .wrongShape, "deceasedBoolean"),
            (
                #""deceasedBoolean":false,"deceasedDateTime":"2020""#, .ambiguousChoice,
                "deceased[x]"
            ),
            (#""deceasedAge":{}"#, .unexpectedType, "deceasedAge"),
        ]
    )
    func malformedPatient(member: String, code: FHIRError.Code, path: String) throws {
        let root = try JSONDocument(parsing: #"{"resourceType":"Patient",\#(member)}"#).root
        let patient = try #require(Patient(root))
        #expect(throws: FHIRError(code: code, path: path)) {
            _ = try patient.readBirthDate()
            _ = try patient.readGender()
            _ = try patient.readDeceased()
        }
    }

    @Test("an outcome that is written reads back")
    func outcome() throws {
        var builder = OperationOutcomeBuilder()
        builder.add(
            severity: .error,
            type: .required,
            code: "LIMEN-HOOK-003",
            text: "a prefetch key is \"missing\"",
            diagnostics: "offset 5",
            expression: ["prefetch.patient"]
        )
        builder.add(severity: .information, type: .informational, text: "note")
        let outcome = try #require(
            OperationOutcome(try JSONDocument(parsing: builder.bytes).root)
        )
        let issues = Array(outcome.issues)
        #expect(issues.count == 2)
        #expect(issues[0].severity == .error)
        #expect(issues[0].code == "required")
        #expect(issues[0].details?.codings.first?.code == "LIMEN-HOOK-003")
        #expect(issues[0].details?.text == "a prefetch key is \"missing\"")
        #expect(issues[0].diagnostics == "offset 5")
        #expect(issues[0].json["expression"]?.elements.map(\.stringValue) == ["prefetch.patient"])
        #expect(issues[1].json["expression"] == nil)
        #expect(outcome.isFailure)
    }

    @Test(
        "an issue without a readable severity is a failure",
        arguments: [
            (#"[{"severity":"information"}]"#, false), (#"[{"severity":"warning"}]"#, false),
            (#"[{"severity":"fatal"}]"#, true), ("[{}]", true), (#"[{"severity":"bad"}]"#, true),
            ("[]", false),
        ]
    )
    func failures(issues: String, isFailure: Bool) throws {
        let json = #"{"resourceType":"OperationOutcome","issue":\#(issues)}"#
        let outcome = try #require(OperationOutcome(try JSONDocument(parsing: json).root))
        #expect(outcome.isFailure == isFailure)
    }

    @Test("every error has a code of its own and a sentence without input")
    func sentences() {
        let sentences = FHIRError.Code.allCases.map { FHIRError(code: $0, path: "x").sentence }
        #expect(Set(sentences).count == FHIRError.Code.allCases.count)
    }
}
