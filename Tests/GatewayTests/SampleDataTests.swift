import Audit
import Basics
import CDSHooks
import Foundation
import HTTPMessages
import JSON
import Support
import Testing

@testable import Gateway

/// Records of whole patients, as three EHR exports have them.
@Suite(
    "The sample records",
    .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
)
struct SampleDataTests {
    /// A hook call with the record's Patient, Observations and Conditions as prefetch.
    static func body(_ bundle: JSONValue) -> (text: [UInt8], patientID: String)? {
        var patients: [JSONValue] = []
        var observations: [JSONValue] = []
        var newest = ""
        for entry in bundle["entry"]?.elements ?? bundle.elements {
            guard let resource = entry["resource"] else { continue }
            switch resource["resourceType"]?.stringValue {
            case "Patient": patients.append(entry)
            case "Observation":
                observations.append(entry)
                let time = resource["effectiveDateTime"]?.stringValue ?? ""
                if Instant(rfc3339: time) != nil { newest = max(newest, time) }
            default: continue
            }
        }
        guard let patient = patients.first?["resource"], let id = patient["id"]?.stringValue
        else { return nil }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("hook", "patient-view")
        writer.member("hookInstance", "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea")
        writer.name("context")
        writer.beginObject()
        writer.member("userId", "Practitioner/p")
        writer.member("patientId", id)
        writer.endObject()
        writer.name("prefetch")
        writer.beginObject()
        for (key, entries) in [("patient", patients), ("observations", observations)] {
            writer.name(key)
            writer.beginObject()
            writer.member("resourceType", "Bundle")
            writer.name("entry")
            writer.beginArray()
            for entry in entries { writer.value(entry) }
            writer.endArray()
            writer.endObject()
        }
        writer.endObject()
        if !newest.isEmpty {
            writer.name("extension")
            writer.beginObject()
            writer.member(HookRequest.replayExtension, newest)
            writer.endObject()
        }
        writer.endObject()
        return (writer.bytes, id)
    }

    @Test(
        "give cards or a named reason, and never 5xx",
        arguments: ["smart-stu3", "synthea-2019-r4", "synthea-uscore-inferno"]
    )
    func records(_ folder: String) async throws {
        let fixture = try GatewayFixture()
        let root = Shared.url("data/" + folder)
        let names = FileManager.default.enumerator(atPath: root.path)?.allObjects ?? []
        var count = 0
        for case let name as String in names where name.hasSuffix(".json") {
            let bytes = try Shared.bytes("data/\(folder)/\(name)")
            guard let call = Self.body(try JSONDocument(parsing: bytes).root) else { continue }
            for service in ["news2", "qsofa"] {
                count += 1
                let response = await fixture.send("POST", "/cds-services/" + service, call.text)
                #expect(response.status < 500, "\(name)")
                let isCard = try response.json["cards"]?.elements.contains { _ in true } ?? false
                let isNamed = try response.json["issue"]?.elements.contains { _ in true } ?? false
                #expect(isCard || isNamed, "\(name)")
            }
        }
        #expect(count > 0)
        #expect(fixture.sink.records.count == count)
        var outcomes: [String: Int] = [:]
        for record in fixture.sink.records { outcomes[record.outcome.rawValue, default: 0] += 1 }
        // Every record is of one patient, so nothing may be refused as a mismatch.
        #expect(!fixture.sink.records.contains { $0.status == 422 }, "\(outcomes)")
    }
}
