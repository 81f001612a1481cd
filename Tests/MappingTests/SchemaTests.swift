import Foundation
import JSON
import Support
import Testing

@Suite("The JSON Schemas of the formats")
struct SchemaTests {
    private func schema(_ name: String) throws -> SchemaCheck {
        let url = Shared.checkout.appendingPathComponent(
            "Profiles/schema/limen-\(name)-1.schema.json"
        )
        return SchemaCheck(root: try JSONDocument(parsing: Array(Data(contentsOf: url))).root)
    }

    @Test(
        "A schema uses no keyword that this check ignores",
        arguments: ["profile", "conceptmap", "cases"]
    )
    func isUnderstood(_ name: String) throws {
        #expect(try schema(name).unknownKeywords().isEmpty)
    }

    @Test(
        "Every shipped file fits its schema",
        arguments: ShippedProfile.names + ShippedProfile.syntheticNames
    )
    func fits(_ name: String) throws {
        let profile = try ShippedProfile.document("profile.json", of: name)
        #expect(try schema("profile").faults(profile.root).isEmpty)
        for (file, map) in try ShippedProfile.conceptMaps(of: name) {
            #expect(try schema("conceptmap").faults(map.root).isEmpty, "\(file)")
        }
        let folder = ShippedProfile.folder(name).appendingPathComponent("cases").path
        for file in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let cases = try ShippedProfile.document("cases/" + file, of: name)
            #expect(try schema("cases").faults(cases.root).isEmpty, "\(file)")
            #expect(cases.root["profile"]?.stringValue == name)
        }
    }

    @Test(
        "Every shipped hook and client fits its schema, as far as the keywords are understood",
        arguments: [
            ("limen-hook-1.schema.json", "Hooks/news2.json"),
            ("limen-hook-1.schema.json", "Hooks/qsofa.json"),
            ("limen-client-1.schema.json", "Hooks/clients/example.json"),
        ]
    )
    func fits(_ schema: String, _ file: String) throws {
        func document(_ path: String) throws -> JSONDocument {
            let url = Shared.checkout.appendingPathComponent(path)
            return try JSONDocument(parsing: Array(Data(contentsOf: url)))
        }
        let check = SchemaCheck(root: try document("Profiles/schema/" + schema).root)
        #expect(check.faults(try document(file).root).isEmpty)
        #expect(!check.faults(try JSONDocument(parsing: #"{"id":1}"#).root).isEmpty)
    }

    @Test(
        "What does not fit is found",
        arguments: [
            ("{}", " required format"), ("[]", " type"),
            (#"{"inputs":[{"nam":"x"}]}"#, ".inputs[0].nam additionalProperties"),
            (#"{"inputs":[]}"#, ".inputs minItems"),
            (#"{"format":"limen-profile/2"}"#, ".format const"),
            (#"{"inputs":[{"type":"text"}]}"#, ".inputs[0].type enum"),
        ]
    )
    func refuses(text: String, fault: String) throws {
        let faults = try schema("profile").faults(JSONDocument(parsing: text).root)
        #expect(faults.contains(fault))
    }
}
