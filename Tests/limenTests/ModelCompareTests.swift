import Foundation
import JSON
import Posix
import Support
import Testing

@testable import limen

@Suite("limen model compare")
struct ModelCompareTests {
    private static func patient(_ id: String, _ values: [(code: String, value: String)]) -> String {
        let units = ["9279-1": "/min", "8480-6": "mm[Hg]", "9269-2": "{score}"]
        var lines = #"{"resourceType":"Patient","id":"\#(id)","birthDate":"1960-02-03"}"# + "\n"
        for (code, value) in values {
            lines +=
                #"{"resourceType":"Observation","id":"\#(id)-\#(code)","status":"final","code":"#
                + #"{"coding":[{"system":"http://loinc.org","code":"\#(code)"}]},"#
                + #""subject":{"reference":"Patient/\#(id)"},"#
                + #""effectiveDateTime":"2026-05-04T09:30:00Z","valueQuantity":{"value":\#(value),"#
                + #""system":"http://unitsofmeasure.org","code":"\#(units[code] ?? "1")"}}"# + "\n"
        }
        return lines
    }

    /// One patient at each side of what the other version decides otherwise.
    private static func data() throws -> DataFolder {
        let text =
            patient("anna", [("9279-1", "24"), ("8480-6", "95"), ("9269-2", "15")])
            + patient("berta", [("9279-1", "16"), ("8480-6", "120"), ("9269-2", "15")])
            + patient("carla", [("9279-1", "24"), ("8480-6", "120"), ("9269-2", "15")])
            + patient("doris", [("9279-1", "24")])
        return try DataFolder(["all.ndjson": text])
    }

    /// A copy of qSOFA, with a text of its model and one of its profile replaced.
    private static func version(
        _ model: (String, String),
        _ profile: (String, String) = ("", "")
    ) throws -> DataFolder {
        let folder = try DataFolder([:])
        try Folder.create(path: folder.path)
        let shipped = Shared.checkout.appendingPathComponent("Profiles/qsofa").path
        for (name, bytes) in try ConfigurationFiles.read(folder: shipped)
        where !name.contains("/") {
            var text = String(decoding: bytes, as: UTF8.self)
            if name == "model.pmml" {
                // A changed model cannot agree with the rows of the shipped one.
                let rows = /<ModelVerification[\s\S]*<\/ModelVerification>/
                text = text.replacing(rows, with: "")
                text = text.replacing(model.0, with: model.1)
            }
            if name == "profile.json" { text = text.replacing(profile.0, with: profile.1) }
            try File.writeAtomically(path: folder.path + "/" + name, Array(text.utf8))
        }
        return folder
    }

    private static func comparison(
        _ version: DataFolder?,
        lists: Bool = false
    ) throws -> ModelComparison {
        let data = try data()
        var comparison = ModelComparison(
            try ProfileSides(old: "qsofa", new: version?.path ?? "qsofa"),
            moment: try EvaluationMoment("2026-05-04T10:00:00Z"),
            listsPatients: lists
        )
        var source = try PatientSource([data.path], showsProgress: false)
        try source.forEachPatient { (record) throws(CommandError) in comparison.add(record) }
        comparison.finish(source)
        return comparison
    }

    @Test("A version compared with itself changes nothing")
    func same() throws {
        let comparison = try Self.comparison(nil)
        #expect(comparison.patientCount == 4)
        #expect(comparison.changedCount == 0)
        #expect(comparison.faultCount == 0)
        #expect(comparison.text(limit: 9).contains("the same for all 3 patients"))
    }

    @Test("Another threshold changes the score and the band of just whom it concerns")
    func threshold() throws {
        let version = try Self.version((#"value="22""#, #"value="25""#))
        let comparison = try Self.comparison(version, lists: true)
        let json = try JSONDocument(parsing: comparison.json).root
        #expect(comparison.faultCount == 0)
        #expect(json["patients"]?.integerValue == 4)
        // Anna falls from 2 to 1, Carla from 1 to 0; Berta had 0, and Doris has none.
        let changes = json["changes"].map { Array($0.elements) } ?? []
        #expect(changes.compactMap { $0["patient"]?.stringValue }.prefix(1) == ["anna"])
        #expect(changes.first?["score"]?["a"]?.stringValue == "2")
        #expect(changes.first?["score"]?["b"]?.stringValue == "1")
        #expect(changes.first?["band"]?["a"]?.stringValue?.contains("positive") == true)
        #expect(changes.contains { $0["patient"]?.stringValue == "carla" })
        #expect(!changes.contains { $0["patient"]?.stringValue == "berta" })
        #expect(json["aspects"]?["outcome"]?["changed"]?.integerValue == 0)
        #expect(json["aspects"]?["band"]?["changed"]?.integerValue == 1)
        #expect(json["score"]?["computedByBoth"]?.integerValue == 3)
        #expect(json["score"]?["differ"]?.integerValue == 2)
        #expect(json["a"]?["modelSHA256"]?.stringValue != json["b"]?["modelSHA256"]?.stringValue)
    }

    @Test("Who can no longer be computed is counted as another outcome")
    func outcome() throws {
        let version = try Self.version(("", ""), ("[ 30, 300 ]", "[ 100, 300 ]"))
        let json = try JSONDocument(parsing: Self.comparison(version).json).root
        #expect(json["aspects"]?["outcome"]?["changed"]?.integerValue == 1)
        let moves = json["aspects"]?["outcome"]?["transitions"]
        #expect(moves?["computed -> incomplete"]?.integerValue == 1)
    }

    @Test("Without --list no patient and no value of one is in the report")
    func noPatientData() throws {
        let version = try Self.version((#"value="22""#, #"value="25""#))
        let comparison = try Self.comparison(version)
        for text in [comparison.text(limit: 40), comparison.json] {
            for word in ["anna", "carla", "doris", "1960", "all.ndjson"] {
                #expect(!text.contains(word), "\(word) is in the report")
            }
        }
        #expect(comparison.text(limit: 40).contains("--list names the patients"))
        #expect(try Self.comparison(version, lists: true).text(limit: 40).contains("anna"))
    }
}
