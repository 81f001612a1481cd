import Foundation
import JSON
import PostgreSQL
import Support
import Testing

@testable import limen

/// Deeds whose answer never came, and what the trail then says of them.
///
/// A commit that waits for a standby has been made already; whoever ends its process there leaves a
/// deed that is done and a caller who was told nothing.
@Suite(
    "Lost answers",
    .enabled(if: BuiltProgram.isPresent, "no built program"),
    .enabled(if: ClusterPrograms.arePresent, "no PostgreSQL programs: install postgresql")
)
struct LostAnswerTests {
    private let gateway = UpGateway(named: "lost")

    /// The pseudonym of a patient of long ago.
    private static let patient = String(repeating: "ab", count: 32)

    private func audit(_ line: String) throws -> BuiltProgram.Result {
        try gateway.run(["audit"] + Self.words(line))
    }

    private static func words(_ line: String) -> [String] {
        line.split(separator: " ").map(String.init) + ["--reason", "case 7"]
    }

    private func superuser() throws -> ConnectionSettings {
        let state = try StateFolder.open(gateway.state)
        let cluster = try Cluster.inState(state)
        return try AuditDatabase(state: state, socketPath: cluster.socketPath)
            .settings(as: Cluster.superuser)
    }

    private func script(_ text: String...) throws {
        let connection = try Connection.open(try superuser())
        for one in text { try connection.runScript(one) }
    }

    /// Starts a command, waits until a process of the server waits for something, and ends that,
    /// where the statement says so.
    private func cut(
        _ line: String,
        waitingFor event: StaticString,
        then undo: () throws -> Void
    ) throws -> BuiltProgram.Result {
        let process = BuiltProgram.process(
            ["audit"] + Self.words(line) + ["--state", gateway.state],
            home: Shared.checkout
        )
        let (output, error) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = error
        try process.run()
        let connection = try Connection.open(try superuser())
        try UpGateway.wait {
            let ended = try connection.execute(event)
            return ended.rowCount > 0
        }
        try undo()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let fault = error.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return BuiltProgram.Result(
            exitCode: process.terminationStatus,
            output: String(decoding: text, as: UTF8.self),
            error: String(decoding: fault, as: UTF8.self)
        )
    }

    /// Ends the process of whoever waits for the standby that is not there.
    private static let committed: StaticString = """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE wait_event = 'SyncRep' AND usename IN ('limen_eraser_demo', 'limen_retention')
        """
    /// Ends the process of whoever waits for a table.
    private static let locked: StaticString = """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE wait_event_type = 'Lock' AND usename = 'limen_eraser_demo'
        """

    /// Whether somebody waits for a table.
    private static let waiting: StaticString = """
        SELECT pid FROM pg_stat_activity
        WHERE wait_event_type = 'Lock' AND usename = 'limen_eraser_demo'
        """

    /// The newest events of a kind with their flags, and the code of a refusal.
    private func endings(_ kind: String, _ count: Int) throws -> [String] {
        let listed = try gateway.run(
            ["audit", "list", "--kind", kind, "--limit", String(count), "--json"]
        )
        return try listed.output.split(separator: "\n").map { line in
            let row = try JSONDocument(parsing: String(line)).root
            let flags = row["flags"]?.elements.compactMap(\.stringValue) ?? []
            let code = row["details"]?["code"]?.stringValue.map { [$0] } ?? []
            return (flags + code).joined(separator: " ")
        }
    }

    private func hold() throws -> String {
        let set = try audit("hold set --all")
        try #require(set.exitCode == 0, "\(set.error)")
        return set.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test("What was done is told as done, what was not as refused, and the unknown as neither")
    func walk() throws {
        defer { gateway.remove() }
        try gateway.start()
        let (kept, lost, unknown) = (try hold(), try hold(), try hold())
        try script(
            "ALTER SYSTEM SET synchronous_commit = 'local'",
            "ALTER SYSTEM SET synchronous_standby_names = 'nobody'",
            "ALTER ROLE limen_eraser_demo SET synchronous_commit = 'on'",
            "ALTER ROLE limen_retention SET synchronous_commit = 'on'",
            "SELECT pg_reload_conf()"
        )
        try done(lost)
        try notDone(kept)
        try notKnown(unknown)
        try policy()
        try erasure()
    }

    /// The hold is lifted, and the command told nothing.
    private func done(_ hold: String) throws {
        let lifted = try cut("hold lift \(hold)", waitingFor: Self.committed) {}
        #expect(lifted.exitCode == 0, "\(lifted.error)")
        #expect(lifted.error.contains("the answer of the database was lost"), "\(lifted.error)")
        #expect(try endings("legal-hold", 2) == ["lift done", "lift ordered"])
    }

    /// The statement was ended before it had done anything.
    private func notDone(_ hold: String) throws {
        let blocker = try Connection.open(try superuser())
        try blocker.runScript("BEGIN; LOCK TABLE audit.lifted_hold IN ACCESS EXCLUSIVE MODE")
        let kept = try cut("hold lift \(hold)", waitingFor: Self.locked) {
            try blocker.runScript("ROLLBACK")
        }
        #expect(kept.exitCode == 4, "\(kept.error)")
        #expect(try endings("legal-hold", 2) == ["lift refused LIMEN-STORE-001", "lift ordered"])
        try script("ALTER ROLE limen_eraser_demo SET synchronous_commit = 'local'")
        #expect(try audit("hold lift \(hold)").exitCode == 0)
        try script("ALTER ROLE limen_eraser_demo SET synchronous_commit = 'on'")
    }

    /// Nobody can be asked.
    private func notKnown(_ hold: String) throws {
        let blocker = try Connection.open(try superuser())
        try blocker.runScript("BEGIN; LOCK TABLE audit.lifted_hold IN ACCESS EXCLUSIVE MODE")
        let left = try cut("hold lift \(hold)", waitingFor: Self.waiting) {
            try script("ALTER ROLE limen_auditor_demo NOLOGIN")
            _ = try blocker.execute(Self.locked)
            try blocker.runScript("ROLLBACK")
        }
        try script("ALTER ROLE limen_auditor_demo LOGIN")
        #expect(left.exitCode == 4, "\(left.error)")
        #expect(left.error.contains("without an ending"), "\(left.error)")
        #expect(try endings("legal-hold", 1) == ["lift ordered"])
        let event = try gateway.run(
            ["audit", "list", "--kind", "legal-hold", "--limit", "1", "--json"]
        )
        let id = try JSONDocument(parsing: event.output).root["eventId"]?.stringValue ?? "none"
        #expect(left.error.contains(id), "\(left.error)")
        try script("ALTER ROLE limen_eraser_demo SET synchronous_commit = 'local'")
        #expect(try audit("hold lift \(hold)").exitCode == 0)
        try script("ALTER ROLE limen_eraser_demo SET synchronous_commit = 'on'")
    }

    private func policy() throws {
        let file = gateway.state + "/policy.json"
        try #"{"format":"limen-erasure-policy/1","title":"t","keepMonths":72,"ground":"g"}"#
            .write(toFile: file, atomically: true, encoding: .utf8)
        let set = try cut("retention policy \(file)", waitingFor: Self.committed) {}
        #expect(set.exitCode == 0, "\(set.error)")
        #expect(try endings("retention", 2) == ["policy done", "policy ordered"])
    }

    private func erasure() throws {
        try script(
            """
            INSERT INTO audit.data_key (tenant, key_id, subject, month, wrapping_key, wrapped,
                created_at)
            VALUES ('demo', gen_random_uuid(), decode('\(Self.patient)', 'hex'), '2015-03-01', 'k',
                decode(repeat('00', 61), 'hex'), '2015-03-02')
            """
        )
        let line = "erase --patient pseudonym:\(Self.patient)"
        let erased = try cut(line, waitingFor: Self.committed) {}
        // The key of an earlier epoch may be elsewhere, which the command says with 1.
        #expect([0, 1].contains(erased.exitCode), "\(erased.error)")
        #expect(erased.output.contains("1 keys destroyed"), "\(erased.output) \(erased.error)")
        #expect(try endings("erasure", 2) == ["done", "ordered"])
    }
}
