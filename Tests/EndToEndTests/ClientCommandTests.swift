import Foundation
import JSON
import Support
import Testing

@Suite("Clients on the command line", .enabled(if: LiveGateway.isPresent, LiveGateway.absence))
struct ClientCommandTests {
    /// A folder of its own that is removed at the end.
    static func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("limen-clients-" + UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test("an EHR of tokens fires a hook, as often as it likes")
    func fireAs() throws {
        let bundle = try #require(LiveGateway.state) + "/example-bundle.json"
        for _ in 0..<2 {
            let run = try LiveGateway.run(
                ["hook", "fire", "news2", "--bundle", bundle, "--as", "demo-ehr", "--json"]
            )
            #expect(run.exitCode == 0, "\(run.error)")
            #expect(run.output.contains("\"cards\""))
        }
        let stranger = try LiveGateway.run(
            ["hook", "fire", "news2", "--bundle", bundle, "--as", "nobody"]
        )
        #expect(stranger.exitCode == 3 && stranger.error.contains("no signing key"))
    }

    @Test("a new client is sound, is never overwritten, and gets another key beside the old one")
    func new() throws {
        try Self.inFolder { folder in
            let arguments = ["client", "new", "ward", "--tenant", "a", "--clients", folder]
            let made = try LiveGateway.run(arguments)
            #expect(made.exitCode == 0, "\(made.error)")
            let key = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(key.hasPrefix("ward.") && key.count == "ward.".count + 64)
            let file = folder + "/ward.json"
            #expect(!(try String(contentsOfFile: file, encoding: .utf8)).contains(key))
            #expect(try LiveGateway.run(arguments).exitCode == 3)
            let other = try LiveGateway.run(["client", "key", "ward", "--clients", folder])
            #expect(other.exitCode == 0)
            #expect(other.error.contains("shown this once, \(file) has its hash"))
            let check = try LiveGateway.run(["client", "check", "ward", "--clients", folder])
            #expect(check.exitCode == 0 && check.output.contains("valid until"))
            let third = try LiveGateway.run(["client", "key", "ward", "--clients", folder])
            #expect(third.exitCode == 3 && third.output.isEmpty)
        }
    }

    @Test("everything that is wrong is named with file, line and column")
    func check() throws {
        try Self.inFolder { folder in
            try "{ \"format\": \"limen-client/1\",\n  \"id\": \"x y\", \"colour\": 1 }"
                .write(toFile: folder + "/bad.json", atomically: true, encoding: .utf8)
            let run = try LiveGateway.run(["client", "check", "--clients", folder])
            #expect(run.exitCode == 1)
            #expect(run.output.contains("Hooks/clients/bad.json:2:9: id:"))
            #expect(run.output.contains("Hooks/clients/bad.json:2:16: colour:"))
            #expect(run.output.contains("accepted: letters, digits and hyphens"))
            let json = try LiveGateway.run(["client", "check", "--clients", folder, "--json"])
            #expect(json.exitCode == 1)
            let findings = Array(try JSONDocument(parsing: json.output).root.elements)
            let paths = findings.compactMap { $0["path"]?.stringValue }
            #expect(paths.contains("id") && paths.contains("colour"), "\(paths)")
            #expect(findings.allSatisfy { $0["line"]?.integerValue != nil })
        }
    }

    @Test("what a client would not see as it was made is told before it goes live")
    func lint() throws {
        try Self.inFolder { folder in
            let new = ["client", "new", "old", "--tenant", "a", "--clients", folder]
            #expect(try LiveGateway.run(new + ["--dialect", "standard-1.0"]).exitCode == 0)
            let lint = ["client", "lint", "old", "--clients", folder]
            let run = try LiveGateway.run(lint)
            #expect(run.exitCode == 0 && run.output.contains("dialect-uuid"))
            #expect(try LiveGateway.run(lint + ["--strict"]).exitCode == 1)
            #expect(try LiveGateway.run(["client", "lint", "nobody"]).exitCode == 2)
        }
    }
}
