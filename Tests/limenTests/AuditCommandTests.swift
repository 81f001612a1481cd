import PostgreSQL
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

    @Test("says whether it is the tenant or the clock when the database takes no record of a read")
    func refusals() throws {
        let access = AuditAccess(
            tenant: "demo",
            login: "auditor_demo",
            auditor: ConnectionSettings(conninfo: ""),
            key: nil,
            vault: nil
        )
        let foreign = try #require(access.refusal(isReader: false, secondsAhead: 900))
        #expect(foreign.exitCode == .badInput)
        #expect(foreign.sentence.contains("does not read the tenant demo"))
        let ahead = try #require(access.refusal(isReader: true, secondsAhead: 361))
        #expect(ahead.exitCode == .badInput)
        #expect(ahead.sentence.contains("361 seconds ahead of"))
        #expect(!ahead.sentence.contains("does not read"))
        let behind = try #require(access.refusal(isReader: true, secondsAhead: -7_200))
        #expect(behind.sentence.contains("7200 seconds behind"))
        #expect(access.refusal(isReader: true, secondsAhead: 3) == nil)
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
