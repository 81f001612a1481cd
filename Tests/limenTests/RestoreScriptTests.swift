import Foundation
import Testing

/// `Deploy/verify-after-restore` with programs of ours in place of PostgreSQL's and of Limen: it says
/// what it has checked, and calls nothing whole that it has not.
@Suite("The script that verifies a restore")
struct RestoreScriptTests {
    /// What `limen audit verify --json` says of a whole trail.
    static let clean =
        #"{"clean":true,"logs":1,"batches":4,"rows":9,"leaves":6,"checkpoints":1,"#
        + #""outsideCheckpoints":1,"heartbeats":1,"uncoveredRows":0,"waitingRows":0,"#
        + #""findingCount":0,"findings":[]}"#

    /// A server with all rows and checksums; each line answers a query.
    static let server = [
        "pg_is_in_recovery": "f", "count(*) FROM audit.event": "9",
        "count(*) FROM audit.card": "4", "count(*) FROM audit.feedback": "1",
        "count(*) FROM audit.schema_migration": "16",
        "nspname IN ('audit', 'model')":
            "audit.card\naudit.event\naudit.feedback\naudit.tree_leaf\nmodel.deployment",
        "data_checksums": "on", "count(t::text)": "9",
    ]

    /// What is different from a restore of which everything can be checked.
    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var server: [String: String] = [:]
        var counts = "card 4\nevent 9\nfeedback 1\nmigration 16"
        var report = RestoreScriptTests.clean
        var verifyCode = 0
        var doctorCode = 0
        var environment: [String: String] = [:]
        var exitCode: Int32 = 6
        /// A line that must stand there.
        var line = ""
    }

    static func run(_ change: Change) throws -> (status: Int32, lines: [String]) {
        let path =
            FileManager.default.temporaryDirectory.path + "/restore-" + UUID().uuidString.prefix(8)
        let bin = path + "/bin"
        try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let answers = server.merging(change.server, uniquingKeysWith: { $1 })
            .map { "*\"\($0)\"*) \($1 == "FAIL" ? "exit 1" : "echo '\($1)'") ;;" }.sorted()
        let programs = [
            "psql": "case \"$*\" in\n" + answers.joined(separator: "\n") + "\nesac",
            "limen": """
            case "$1" in
            doctor) exit \(change.doctorCode) ;;
            esac
            [ -n "$PGUSER" ] || exit 2
            printf '%s\\n' '\(change.report)'
            exit \(change.verifyCode)
            """,
        ]
        for (name, body) in programs {
            try Data("#!/bin/sh\n\(body)\n".utf8).write(to: URL(filePath: bin + "/" + name))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755],
                ofItemAtPath: bin + "/" + name
            )
        }
        let deploy = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Deploy").path
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = [
            "-c",
            """
            (umask 077; printf '\(String(repeating: "ab", count: 32))\\n' > key)
            (. '\(deploy)/common'; open_keys key; printf '%s\\n' "$COUNTS" | seal b.counts b.counts.sealed)
            exec '\(deploy)/verify-after-restore' --from . --key key --backup b 2>&1
            """,
        ]
        process.currentDirectoryURL = URL(filePath: path)
        process.environment = [
            "PATH": bin + ":/usr/bin:/bin", "LIMEN_POSTGRESQL_BIN": bin, "TMPDIR": path,
            "COUNTS": change.counts, "LIMEN_VERIFY": "--verifiers k --outside c",
        ].merging(change.environment, uniquingKeysWith: { $1 })
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: bytes, as: UTF8.self)
        return (process.terminationStatus, text.split(separator: "\n").map(String.init))
    }

    @Test("A restore of which everything was checked is whole, and what was checked stands there")
    func whole() throws {
        let (status, lines) = try Self.run(Change(testDescription: "whole"))
        #expect(status == 0, "\(lines)")
        #expect(lines.last == "whole    all of it was checked, no finding")
        #expect(lines.contains("checked  pages: every row of 5 tables was read, under checksums"))
        #expect(lines.contains("checked  doctor: every fence stands"))
        #expect(
            lines.contains("checked  chain: 9 rows, 6 leaves, 1 checkpoints, 1 copies from outside")
        )
        #expect(!lines.contains { $0.hasPrefix("NOT DONE") || $0.hasPrefix("FINDING") })
    }

    static let changes = [
        Change(
            testDescription: "no counts",
            counts: "",
            line: "NOT DONE rows: the backup did not count event"
        ),
        Change(
            testDescription: "no checksums",
            server: ["data_checksums": "off"],
            line: "NOT DONE pages"
        ),
        Change(
            testDescription: "no program",
            environment: ["LIMEN": "/nowhere/limen"],
            line: "NOT DONE chain: no program"
        ),
        Change(
            testDescription: "no public keys",
            environment: ["LIMEN_VERIFY": ""],
            line: "NOT DONE chain: no public keys"
        ),
        Change(
            testDescription: "keys that cannot be read",
            report: "",
            verifyCode: 3,
            line: "NOT DONE chain: limen audit verify could not look (exit code 3)"
        ),
        Change(
            testDescription: "an empty tree",
            report: clean.replacing("\"leaves\":6", with: "\"leaves\":0"),
            line: "NOT DONE chain: the tree has no leaf"
        ),
        Change(
            testDescription: "no checkpoint",
            report: clean.replacing("\"checkpoints\":1", with: "\"checkpoints\":0"),
            line: "NOT DONE chain: the tree has no signed checkpoint"
        ),
        Change(
            testDescription: "no copy outside",
            report: clean.replacing("\"outsideCheckpoints\":1", with: "\"outsideCheckpoints\":0"),
            line: "NOT DONE chain: no copy of a checkpoint from outside"
        ),
        Change(
            testDescription: "rows under no checkpoint",
            report: clean.replacing("\"uncoveredRows\":0", with: "\"uncoveredRows\":3"),
            line: "NOT DONE chain: 3 rows are under no signed checkpoint"
        ),
        Change(
            testDescription: "rows without a place",
            report: clean.replacing("\"waitingRows\":0", with: "\"waitingRows\":2"),
            line: "NOT DONE chain: 2 rows wait for a place in it"
        ),
        Change(
            testDescription: "a report without the rows that wait",
            report: clean.replacing("\"waitingRows\":0,", with: ""),
            line: "NOT DONE chain: some rows wait for a place in it"
        ),
        Change(
            testDescription: "a report that says nothing",
            report: "{}",
            line: "NOT DONE chain: the tree has no leaf"
        ),
        Change(
            testDescription: "a doctor that cannot look",
            doctorCode: 4,
            line: "NOT DONE doctor: limen doctor could not look (exit code 4)"
        ),
        Change(
            testDescription: "fewer rows",
            server: ["count(*) FROM audit.event": "8"],
            exitCode: 1,
            line: "FINDING  audit.event has 8 rows; the backup was made with 9"
        ),
        Change(
            testDescription: "a page that cannot be read",
            server: ["count(t::text)": "FAIL"],
            exitCode: 1,
            line: "FINDING  audit.tree_leaf cannot be read whole"
        ),
        Change(
            testDescription: "no table",
            server: ["nspname IN ('audit', 'model')": ""],
            exitCode: 1,
            line: "FINDING  there is no table in the schema audit"
        ),
        Change(
            testDescription: "no table of models",
            server: ["nspname IN ('audit', 'model')": "audit.event\naudit.model"],
            exitCode: 1,
            line: "FINDING  there is no table in the schema model"
        ),
        Change(
            testDescription: "a page of the models that cannot be read",
            server: ["count(t::text) FROM model.deployment": "FAIL"],
            exitCode: 1,
            line: "FINDING  model.deployment cannot be read whole"
        ),
        Change(
            testDescription: "a doctor's finding",
            doctorCode: 1,
            exitCode: 1,
            line: "FINDING  limen doctor has findings"
        ),
        Change(
            testDescription: "a broken chain",
            verifyCode: 1,
            exitCode: 1,
            line: "FINDING  the chain of the audit trail is broken"
        ),
        Change(
            testDescription: "a server that replays",
            server: ["pg_is_in_recovery": "t"],
            exitCode: 4,
            line: "limen: the server is still replaying its log"
        ),
    ]

    @Test(
        "What was not checked, or found, is said, and nothing is called whole",
        arguments: changes
    )
    func partly(change: Change) throws {
        let (status, lines) = try Self.run(change)
        #expect(status == change.exitCode, "\(lines)")
        #expect(lines.contains { $0.hasPrefix(change.line) }, "\(lines)")
        #expect(!lines.contains { $0.hasPrefix("whole") })
        if status == 6 { #expect(lines.last?.hasPrefix("PARTLY   no finding") == true) }
        if status == 1 { #expect(lines.last?.hasPrefix("DAMAGED") == true) }
    }
}
