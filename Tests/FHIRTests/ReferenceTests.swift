import JSON
import Testing

@testable import FHIR

@Suite("references")
struct ReferenceTests {
    static func reference(_ text: String) throws -> Reference {
        let json = try JSONDocument(parsing: "{\"reference\":\"\(text)\"}").root
        return try #require(Reference(json))
    }

    @Test(
        "are taken apart",
        arguments: [
            ("Patient/1", Reference.Target.relative(type: "Patient", id: "1", version: nil)),
            ("Patient/1/_history/2", .relative(type: "Patient", id: "1", version: "2")),
            (
                "https://a.example/fhir/Patient/x-1",
                .absolute(base: "https://a.example/fhir", type: "Patient", id: "x-1", version: nil)
            ),
            (
                "http://a.example/Patient/1/_history/3",
                .absolute(base: "http://a.example", type: "Patient", id: "1", version: "3")
            ),
            (
                "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
                .urn("urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0")
            ),
            ("#p1", .contained("p1")), ("#", .contained("")),
            ("patient/1", .other("patient/1")), ("Patient/", .other("Patient/")),
            ("Patient/1/2", .other("Patient/1/2")), ("Patient/a b", .other("Patient/a b")),
            ("Patient?identifier=1", .other("Patient?identifier=1")),
        ]
    )
    func targets(text: String, target: Reference.Target) throws {
        #expect(try Self.reference(text).target == target)
    }

    @Test("an id longer than 64 characters is none")
    func longID() {
        #expect(Reference.isLogicalID(String(repeating: "a", count: 64)))
        #expect(!Reference.isLogicalID(String(repeating: "a", count: 65)))
        #expect(!Reference.isLogicalID(""))
    }

    static let patient = Reference.Identity(
        type: "Patient",
        id: "1",
        fullURL: "https://a.example/fhir/Patient/1",
        serverBase: "https://a.example/fhir/"
    )
    static let bare = Reference.Identity(type: "Patient", id: "1")

    @Test(
        "are compared with a patient whose server is known",
        arguments: [
            ("Patient/1", Reference.Match.same), ("Patient/1/_history/7", .same),
            ("Patient/2", .different), ("Group/1", .different),
            ("https://a.example/fhir/Patient/1", .same),
            ("https://b.example/fhir/Patient/1", .different),
            ("https://a.example/fhir/Patient/2", .different),
            ("urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", .different),
            ("#p1", .undetermined), ("Patient?identifier=1", .undetermined),
        ]
    )
    func known(text: String, match: Reference.Match) throws {
        #expect(try Self.reference(text).matches(Self.patient) == match)
    }

    @Test(
        "are not taken for the same patient when the server is unknown",
        arguments: [
            ("Patient/1", Reference.Match.same),
            ("https://b.example/fhir/Patient/1", .sameIDUnknownServer),
            ("https://b.example/fhir/Patient/2", .different), ("urn:uuid:x", .undetermined),
        ]
    )
    func unknown(text: String, match: Reference.Match) throws {
        #expect(try Self.reference(text).matches(Self.bare) == match)
    }

    @Test("a UUID that is the patient's id or full URL is the patient")
    func uuid() throws {
        let uuid = "0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"
        let reference = try Self.reference("urn:uuid:" + uuid)
        #expect(reference.matches(.init(type: "Patient", id: uuid)) == .same)
        let entry = Reference.Identity(type: "Patient", id: "7", fullURL: "urn:uuid:" + uuid)
        #expect(reference.matches(entry) == .same)
    }

    @Test(
        "a reference without text is undetermined",
        arguments: [
            "{}", #"{"reference":5}"#,
            #"{"identifier":{"value":"x"}}"#, #"{"reference":""}"#,
        ]
    )
    func empty(json: String) throws {
        let reference = try #require(Reference(try JSONDocument(parsing: json).root))
        #expect(reference.matches(Self.bare) == .undetermined)
    }
}
