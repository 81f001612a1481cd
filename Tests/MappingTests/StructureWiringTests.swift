import Basics
import FHIR
import Foundation
import JSON
import Mapping
import Support
import Testing

/// A profile of which an alternative names a StructureDefinition.
@Suite("An alternative that names a profile")
struct StructureWiringTests {
    static let url = "https://limen.example/StructureDefinition/monitored-temperature"

    private static func document(_ name: String) throws -> JSONDocument {
        let folder = Shared.checkout.appendingPathComponent("Tests/Cases/structure")
        let data = try Data(contentsOf: folder.appendingPathComponent(name))
        return try JSONDocument(parsing: Array(data))
    }

    private static func files() throws -> [String: JSONDocument] {
        let names = [
            "monitored-temperature.structuredefinition.json", "temperature-units.valueset.json",
        ]
        var files: [String: JSONDocument] = [:]
        for name in names { files[name] = try document(name) }
        return files
    }

    private static func profile(
        _ url: String = url,
        structures: [String: JSONDocument]
    ) throws -> Profile {
        let text = #"""
            {"format":"limen-profile/1","url":"urn:p","version":"1","status":"active",
             "model":"model.pmml","defaults":{"within":"PT12H"},"inputs":[
             {"name":"temperature","type":"quantity","unit":"Cel","from":[
              {"code":["http://loinc.org|8310-5"],"path":"value.ofType(Quantity)",
               "profile":["\#(url)"]}]}]}
            """#
        return try Profile(
            parsing: JSONDocument(parsing: text),
            conceptMaps: [:],
            structures: structures
        )
    }

    private static func map(_ profile: Profile, _ more: String) throws -> MappingReport {
        let text = #"""
            {"resourceType":"Observation","id":"t","status":"final",
             "category":[{"coding":[{"code":"vital-signs",
              "system":"http://terminology.hl7.org/CodeSystem/observation-category"}]}],
             "code":{"coding":[{"system":"http://loinc.org","code":"8310-5"}]},
             "subject":{"reference":"Patient/p1"},"effectiveDateTime":"2026-05-04T09:30:00Z"\#(more)}
            """#
        return profile.map(
            patient: nil,
            resources: [try JSONDocument(parsing: text).root],
            patientID: "p1",
            now: try moment("2026-05-04T10:00:00Z")
        )
    }

    private static let value =
        #","valueQuantity":{"value":37,"system":"http://unitsofmeasure.org","code":"Cel"}"#

    @Test("whose file lies beside takes what conforms, whether it declares the profile or not")
    func conforms() throws {
        let profile = try Self.profile(structures: try Self.files())
        let report = try Self.map(profile, Self.value + #","device":{"reference":"Device/d"}"#)
        #expect(report.inputs[0].value == .quantity(DecimalNumber(37), unit: "Cel"))
        #expect(report.rejections.isEmpty)
    }

    @Test("whose file lies beside refuses what only declares it, at the path that is wrong")
    func violates() throws {
        let profile = try Self.profile(structures: try Self.files())
        let claim = #","meta":{"profile":["\#(Self.url)"]}"#
        let report = try Self.map(profile, Self.value + claim)
        #expect(report.inputs[0].value == nil)
        let rejection = try #require(report.rejections.first)
        #expect(rejection.reason == .profile)
        #expect(rejection.path == "Observation")
        #expect(rejection.accepted == "tmp-1: device.exists() or performer.exists()")
    }

    @Test("tells the element and what would be accepted")
    func path() throws {
        let profile = try Self.profile(structures: try Self.files())
        let kelvin =
            #","device":{"reference":"Device/d"},"valueQuantity":{"value":37,"code":"K","#
            + #""system":"http://unitsofmeasure.org"}"#
        let rejection = try #require(try Self.map(profile, kelvin).rejections.first)
        #expect(rejection.reason == .profile)
        #expect(rejection.path == "valueQuantity.code")
        #expect(rejection.accepted == "a code of https://limen.example/ValueSet/temperature-units")
    }

    @Test("without a file asks for the declaration, as before")
    func claim() throws {
        let profile = try Self.profile(structures: [:])
        #expect(profile.uncheckedStructure.isEmpty)
        let silent = try Self.map(profile, Self.value)
        #expect(silent.rejections.first?.path == "meta.profile")
        let declared = try Self.map(profile, Self.value + #","meta":{"profile":["\#(Self.url)"]}"#)
        #expect(declared.inputs[0].value != nil)
    }

    @Test("tells at load what cannot be checked")
    func gaps() throws {
        let profile = try Self.profile(structures: try Self.files())
        #expect(profile.uncheckedStructure.count == 1)
        #expect(profile.uncheckedStructure[0].hasPrefix("Observation.bodySite: "))
    }

    @Test("of another version than the file is refused at load")
    func version() throws {
        let files = try Self.files()
        _ = try Self.profile(Self.url + "|1.2.0", structures: files)
        let error = #expect(throws: ProfileError.self) {
            try Self.profile(Self.url + "|1.1.0", structures: files)
        }
        #expect(error?.code == .invalidStructure)
        #expect(error?.path == "inputs[0].from[0].profile[0]")
    }

    @Test("whose file has a fault is refused at load, by file and path")
    func fault() throws {
        let text = #"""
            {"resourceType":"StructureDefinition","url":"urn:x","kind":"resource",
             "type":"Observation","differential":{"element":[
              {"id":"Observation.code","path":"Observation.code","mustHaveValue":true}]}}
            """#
        let file = "x.structuredefinition.json"
        let error = #expect(throws: ProfileError.self) {
            try Self.profile(structures: [file: JSONDocument(parsing: text)])
        }
        #expect(error?.code == .invalidStructure)
        #expect(error?.path == file + "#differential.element[0].mustHaveValue")
        #expect(error?.place.line == 3)
    }

    @Test("of which two files speak is refused at load")
    func twice() throws {
        var files = try Self.files()
        files["z.structuredefinition.json"] =
            files["monitored-temperature.structuredefinition.json"]
        let error = #expect(throws: ProfileError.self) {
            try Self.profile(structures: files)
        }
        #expect(error?.code == .invalidStructure)
        #expect(error?.path == "z.structuredefinition.json#url")
    }
}
