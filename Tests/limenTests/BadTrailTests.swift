import AuditStore
import Basics
import Foundation
import Ledger
import PostgreSQL
import Support
import Testing
import Vault

@testable import limen

/// What `limen audit verify` prints of a trail in a real PostgreSQL that something was done to.
@Suite(
    "Trails at fault, as the program tells them",
    .enabled(if: BuiltProgram.isPresent, "the program is not built"),
    .enabled(if: TrailScene.conninfo != nil, "no database")
)
struct BadTrailTests {
    @Test(
        "A trail that nobody touched is said to be as it was written, with what it was held against"
    )
    func clean() async throws {
        let scene = try TrailScene()
        try await scene.write(6)
        try scene.sign()
        let result = try scene.verify()
        #expect(result.exitCode == 0, "\(result.output) \(result.error)")
        #expect(result.output.hasPrefix("the trail is as it was written\n"))
        #expect(result.output.contains("read: 7 rows"))
        #expect(result.output.contains("1 in the database, 1 outside"))
        #expect(result.output.contains("copies outside: 1 in \(scene.folder)/checkpoints"))
        #expect(!result.output.contains("LOST"))
        #expect(result.output.contains("waiting for a place: 0 rows; last sign of life: 20"))
        #expect(result.output.contains(" s ago\n"))
    }

    @Test("Rows that wait are counted, and a trail that is not signed any more is said")
    func unsigned() async throws {
        let scene = try TrailScene()
        try await scene.write(2)
        try scene.sign()
        let read = """
            INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, client,
                card_ids, missing_inputs, flags)
            VALUES ('bench', now(), gen_random_uuid(), 'audit-read', 'done', 200, 'somebody', '{}',
                '{}', '{list}')
            """
        try scene.script(read)
        let waiting = try scene.verify()
        #expect(waiting.exitCode == 0, "\(waiting.output)")
        #expect(waiting.output.contains("waiting for a place: 1 rows"))
        try scene.script(read)
        try scene.tamper(
            """
            UPDATE audit.event SET recorded_at = recorded_at - interval '16 min'
            WHERE event_id = (SELECT event_id FROM audit.unplaced ORDER BY arrival LIMIT 1)
            """
        )
        let result = try scene.verify()
        #expect(result.exitCode == 1, "\(result.error)")
        #expect(result.output.contains("unsigned: a row has waited for a place since"))
        #expect(result.output.contains("unsigned: the trail has not been signed since"))
    }

    @Test(
        "Keys that are gone, rows that cannot be read and a spool that was lost have their words",
        arguments: [
            ("DELETE FROM audit.data_key", "lost-key: the keys of "),
            (
                "ALTER TABLE audit.event DROP CONSTRAINT event_form_check; "
                    + "UPDATE audit.event SET flags = '{NULL}' WHERE seq = 1",
                "unreadable: a row cannot be read"
            ),
        ]
    )
    func words(statement: String, sentence: String) async throws {
        let scene = try TrailScene()
        try await scene.write(4)
        try scene.sign()
        try scene.tamper(statement)
        let result = try scene.verify()
        #expect(result.exitCode == 1, "\(result.error)")
        #expect(result.output.contains("  \(sentence)"), "\(result.output)")
        #expect(result.output.contains("read: 5 rows"), "\(result.output)")
    }

    @Test(
        "Rows that a superuser tampered with are named by log and number, and by what was done",
        arguments: [
            (
                "UPDATE audit.event SET client = 'x' WHERE seq = 4", "edited: a row is not as",
                "row 4"
            ),
            ("DELETE FROM audit.event WHERE seq = 4", "deleted: row 4 is missing", "row 4"),
            (
                "DELETE FROM audit.event WHERE seq > 2",
                "truncated: rows 3 to 5 are missing: the end of a log was cut off", "row 3"
            ),
            (
                "UPDATE audit.card SET tenant = 'other' WHERE event_id = (SELECT event_id FROM "
                    + "audit.event WHERE seq = 1); "
                    + "UPDATE audit.event SET tenant = 'other' WHERE seq = 1",
                "moved: a row was moved from the tenant bench to another", "row 1"
            ),
        ]
    )
    func tampered(statement: String, sentence: String, row: String) async throws {
        let scene = try TrailScene()
        try await scene.write(6)
        try scene.sign()
        try scene.tamper(statement)
        let result = try scene.verify()
        #expect(result.exitCode == 1, "\(result.error)")
        #expect(result.output.hasPrefix("THE TRAIL IS DAMAGED\n  first bad row  log "))
        let first = result.output.split(separator: "\n").dropFirst().first ?? ""
        #expect(first.contains(", \(row)"), "\(result.output)")
        #expect(result.output.contains("  \(sentence)"), "\(result.output)")
    }

    @Test(
        "A database restored from last week is called rolled back, and its sequencer signs nothing"
    )
    func restored() async throws {
        let scene = try TrailScene()
        try await scene.write(4)
        try scene.sign()
        let backup = try scene.copy()
        try await scene.write(5)
        try scene.sign()
        #expect(try scene.verify().exitCode == 0)
        let result = try backup.verify(copies: scene.folder + "/checkpoints")
        #expect(result.exitCode == 1, "\(result.error)")
        #expect(
            result.output.contains("rolled-back: a copy outside knows"),
            "\(result.output)"
        )
        #expect(result.output.contains("an older state of the database was put in its place"))
        // Which log went on is not known any more: the place behind the last row of the tree.
        #expect(result.output.contains(", row 1\n"), "the first that is lost: \(result.output)")
        #expect(throws: LedgerStateError.rolledBack) { try backup.sign(known: scene.last) }
    }

    @Test("Two gateways at once with one key are told to have a key each")
    func sharedKey() async throws {
        let scene = try TrailScene()
        let one = try scene.sink(place: 1)
        try await one.append(scene.record(1))
        let other = try scene.sink(place: 2)
        try await other.append(scene.record(2))
        try await one.append(scene.record(3))
        one.close()
        other.close()
        try scene.sign()
        let result = try scene.verify()
        #expect(result.exitCode == 1, "\(result.error)")
        #expect(
            result.output.contains(
                "shared-key: two programs in different places sign with one key at the same time: "
                    + "give each gateway a key of its own"
            ),
            "\(result.output)"
        )
    }

    @Test("A clock of the database that stepped back is said, with the seconds and the leaf")
    func clockSteppedBack() async throws {
        let scene = try TrailScene()
        try await scene.write(2)
        // The sequencer of a clock that was three hours ahead; since then it was set back.
        try scene.signAhead(hours: 3)
        try await scene.write(2)
        try scene.sign(known: scene.last)
        let result = try scene.verify()
        #expect(result.exitCode == 1, "\(result.error)")
        let line = try #require(
            result.output.split(separator: "\n").first { $0.contains("clock-stepped-back") }
        )
        #expect(line.contains("the clock of the database was set back by 10"), "\(line)")
        #expect(line.contains(" s before leaf "))
    }

    @Test("A copy that is configured and gone, or empty, is said, and is no clean trail")
    func lostCopy() async throws {
        let scene = try TrailScene()
        try await scene.write(3)
        try scene.sign()
        let copy = scene.folder + "/further"
        for makes in [false, true] {
            if makes { try Data().write(to: URL(filePath: copy)) }
            let result = try scene.verify(["LIMEN_LEDGER_COPY": copy])
            #expect(result.exitCode == 1, "\(result.error)")
            #expect(
                result.output.contains(
                    "COPIES OUTSIDE ARE LOST: \(copy) "
                        + (makes ? "holds no checkpoint" : "is not there")
                ),
                "\(result.output)"
            )
        }
        let named = try scene.verify(copies: scene.folder + "/nowhere")
        #expect(named.exitCode == 3)
        #expect(named.error.contains("named with --outside, is not there"))
    }
}
