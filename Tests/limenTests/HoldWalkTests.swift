import Foundation
import JSON
import Posix
import Support
import Testing

/// Legal holds over epochs of pseudonyms, as a compliance officer walks through them beside a
/// gateway that runs.
@Suite(
    "The walk of a legal hold",
    .enabled(if: BuiltProgram.isPresent, "no built program"),
    .enabled(if: ClusterPrograms.arePresent, "no PostgreSQL programs: install postgresql")
)
struct HoldWalkTests {
    private let gateway = UpGateway(named: "hold")

    private var state: String { gateway.state }

    private func run(_ words: String...) throws -> BuiltProgram.Result {
        try gateway.run(words)
    }

    private func audit(_ line: String, reason: String? = "case 7") throws -> BuiltProgram.Result {
        var words = ["audit"] + line.split(separator: " ").map(String.init)
        if let reason { words += ["--reason", reason] }
        return try gateway.run(words)
    }

    private func fire() throws {
        let fired = try run("hook", "fire", "news2", "--bundle", state + "/example-bundle.json")
        try #require(fired.exitCode == 0, "\(fired.error)")
    }

    /// The patient of the example bundle.
    private func patient() throws -> String {
        let text = try String(contentsOfFile: state + "/example-bundle.json", encoding: .utf8)
        let root = try JSONDocument(parsing: text).root
        let resources = root["entry"]?.elements.compactMap { $0["resource"] } ?? []
        let found = resources.first { $0["resourceType"]?.isString("Patient") == true }
        return try #require(found?["id"]?.stringValue)
    }

    /// Expects a refusal with its exit code, and that it says these words.
    private func expectRefusal(
        _ line: String,
        _ code: Int32,
        _ words: String...,
        reason: String? = "case 7"
    ) throws {
        let answer = try audit(line, reason: reason)
        #expect(answer.exitCode == code, "\(line): \(answer.error)")
        for word in words {
            #expect(answer.error.contains(word), "\(line): \(answer.error)")
        }
    }

    @Test("A hold follows its patient into every epoch, and no epoch ends before it has")
    func walk() throws {
        defer { gateway.remove() }
        try gateway.start()
        try fire()
        let id = try patient()
        try refusals(id)
        let set = try audit("hold set --patient \(id)")
        #expect(set.exitCode == 0, "\(set.error)")
        #expect(!set.error.contains("no row"), "\(set.error)")
        let followed = try audit("hold follow")
        #expect(followed.exitCode == 0)
        #expect(followed.output.contains("every hold on a patient stands in every epoch"))
        try expectRefusal("keys end-epoch 1", 3, "epoch 1", "new-epoch")
        #expect(try audit("keys new-epoch").output == "epoch 2\n")
        try gateway.signal(SIGHUP)
        let plan = try audit("erase --patient \(id) --plan")
        #expect(plan.exitCode == 1)
        #expect(plan.output.contains("held"), "\(plan.output)")
        let event = try readers(id)
        let ended = try audit("keys end-epoch 1")
        #expect(ended.exitCode == 0, "\(ended.error)")
        try expectRefusal("keys end-epoch 1", 3, "no key of epoch 1", "none")
        let status = try audit("keys status --json", reason: nil)
        #expect(status.output.contains(#""pseudonymEpochs":[2]"#), "\(status.output)")
        // Who read before the epoch ended is named after it.
        let saw = try audit("who-saw \(id) --json", reason: "an access report")
        for reason in ["a timeline of both", "a list of both", "one event of the first"] {
            #expect(saw.output.contains(reason), "\(reason): \(saw.output)")
        }
        let rows = try audit("list --kind audit-read --caused-by \(event) --json", reason: nil)
        #expect(rows.output.contains(#""pseudonymEpoch":2"#), "\(rows.output)")
        // The patient is known by the second epoch alone, and still held.
        try UpGateway.wait {
            try fire()
            return try audit("erase --patient \(id) --plan").output.contains("held")
        }
        try expectRefusal("erase --patient \(id)", 1, "a legal hold forbids it")
        try refusedErasure()
        try unknownPatient()
        try lifting(set.output.trimmingCharacters(in: .whitespacesAndNewlines))
        try twoAtOnce()
    }

    /// Reads of the patient by every way, with two epochs at hand; the event that was shown.
    private func readers(_ id: String) throws -> String {
        let rows = try audit(
            "list --patient \(id) --kind decision --json",
            reason: "a list of both"
        )
        let row = try #require(rows.output.split(separator: "\n").last, "\(rows.error)")
        let event = try #require(
            try JSONDocument(parsing: String(row)).root["eventId"]?.stringValue
        )
        #expect(try audit("timeline \(id)", reason: "a timeline of both").exitCode == 0)
        #expect(try audit("show \(event)", reason: "one event of the first").exitCode == 0)
        return event
    }

    /// What is refused before anything is done, each with what would be accepted.
    private func refusals(_ id: String) throws {
        try expectRefusal("hold follow", 2, "--reason", reason: nil)
        try expectRefusal("hold follow now", 2, "hold follow")
        try expectRefusal("hold", 2, "hold set", "hold follow", "hold list")
        try expectRefusal("hold set", 2, "--patient ID", "--all")
        try expectRefusal("hold set --patient \(id) --all", 2, "either")
        try expectRefusal("hold set --patient a/b/c", 2, "--patient takes", "FHIR id")
        try expectRefusal("hold set --patient \(id)", 2, "--reason", reason: "for \(id)")
        for read in ["timeline \(id)", "who-saw Patient/\(id)", "list --patient \(id)"] {
            try expectRefusal(read, 2, "--reason names the patient", reason: "for \(id)")
        }
        try expectRefusal("hold lift 1", 2, "UUID", "hold list")
        let unknown = UUID().uuidString.lowercased()
        try expectRefusal("hold lift \(unknown)", 1, unknown, "hold list")
        try expectRefusal("keys end-epoch", 2, "end-epoch NUMBER")
        try expectRefusal("keys end-epoch two", 2, "whole number", "keys status")
        try expectRefusal("keys end-epoch 9", 3, "epoch 9", "none")
        try expectRefusal("keys remove nobody", 3, "old ones: none")
        try expectRefusal("keys remove x --gone abc", 3, "old ones")
        try expectRefusal("erase --review 1", 2, "UUID", "review list")
        try expectRefusal("retention drop --before 2999-01-01", 2, "six years", "or an earlier one")
        try expectRefusal("retention drop --before soon", 2, "YYYY-MM-DD")
        try expectRefusal("retention policy /dev/null", 3, "JSON object")
        try expectRefusal("spool show x", 2, "SEGMENT/NUMBER", reason: nil)
        try expectRefusal("spool show 1/1", 3, "1/1", "none", reason: nil)
    }

    /// An erasure that a hold forbids is in the trail as one: who wanted it, and that it was refused.
    private func refusedErasure() throws {
        let rows = try audit("list --kind erasure --limit 2 --json", reason: nil).output
            .split(separator: "\n").map { try JSONDocument(parsing: String($0)).root }
        try #require(rows.count == 2)
        #expect(rows[0]["flags"]?.elements.compactMap(\.stringValue) == ["refused"])
        #expect(rows[0]["outcome"]?.stringValue == "refused")
        #expect(rows[0]["details"]?["code"]?.stringValue == "LIMEN-STORE-031")
        #expect(rows[1]["flags"]?.elements.compactMap(\.stringValue) == ["ordered"])
        #expect(rows[1]["details"]?["reason"]?.stringValue == "case 7")
        #expect(rows[0]["causedBy"]?.stringValue == rows[1]["eventId"]?.stringValue)
    }

    /// A hold on a pseudonym that nobody can tell the patient of keeps its epoch's key.
    private func unknownPatient() throws {
        let pseudonym = String(repeating: "ab", count: 32)
        // The digits alone may be an id as well: a hold on the wrong one is a hold on nobody.
        for line in ["hold set --patient \(pseudonym)", "erase --patient \(pseudonym) --plan"] {
            try expectRefusal(line, 2, "Patient/ID", "pseudonym:DIGITS")
        }
        let review = "review new reads --from 2026-01-01T00:00:00Z --to 2030-01-01T00:00:00Z"
        try expectRefusal(
            "\(review) --patient \(pseudonym)",
            2,
            "Patient/ID",
            "pseudonym:DIGITS",
            reason: nil
        )
        try expectRefusal(
            "\(review) --patient pseudonym:\(pseudonym)",
            1,
            "no pseudonym of the trail",
            reason: nil
        )
        let set = try audit("hold set --patient pseudonym:\(pseudonym)")
        #expect(set.exitCode == 0)
        #expect(set.error.contains("no row of this patient"), "\(set.error)")
        let hold = set.output.trimmingCharacters(in: .whitespacesAndNewlines)
        try expectRefusal("hold follow", 1, hold, "--patient")
        let begun = try audit("keys new-epoch")
        #expect(begun.exitCode == 1)
        #expect(begun.error.contains(hold), "\(begun.error)")
        try expectRefusal("keys end-epoch 2", 1, hold, "stays until then")
        #expect(try audit("hold lift \(hold)").exitCode == 0)
        #expect(try audit("keys end-epoch 2").exitCode == 0)
    }

    private func lifting(_ hold: String) throws {
        #expect(try audit("hold lift \(hold)").exitCode == 0)
        try expectRefusal("hold lift \(hold)", 1, hold)
        // The order stands in the trail, and what came of it: done once, refused once.
        let rows = try audit("list --kind legal-hold --limit 4 --json", reason: nil).output
            .split(separator: "\n").map { try JSONDocument(parsing: String($0)).root }
        let endings = rows.map { row in
            let flags = row["flags"]?.elements.compactMap(\.stringValue) ?? []
            return (flags + [row["outcome"]?.stringValue ?? ""]).joined(separator: " ")
        }
        #expect(
            endings == [
                "lift refused refused", "lift ordered done", "lift done done", "lift ordered done",
            ]
        )
        #expect(rows[0]["causedBy"]?.stringValue == rows[1]["eventId"]?.stringValue)
        #expect(rows[0]["status"]?.integerValue == 409)
        let list = try audit("hold list", reason: nil)
        #expect(list.exitCode == 0)
        #expect(list.output.contains(hold))
    }

    /// While one command changes the key file, another is turned away and changes nothing.
    private func twoAtOnce() throws {
        let vault = state + "/secrets/tenant-demo.vault"
        let before = try String(contentsOfFile: vault, encoding: .utf8)
        guard let lock = try FileLock.take(path: vault + ".lock") else {
            Issue.record("the key file is locked though no command runs")
            return
        }
        for line in ["keys rotate", "keys new-epoch", "keys remove x", "keys end-epoch 2"] {
            try expectRefusal(line, 4, "another command")
        }
        #expect(try String(contentsOfFile: vault, encoding: .utf8) == before)
        extendLifetime(lock)
    }
}
