import Foundation
import JSON
import Support
import Testing

@testable import limen

@Suite(
    "limen map, the built program",
    .enabled(if: BuiltProgram.isPresent, "the program is not built"),
    .serialized
)
struct MapProgramTests {
    @Test("test runs every profile, and its JUnit file and JSON agree with the exit code")
    func tests() throws {
        try BuiltProgram.withHome { home in
            let report = home.appendingPathComponent("report.xml")
            let all = try BuiltProgram.run(
                ["map", "test", "--junit", report.path, "--json"],
                home: home
            )
            #expect(all.exitCode == 0)
            let root = try JSONDocument(parsing: all.output).root
            #expect(root["format"]?.stringValue == "limen-map-test/1")
            let profiles = root["profiles"]?.elements.map { $0["name"]?.stringValue } ?? []
            #expect(profiles.contains("news2") && profiles.contains("qsofa"))
            let xml = try String(contentsOf: report, encoding: .utf8)
            #expect(try XMLTree.read(Array(xml.utf8)).elementCount > 200)
            #expect(xml.contains("failures=\"0\" errors=\"0\""))
        }
    }

    @Test("--update mends what fails, changes nothing else, and says what it did")
    func update() throws {
        try BuiltProgram.withHome { home in
            let profile = home.appendingPathComponent("Profiles/news2/profile.json")
            #expect(try BuiltProgram.edit(profile, #""within": "PT12H""#, #""within": "PT6H""#))
            let failed = try BuiltProgram.run(["map", "test", "news2"], home: home)
            #expect(failed.exitCode == 1)
            #expect(failed.output.contains("FAILED news2: twelve hours old to the second"))
            let cases = home.appendingPathComponent("Profiles/news2/cases/time.json")
            let before = try String(contentsOf: cases, encoding: .utf8)
            let update = try BuiltProgram.run(["map", "test", "news2", "--update"], home: home)
            #expect(update.exitCode == 0)
            #expect(update.output.contains("inputs.pulse: 80 /min -> missing"))
            let after = try String(contentsOf: cases, encoding: .utf8)
            let old = before.split(separator: "\n", omittingEmptySubsequences: false)
            let new = after.split(separator: "\n", omittingEmptySubsequences: false)
            let change = new.difference(from: old)
            #expect(change.removals.count == 2)
            #expect(change.insertions.count == 9)
            #expect(try BuiltProgram.run(["map", "test", "news2"], home: home).exitCode == 0)
        }
    }

    @Test("a profile that lies elsewhere is tested and updated where it lies")
    func elsewhere() throws {
        try BuiltProgram.withHome { home in
            let folder = home.appendingPathComponent("elsewhere/twin")
            try FileManager.default.createDirectory(
                at: folder.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            let shipped = home.appendingPathComponent("Profiles/qsofa")
            try FileManager.default.copyItem(at: shipped, to: folder)
            try FileManager.default.removeItem(at: folder.appendingPathComponent("cases"))
            let cases = folder.appendingPathComponent("cases")
            try FileManager.default.createDirectory(at: cases, withIntermediateDirectories: true)
            let text =
                #"{"format":"limen-cases/1","profile":"twin","cases":[{"name":"nobody","#
                + #""at":"2026-05-04T10:00:00Z","patient":"p","bundle":{"resourceType":"Bundle","entry":[]},"#
                + #""expect":{"unasked":9}}]}"#
            let file = cases.appendingPathComponent("own.json")
            try text.write(to: file, atomically: true, encoding: .utf8)
            let failed = try BuiltProgram.run(["map", "test", "elsewhere/twin/"], home: home)
            #expect(failed.exitCode == 1)
            #expect(failed.output.contains("elsewhere/twin/cases/own.json:1:"))
            let update = ["map", "test", "elsewhere/twin", "--update"]
            #expect(try BuiltProgram.run(update, home: home).exitCode == 0)
            let after = try String(contentsOf: file, encoding: .utf8)
            #expect(after == text.replacing(#""unasked":9"#, with: #""unasked":0"#))
        }
    }

    @Test("explain reads standard input, and a pipe gets no colours and no broken lines")
    func explain() throws {
        try BuiltProgram.withHome { home in
            let result = try BuiltProgram.run(
                ["map", "explain", "news2", "-", "--at", "2026-05-04T10:00:00Z"],
                home: home,
                input: MapExplainTests.bundle
            )
            #expect(result.exitCode == 1)
            #expect(result.error.isEmpty)
            #expect(!result.output.contains("\u{1B}"))
            #expect(result.output.contains("101.3 [degF] -> 38.5 Cel: (value - 32) x 5/9"))
            #expect(result.output.split(separator: "\n").contains { $0.count > 120 })
        }
    }

    private static let wrongLines: [(String, Int32)] = [
        ("map", 2), ("map explian", 2), ("map explain news2", 2), ("map explain news9 x", 2),
        ("map explain news2 absent.json", 3), ("map explain news2 -", 3),
        ("map explain news2 - --at noon", 2), ("map test news9", 2), ("map new", 2),
        ("map new x", 2), ("map new .. --input a", 2), ("map new news2 --input a:Cel", 3),
        ("map watch", 2), ("map watch news2 -", 2), ("map test --filter xyzzy", 2),
    ]

    @Test(
        "a command line that is off ends with 2, input or configuration with 3",
        arguments: wrongLines
    )
    func exitCodes(_ line: String, _ code: Int32) throws {
        let arguments = line.split(separator: " ").map(String.init)
        try BuiltProgram.withHome { home in
            let result = try BuiltProgram.run(
                arguments,
                home: home,
                input: arguments.contains("--at") ? MapExplainTests.bundle : "{"
            )
            #expect(result.exitCode == code, "\(result.error)")
            #expect(result.error.hasPrefix("limen: "))
            #expect(result.output.isEmpty)
        }
    }

    @Test("new writes a scaffold that says what is open, and never overwrites")
    func new() throws {
        try BuiltProgram.withHome { home in
            let model = home.appendingPathComponent("Profiles/qsofa/model.pmml").path
            let arguments = ["map", "new", "own", "--model", model]
            let made = try BuiltProgram.run(arguments, home: home)
            #expect(made.exitCode == 0)
            #expect(made.output.contains("wrote Profiles/own/profile.json"))
            #expect(made.output.contains("inputs[0] respiratoryRate: the system|code tokens"))
            let open = try BuiltProgram.run(["map", "test", "own"], home: home)
            #expect(open.exitCode == 3)
            #expect(open.output.contains("Profiles/own/profile.json:12:15: defaults.within: still"))
            let profile = home.appendingPathComponent("Profiles/own/profile.json")
            #expect(try BuiltProgram.edit(profile, #""within": """#, #""within": "PT1H""#))
            let before = try Data(contentsOf: profile)
            let again = try BuiltProgram.run(arguments, home: home)
            #expect(again.exitCode == 3)
            #expect(again.error.contains("is there already"))
            #expect(try Data(contentsOf: profile) == before)
        }
    }

    @Test("watch draws again on a change, shows an error with its place, and ends with Ctrl-C")
    func watch() throws {
        try BuiltProgram.withHome { home in
            let process = BuiltProgram.process(["map", "watch", "qsofa"], home: home)
            let output = Pipe()
            process.standardOutput = output
            process.standardError = output
            try process.run()
            // Where nothing fits, the reading ends with the program.
            DispatchQueue.global().asyncAfter(deadline: .now() + 300) {
                if process.isRunning { process.terminate() }
            }
            var text = ""
            /// Reads until a page that fits has been drawn to its end: on a busy machine a file that is
            /// replaced may be seen twice.
            func sees(_ fits: (Substring) -> Bool) -> Bool {
                while true {
                    while let end = text.firstRange(of: "Ctrl-C ends") {
                        let isFitting = fits(text[..<end.upperBound])
                        text.removeSubrange(..<end.upperBound)
                        if isFitting { return true }
                    }
                    let piece = output.fileHandleForReading.availableData
                    guard !piece.isEmpty else { return false }
                    text += String(decoding: piece, as: UTF8.self)
                }
            }
            #expect(sees { $0.contains("passed") })
            let profile = home.appendingPathComponent("Profiles/qsofa/profile.json")
            #expect(try BuiltProgram.edit(profile, #""unit": "/min","#, #""unit": "/min",,"#))
            #expect(sees { $0.contains(#/Profiles/qsofa/profile\.json:\d+:22: /#) })
            #expect(try BuiltProgram.edit(profile, #""unit": "/min",,"#, #""unit": "/min","#))
            #expect(sees { $0.contains("passed") })
            process.interrupt()
            process.waitUntilExit()
            #expect(process.terminationReason == .exit)
            #expect(process.terminationStatus == 0)
        }
    }
}
