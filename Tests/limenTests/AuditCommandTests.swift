import Testing

@testable import limen

@Suite("limen audit")
struct AuditCommandTests {
    @Test(
        "takes a wrong word for a fault of the command line, before it looks for any state",
        arguments: [
            ["lst"], [], ["list", "more"], ["show"], ["show", "no-uuid"],
            ["list", "--tenant", "Demo"], ["list", "--tenant", "../demo"],
            ["list", "--tenant", ""],
            ["list", "--tenant", "-demo"],
        ]
    )
    func wrongWords(arguments: [String]) async throws {
        let error = await #expect(throws: CommandError.self) {
            _ = try await AuditCommand.run(arguments + ["--state", "/nowhere/at/all"])
        }
        #expect(error?.exitCode == .usage)
    }

    @Test("asks for the state once the words are right")
    func noState() async throws {
        let error = await #expect(throws: CommandError.self) {
            _ = try await AuditCommand.run(["list", "--state", "/nowhere/at/all"])
        }
        #expect(error?.exitCode == .badInput)
    }

    @Test(
        "knows which names a tenant may have",
        arguments: [
            ("demo", true), ("a", true), ("ward-7", true), ("", false), ("-a", false),
            ("a-", false), ("A", false), ("a_b", false), ("a/b", false), ("é", false),
        ]
    )
    func tenantNames(name: String, isName: Bool) {
        #expect(AuditAccess.isName(name) == isName)
    }
}
