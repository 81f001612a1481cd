import Basics
import JSON
import Mapping
import Testing

@Suite("Broken resources are survived and never read as a value")
struct RobustnessTests {
    private static let observation = """
        {"resourceType":"Observation","id":"x","status":"final","code":{"coding":[{"system":\
        "http://loinc.org","code":"8867-4"}]},"subject":{"reference":"Patient/p"},\
        "effectiveDateTime":"2026-05-04T09:59:00Z","valueQuantity":{"value":80,"unit":"/min",\
        "system":"http://unitsofmeasure.org","code":"/min"}}
        """

    private func map(_ text: String) throws -> MappingReport {
        try ShippedProfile("news2").profile.map(
            patient: nil,
            resources: [try JSONDocument(parsing: text).root],
            patientID: "p",
            now: try moment("2026-05-04T10:00:00Z")
        )
    }

    private func pulse(_ report: MappingReport) -> MappingReport.Input? {
        report.inputs.first { $0.name == "pulse" }
    }

    /// The byte ranges of every value of the document, outermost first.
    private func places(_ value: JSONValue) -> [Range<Int>] {
        let start = value.byteOffset
        let quotes = value.kind == .string ? 2 : 0
        var places = [start..<start + value.rawBytes.count + quotes]
        for (_, child) in value.members { places += self.places(child) }
        for child in value.elements { places += self.places(child) }
        return places
    }

    @Test("The whole Observation gives a pulse")
    func whole() throws {
        #expect(pulse(try map(Self.observation))?.value?.text == "80 /min")
    }

    @Test(
        "Any part replaced by something else gives no pulse, or the same one",
        arguments: ["null", "true", "7", "\"x\"", "\"\"", "[]", "{}", "[[]]", "[null]", "-0.0e9"]
    )
    func replaced(_ junk: String) throws {
        let bytes = Array(Self.observation.utf8)
        let places = places(try JSONDocument(parsing: Self.observation).root)
        #expect(places.count > 15)
        for place in places {
            let text =
                String(decoding: bytes[..<place.lowerBound], as: UTF8.self) + junk
                + String(decoding: bytes[place.upperBound...], as: UTF8.self)
            let report = try map(text)
            let value = pulse(report)?.value?.text
            let isOwn = String(decoding: bytes[place], as: UTF8.self) == "80"
            // The number itself may become another plausible number, and only that one.
            #expect(value == nil || value == "80 /min" || isOwn, "\(place)")
            if value == nil { #expect(report.rejections.count + report.unaskedCount >= 1) }
        }
    }

    @Test("Rejections repeat nothing of what they reject")
    func saysNothing() throws {
        let text = Self.observation.split(separator: "/min").joined(separator: "SECRET1")
            .split(separator: "final").joined(separator: "SECRET2")
        let report = try map(text)
        for rejection in report.rejections {
            let all = rejection.sentence + rejection.accepted + rejection.path + rejection.resource
            #expect(!all.contains("SECRET"))
        }
        #expect(report.rejections.map(\.reason) == [.status])
    }

    @Test("An id that is none of FHIR's is not repeated")
    func hidesOddIDs() throws {
        let odd = Self.observation.split(separator: "\"id\":\"x\"")
            .joined(separator: "\"id\":\"<b>www.x.example\"")
        let source = pulse(try map(odd))?.source
        #expect(source?.resource == "Observation[0]")
    }
}
