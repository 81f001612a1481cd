import Foundation
import JSON
import StructureDefinitions
import Support
import Testing

@Suite("Strict reading of FHIR JSON")
struct StrictReadingTests {
    /// An Observation that is right as it stands, with more members.
    private static func observation(_ more: String) -> String {
        let comma = more.isEmpty ? "" : ","
        return #"{"resourceType":"Observation","status":"final","code":{"text":"x"}"# + comma
            + more + "}"
    }

    static let table: [(String, [String])] = [
        (observation(""), []),
        (
            observation(#""valueQuantity":null"#),
            ["null valueQuantity"]
        ),
        (
            #"{"resourceType":"Observation","status":"final","code":{"coding":{"code":"a"}}}"#,
            ["not-list code.coding"]
        ),
        (
            #"{"resourceType":"Observation","status":["final"],"code":{"text":"x"}}"#,
            ["list status"]
        ),
        (#"{"resourceType":"Observation","status":"final","code":"x"}"#, ["not-object code"]),
        (
            #"{"resourceType":"Observation","status":{"value":"final"},"code":{"text":"x"}}"#,
            ["not-primitive status"]
        ),
        (#"{"resourceType":"Observation","code":{"text":"x"}}"#, ["required status"]),
        (
            observation(#""colour":"red""#),
            ["unknown-property colour"]
        ),
        (
            observation(#""value":{"value":1}"#),
            ["unknown-property value"]
        ),
        (
            observation(#""valueInteger":"1""#),
            ["invalid-value valueInteger"]
        ),
        (
            observation(#""valueInteger":1.0"#),
            ["invalid-value valueInteger"]
        ),
        (
            observation(#""valueInteger":2147483648"#),
            ["invalid-value valueInteger"]
        ),
        (
            observation(#""valueDecimal":1.5"#),
            ["choice-type valueDecimal"]
        ),
        (
            observation(#""valueInteger":1,"valueString":"a""#),
            ["choice-twice valueString"]
        ),
        (
            observation(#""effectiveDateTime":"2026-02-30""#),
            ["invalid-value effectiveDateTime"]
        ),
        (
            observation(#""effectiveDateTime":"2026-02-03T10:00:00""#),
            ["invalid-value effectiveDateTime"]
        ),
        (
            observation(#""issued":"2026-02-03""#),
            ["invalid-value issued"]
        ),
        (
            #"{"resourceType":"Observation","status":" final","code":{"text":"x"}}"#,
            ["invalid-value status"]
        ),
        (
            #"{"resourceType":"Observation","status":"final","code":{"text":""}}"#,
            ["empty-text code.text"]
        ),
        (
            #"{"resourceType":"Observation","status":"final","code":{"text":"  "}}"#,
            ["invalid-value code.text"]
        ),
        (#"{"resourceType":"Observation","status":"final","code":{}}"#, ["empty-object code"]),
        (
            observation(#""note":[]"#),
            ["empty-array note"]
        ),
        (
            #"{"resourceType":"Observation","id":"a_b","status":"final","code":{"text":"x"}}"#,
            ["invalid-value id"]
        ),
        (
            observation(#""note":[[{"text":"a"}]]"#),
            ["list note[0]"]
        ),
        (#"{"resourceType":"Patient","fhir_comments":["x"]}"#, ["comments fhir_comments"]),
        (
            #"{"resourceType":"Patient","_birthDate":{"fhir_comments":["x"]}}"#,
            ["comments _birthDate.fhir_comments"]
        ),
        (
            #"{"resourceType":"Patient","_birthDate":{"extension":[{"url":"urn:x","valueCode":"u"}]}}"#,
            []
        ),
        (
            #"{"resourceType":"Patient","birthDate":"1960-01-01","_birthDate":"x"}"#,
            ["shadow _birthDate"]
        ),
        (#"{"resourceType":"Patient","_name":{"id":"a"}}"#, ["shadow _name"]),
        (#"{"resourceType":"Patient","_nmae":{"id":"a"}}"#, ["unknown-property _nmae"]),
        (
            #"{"resourceType":"Patient","name":[{"given":["A",null],"_given":[null,{"id":"g"}]}]}"#,
            []
        ),
        (#"{"resourceType":"Patient","name":[{"given":["A",null]}]}"#, ["null name[0].given[1]"]),
        (
            #"{"resourceType":"Patient","name":[{"given":["A",null],"_given":[null]}]}"#,
            ["null name[0].given[1]", "shadow name[0]._given"]
        ),
        (#"{"resourceType":"Patient","name":[null]}"#, ["null name[0]"]),
        (
            #"{"resourceType":"Patient","birthDate":"1960-01-01T00:00:00Z"}"#,
            ["invalid-value birthDate"]
        ),
        (
            #"{"resourceType":"Patient","extension":[{"valueString":"x"}]}"#,
            ["required extension[0].url"]
        ),
        (
            ##"{"resourceType":"Patient","managingOrganization":{"reference":"#o"}}"##,
            ["reference-unresolved managingOrganization.reference"]
        ),
        (
            #"{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o"}]}"#,
            ["contained-unused contained[0]"]
        ),
        (
            ##"{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o"}],"managingOrganization":{"reference":"#o"}}"##,
            []
        ),
        (#"{"resourceType":"Pateint","id":"x"}"#, ["unknown-resource-type resourceType"]),
        (#"{"id":"x"}"#, ["not-a-resource "]),
        (#"[{"resourceType":"Patient"}]"#, ["not-a-resource "]),
        (
            #"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","nam":1}}]}"#,
            ["unknown-property entry[0].resource.nam"]
        ),
        (
            #"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"id":"x"}}]}"#,
            ["not-a-resource entry[0].resource"]
        ),
        // A resource in an entry has contained resources of its own.
        (
            ##"{"resourceType":"Bundle","type":"collection","entry":[{"resource":"##
                + ##"{"resourceType":"Patient","contained":[{"resourceType":"Organization","##
                + ##""id":"o"}],"managingOrganization":{"reference":"#o"}}}]}"##,
            []
        ),
        (
            #"{"resourceType":"Condition","clinicalStatus":"active","code":{"text":"x"},"#
                + #""subject":{"reference":"Patient/p"}}"#,
            []
        ),
        // STU3 and R5 shapes are no fault.
        (
            observation(#""comment":"STU3","context":{"reference":"Encounter/e"}"#),
            []
        ),
        (
            #"{"resourceType":"MedicationRequest","status":"active","intent":"order","subject":{"reference":"Patient/p"},"medication":{"concept":{"text":"x"}}}"#,
            []
        ),
    ]

    @Test("Every departure from the rules is found at its place", arguments: table)
    func departures(_ text: String, _ expected: [String]) {
        let found = StrictReading.findings(in: Array(text.utf8))
        #expect(found.map { "\($0.kind.rawValue) \($0.path)" } == expected)
    }

    @Test("A control character is a remark, no fault")
    func controlCharacters() {
        let text =
            #"{"resourceType":"Parameters","parameter":[{"name":"a","valueString":"\u0013"}]}"#
        let found = StrictReading.findings(in: Array(text.utf8))
        #expect(found.map(\.kind) == [.controlCharacter])
        #expect(!found.contains { !$0.isWarning })
    }

    @Test("In NDJSON a blank line is a fault, the line end behind the last resource is none")
    func lines() {
        let patient = #"{"resourceType":"Patient"}"#
        let read = { (text: String) in
            StrictReading.findings(inLinesOf: Array(text.utf8)).map {
                "\($0.kind.rawValue) \($0.path)"
            }
        }
        #expect(read(patient + "\n" + patient + "\n") == [])
        #expect(read(patient + "\n\n" + patient) == ["blank-line line 2"])
        #expect(read(patient + "\n \r\n" + patient) == ["blank-line line 2"])
        #expect(
            read(patient + "\n{\"resourceType\":\"Patient\",\"x\":1}") == [
                "unknown-property line 2: x"
            ]
        )
        #expect(read(patient + "\n{") == ["not-json line 2"])
    }

    @Test("Nothing of the resource stands in a finding")
    func privacy() {
        let text =
            #"{"resourceType":"Patient","birthDate":"SECRET","gender":["SECRET"],"name":"SECRET"}"#
        for finding in StrictReading.findings(in: Array(text.utf8)) {
            #expect(!(finding.path + finding.kind.sentence).contains("SECRET"))
        }
    }

    @Test(
        "The public cases end as stated, rows without comments allowed",
        .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
    )
    func suite() throws {
        var count = 0
        for line in try Shared.lines("conformance/fhir-json/expected.tsv").dropFirst() {
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard cells[3] != "comments-allowed" else { continue }
            count += 1
            let bytes = try Shared.bytes("conformance/fhir-json/cases/" + cells[1])
            let isLines = cells[1].hasSuffix(".ndjson")
            let found =
                isLines
                ? StrictReading.findings(inLinesOf: bytes) : StrictReading.findings(in: bytes)
            let faults = found.filter { !$0.isWarning }
            let note = "\(cells[0]): \(found.map { "\($0.kind.rawValue) \($0.path)" })"
            switch cells[4] {
            case "accept": #expect(found.isEmpty, "\(note)")
            case "accept-with-warning": #expect(faults.isEmpty && !found.isEmpty, "\(note)")
            case "not-json": #expect(faults.contains { $0.kind == .notJSON }, "\(note)")
            default: #expect(!faults.isEmpty, "\(note)")
            }
        }
        #expect(count == 17)
    }
}
