import Basics
import Foundation
import HTTPMessages
import JSON
import StructureDefinitions
import Support
import Testing

/// The commands of the compliance officer, against the running gateway.
@Suite("limen audit", .enabled(if: LiveGateway.isPresent, LiveGateway.absence))
struct AuditingTests {
    /// Fires NEWS2 for a patient of the test's own; the `hookInstance`.
    static func fire(_ patient: String) throws -> String {
        var charted = ChartedPatient()
        charted.measure("9279-1", "22", "/min")
        charted.measure("59408-5", "91", "%")
        charted.measure("8480-6", "101", "mm[Hg]")
        charted.measure("8867-4", "112", "/min")
        charted.measure("8310-5", "38.5", "Cel")
        charted.state("722742002")
        charted.consciousness("A")
        let instance = UUID().uuidString.lowercased()
        let body = charted.body.replacing("Patient/p1\"", with: "Patient/\(patient)\"")
            .replacing("\"p1\"", with: "\"\(patient)\"")
        let document = try JSONDocument(parsing: body).root
        let old = try #require(document["hookInstance"]?.stringValue)
        let response = try LiveGateway.post("news2", body.replacing(old, with: instance))
        try #require(response.status == 200)
        return instance
    }

    @Test("A patient's timeline and readers name the call, the card and who read of it since")
    func patient() throws {
        let patient = "audited-" + UUID().uuidString.prefix(8).lowercased()
        let instance = try Self.fire(patient)
        let refused = try LiveGateway.run(["audit", "timeline", patient])
        #expect(refused.exitCode == 2)
        #expect(refused.output.isEmpty)
        let timeline = try LiveGateway.run(
            ["audit", "timeline", patient, "--reason", "a complaint", "--zone", "+02:00"]
        )
        #expect(timeline.exitCode == 0, "\(timeline.error)")
        for part in ["Call " + instance, "fired patient-view", "Card shown", "+02:00  "] {
            #expect(timeline.output.contains(part), "\(part)\n\(timeline.output)")
        }
        let saw = try LiveGateway.run(
            ["audit", "who-saw", patient, "--reason", "a request", "--json"]
        )
        let readers = try saw.output.split(separator: "\n").map {
            try JSONDocument(parsing: String($0)).root
        }
        #expect(readers.contains { $0["way"]?.isString("answer") == true })
        // The timeline was read before, and says so.
        // Others who read of everybody meanwhile, as other tests do, have lines of their own.
        let reasons = readers.filter { $0["way"]?.isString("read") == true }
            .flatMap { $0["reasons"]?.elements.compactMap(\.stringValue) ?? [] }
        #expect(reasons.contains("a complaint"))
        let row = try #require(try LiveGateway.rows(hookInstance: instance).first)
        let show = try LiveGateway.run(
            ["audit", "show", row["eventId"]?.stringValue ?? "", "--reason", "a look"]
        )
        #expect(show.output.hasPrefix("Call " + instance))
    }

    @Test("Pages follow one another by cursors that fit no other question")
    func pages() throws {
        let patient = "paged-" + UUID().uuidString.prefix(8).lowercased()
        for _ in 0..<3 { _ = try Self.fire(patient) }
        let list = [
            "--patient", patient, "--kind", "decision", "--json", "--reason", "a complaint",
        ]
        let first = try LiveGateway.run(
            ["audit", "list", "--limit", "2"] + list
        )
        #expect(first.output.split(separator: "\n").count == 2)
        let cursor = try #require(
            first.error.split(separator: " ").last.map {
                $0.trimmingCharacters(in: .whitespacesAndNewlines)
            }
        )
        let second = try LiveGateway.run(["audit", "list", "--cursor", cursor] + list)
        #expect(second.output.split(separator: "\n").count == 1, "\(second.error)")
        let other = try LiveGateway.run(["audit", "list", "--kind", "decision", "--cursor", cursor])
        #expect(other.exitCode == 2)
    }

    @Test("An export is whole with its manifest, is valid FHIR, and is on record twice")
    func exports() throws {
        let patient = "exported-" + UUID().uuidString.prefix(8).lowercased()
        _ = try Self.fire(patient)
        let folder = FileManager.default.temporaryDirectory.path + "/limen-export-" + patient
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for format in ["csv", "audit-event", "provenance"] {
            let path = folder + "/" + format
            let run = try LiveGateway.run([
                "audit", "export", "--format", format, "--patient", patient, "--out", path,
                "--reason", "a request",
            ])
            #expect(run.exitCode == 0, "\(run.error)")
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
            let manifest = try JSONDocument(
                parsing: [UInt8](try Data(contentsOf: URL(filePath: path + ".manifest.json")))
            ).root
            #expect(manifest["complete"]?.boolValue == true)
            #expect(manifest["bytes"]?.integerValue == bytes.count)
            #expect(try #require(manifest["rows"]?.integerValue) >= 1)
            #expect(!FileManager.default.fileExists(atPath: path + ".part"))
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(!text.contains(patient), "people are pseudonyms")
            if format != "csv" {
                #expect(StrictReading.findings(inLinesOf: bytes).isEmpty, "\(text)")
            }
            // An export overwrites nothing.
            let again = try LiveGateway.run([
                "audit", "export", "--format", format, "--out", path, "--reason", "again",
            ])
            #expect(again.exitCode == 3)
        }
        let rows = try LiveGateway.run([
            "audit", "list", "--patient", patient, "--kind", "audit-export", "--json", "--reason",
            "a look",
        ])
        #expect(rows.output.split(separator: "\n").count == 6)
        let unexplained = try LiveGateway.run(["audit", "export", "--format", "csv"])
        #expect(unexplained.exitCode == 2)
    }

    @Test("A review is made, run and closed, and what was found is kept")
    func reviews() throws {
        let made = try LiveGateway.run([
            "audit", "review", "new", "reads", "--from", "2026-01-01", "--to", "2100-01-01",
            "--zone", "Z", "--json",
        ])
        #expect(made.exitCode == 0, "\(made.error)")
        let id = try #require(try JSONDocument(parsing: made.output).root["review"]?.stringValue)
        let early = try LiveGateway.run(["audit", "review", "close", id, "--found", "nothing"])
        #expect(early.exitCode == 1)
        _ = try LiveGateway.run(["audit", "list"])
        let run = try LiveGateway.run(["audit", "review", "run", id])
        #expect(run.exitCode == 1, "reads were found")
        #expect(run.output.contains("found "))
        let closed = try LiveGateway.run([
            "audit", "review", "close", id, "--found", "all in order",
        ])
        #expect(closed.exitCode == 0, "\(closed.error)")
        let twice = try LiveGateway.run(["audit", "review", "close", id, "--found", "again"])
        #expect(twice.exitCode == 1)
        let list = try LiveGateway.run(["audit", "review", "list"])
        #expect(list.output.contains(id))
    }

    @Test("What was decided is computed again from its rows with the same result")
    func recompute() throws {
        let patient = "recomputed-" + UUID().uuidString.prefix(8).lowercased()
        _ = try Self.fire(patient)
        let run = try LiveGateway.run([
            "audit", "recompute", "--patient", patient, "--reason", "a drill",
        ])
        #expect(run.exitCode == 0, "\(run.output) \(run.error)")
        #expect(run.output.contains("1  computed again with the same result"))
        // The row of the read says how many rows were read.
        let rows = try LiveGateway.run([
            "audit", "list", "--patient", patient, "--json", "--reason", "a complaint",
        ])
        let ends = try rows.output.split(separator: "\n").map {
            try JSONDocument(parsing: String($0)).root
        }.filter { row in
            row["flags"]?.elements.contains { $0.isString("recompute-complete") } == true
        }
        #expect(ends.map { $0["details"]?["rows"]?.integerValue } == [1], "\(rows.output)")
    }

    @Test("The doctor lists who may read which tenant, which is no weakness")
    func readers() throws {
        let run = try LiveGateway.run(["doctor"])
        #expect(run.output.contains("READS  limen_auditor_demo  demo\n"), "\(run.output)")
    }

    @Test("A day that --to names is the whole day, and a user is found by the id alone")
    func daysAndUsers() throws {
        let patient = "dated-" + UUID().uuidString.prefix(8).lowercased()
        _ = try Self.fire(patient)
        let now = Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1e6))
        let day = String(now.text.prefix(10))
        let list = [
            "audit", "list", "--patient", patient, "--kind", "decision", "--json", "--reason",
            "a complaint",
        ]
        let today = try LiveGateway.run(list + ["--to", day, "--zone", "-12:00"])
        #expect(today.exitCode == 0, "\(today.error)")
        #expect(today.output.split(separator: "\n").count == 1)
        for name in ["Practitioner/u1", "u1"] {
            let found = try LiveGateway.run(list + ["--user", name])
            #expect(found.output.split(separator: "\n").count == 1, "\(found.error)")
        }
        let refused = try LiveGateway.run(list + ["--user", "practitioner/u1"])
        #expect(refused.exitCode == 2)
        #expect(refused.error.contains("Practitioner/abc"))
    }

    @Test("A date needs a zone", arguments: ["2026-05-04", "2026-05-04T10:00:00", "yesterday"])
    func zones(text: String) throws {
        let run = try LiveGateway.run(["audit", "list", "--from", text])
        #expect(run.exitCode == 2)
        #expect(run.error.contains("zone") || run.error.contains("offset"))
    }
}
