import Foundation
import Support

/// Patients with the vital signs of a NEWS2, as FHIR NDJSON, in a folder of its own.
struct BatchData {
    let folder: URL

    /// The moment as of which they are scored.
    static let moment = "2026-05-04T10:00:00Z"

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("limen-batch-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Removes the folder.
    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// The path of a file in the folder.
    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// Writes a file of lines and answers its path.
    func write(_ name: String, _ lines: [String]) throws -> String {
        let url = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        let text = lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
        try Data(text.utf8).write(to: url)
        return url.path
    }

    /// The text of a file in the folder.
    func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    /// Whether a file is in the folder.
    func has(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: path(name))
    }

    /// The Patient of a number.
    static func patient(_ id: String, birthDate: String = "1960-01-01") -> String {
        #"{"resourceType":"Patient","id":"\#(id)","birthDate":"\#(birthDate)"}"#
    }

    /// One charted value of a patient.
    static func vital(
        _ id: String,
        _ loinc: String,
        _ value: String,
        _ unit: String,
        subject: String? = nil
    ) -> String {
        let reference = subject ?? "Patient/" + id
        return #"{"resourceType":"Observation","id":"\#(id)-\#(loinc)","status":"final","#
            + #""code":{"coding":[{"system":"http://loinc.org","code":"\#(loinc)"}]},"#
            + #""subject":{"reference":"\#(reference)"},"#
            + #""effectiveDateTime":"2026-05-04T09:30:00Z","valueQuantity":{"value":\#(value),"#
            + #""system":"http://unitsofmeasure.org","code":"\#(unit)"}}"#
    }

    /// A record in which a SNOMED CT code says it all.
    static func state(_ id: String, _ code: String, _ value: String = "") -> String {
        #"{"resourceType":"Observation","id":"\#(id)-\#(code)","status":"final","#
            + #""code":{"coding":[{"system":"http://snomed.info/sct","code":"\#(code)"}]},"#
            + #""subject":{"reference":"Patient/\#(id)"},"#
            + #""effectiveDateTime":"2026-05-04T09:30:00Z"\#(value)}"#
    }

    /// All resources of a patient whose NEWS2 is that of the pulse and the respiration.
    static func resources(_ id: String, respiration: Int = 16, pulse: Int = 70) -> [String] {
        let alert =
            #","valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","#
            + #""code":"248234008"}]}"#
        return [
            patient(id), vital(id, "9279-1", String(respiration), "/min"),
            vital(id, "2708-6", "97", "%"), vital(id, "8480-6", "120", "mm[Hg]"),
            vital(id, "8867-4", String(pulse), "/min"), vital(id, "8310-5", "37.0", "Cel"),
            state(id, "722742002"), state(id, "1104441000000107", alert),
        ]
    }

    /// The resources of many patients, lying apart: every 10th patient lacks the respiration.
    static func population(_ count: Int) -> [String] {
        let patients = (0..<count).map { number -> [String] in
            let all = resources("p\(number)", respiration: 8 + number % 20, pulse: 50 + number % 90)
            return number % 10 == 9 ? all.filter { !$0.contains("9279-1") } : all
        }
        let longest = patients.map(\.count).max() ?? 0
        return (0..<longest).flatMap { position in
            patients.reversed().compactMap { $0.indices.contains(position) ? $0[position] : nil }
        }
    }
}
