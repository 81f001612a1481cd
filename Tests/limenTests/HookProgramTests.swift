import Foundation
import JSON
import Support
import Testing

@testable import limen

@Suite(
    "limen hook, the built program",
    .enabled(if: BuiltProgram.isPresent, "the program is not built"),
    .serialized
)
struct HookProgramTests {
    static let news2 = #""deadline": "PT0.4S","#

    private static func suppress(_ rule: String) -> String { news2 + #""suppress":"# + rule + "," }

    @Test("lint has nothing to remark on what is shipped, as text and as JSON")
    func shipped() throws {
        try BuiltProgram.withHome { home in
            let text = try BuiltProgram.run(["hook", "lint"], home: home)
            #expect(text.exitCode == 0 && text.output == "nothing to remark\n", "\(text.error)")
            let json = try BuiltProgram.run(["hook", "lint", "--json"], home: home)
            #expect(json.exitCode == 0 && json.output == "{\"findings\":[]}\n")
        }
    }

    @Test("lint remarks on what may be more than was meant, for all services or for one")
    func remarks() throws {
        try BuiltProgram.withHome { home in
            let hook = home.appendingPathComponent("Hooks/news2.json")
            let rule = #"{"within":"P3D","by":"patient","critical":true}"#
            #expect(try BuiltProgram.edit(hook, Self.news2, Self.suppress(rule)))
            let all = try BuiltProgram.run(["hook", "lint"], home: home)
            #expect(all.exitCode == 1 && all.error.isEmpty)
            let lines = all.output.split(separator: "\n")
            #expect(lines.count == 3 && lines.allSatisfy { $0.hasPrefix("news2: limen.suppress.") })
            let one = try BuiltProgram.run(["hook", "lint", "news2", "--json"], home: home)
            #expect(one.exitCode == 1)
            let findings = try JSONDocument(parsing: one.output).root["findings"]
            #expect(
                findings?.elements.map { $0["path"]?.stringValue } == [
                    "limen.suppress.critical", "limen.suppress.within", "limen.suppress.by",
                ]
            )
            #expect(findings?.elements.allSatisfy { $0["sentence"]?.stringValue != nil } == true)
            let other = try BuiltProgram.run(["hook", "lint", "qsofa"], home: home)
            #expect(other.exitCode == 0 && other.output == "nothing to remark\n")
        }
    }

    @Test("lint names what cannot be loaded, and a service that is not there")
    func faults() throws {
        try BuiltProgram.withHome { home in
            let unknown = try BuiltProgram.run(["hook", "lint", "nothing"], home: home)
            #expect(unknown.exitCode == 2 && unknown.output.isEmpty)
            #expect(unknown.error.contains("news2"))
            let words = try BuiltProgram.run(["hook", "lint", "news2", "qsofa"], home: home)
            #expect(words.exitCode == 2 && words.error.contains("limen hook lint"))
            let hook = home.appendingPathComponent("Hooks/news2.json")
            #expect(
                try BuiltProgram.edit(hook, Self.news2, Self.suppress(#"{"within":"8 hours"}"#))
            )
            let broken = try BuiltProgram.run(["hook", "lint"], home: home)
            #expect(broken.exitCode == 3 && broken.output.isEmpty)
            #expect(broken.error.contains("limen.suppress.within"))
            #expect(!broken.error.contains("8 hours"), "a fault quotes nothing")
        }
    }

    @Test("model promote, rollback and status say that the database is away, and change nothing")
    func databaseAway() throws {
        try BuiltProgram.withHome { home in
            for words in [
                ["model", "promote", "news2", "--to", "news2", "--reason", "t"],
                ["model", "rollback", "news2", "--reason", "t"], ["model", "status", "news2"],
            ] {
                let process = BuiltProgram.process(words, home: home)
                var environment = process.environment ?? [:]
                environment["PGHOST"] = "127.0.0.1"
                environment["PGPORT"] = "1"
                environment["PGUSER"] = "limen_operator"
                process.environment = environment
                let (output, error) = (Pipe(), Pipe())
                process.standardOutput = output
                process.standardError = error
                try process.run()
                let text = output.fileHandleForReading.readDataToEndOfFile()
                let fault = String(
                    decoding: error.fileHandleForReading.readDataToEndOfFile(),
                    as: UTF8.self
                )
                process.waitUntilExit()
                #expect(process.terminationStatus == 4, "\(words) \(fault)")
                #expect(text.isEmpty && fault.contains("the database cannot be used"))
            }
        }
    }
}
