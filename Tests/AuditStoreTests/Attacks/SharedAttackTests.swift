import AuditStore
import Foundation
import PostgreSQL
import Support
import Testing

/// The shared list of attacks on row security, case by case, on our schema.
@Suite(
    "Shared attacks on row security",
    .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"),
    .enabled(if: Psql.isPresent, "no psql: install postgresql-client"),
    .enabled(if: Shared.isPresent, "the shared suites are absent")
)
struct SharedAttackTests {
    @Test("Every case of the list holds on our schema")
    func all() async throws {
        let database = try await AttackTests.scene()
        let stranger = "stranger_" + database.name.suffix(8)
        try database.script("CREATE ROLE \(stranger) LOGIN")
        defer { try? database.script("DROP ROLE \(stranger)") }
        var moments: [String: String] = [:]
        for tenant in ["anna", "berta"] {
            let answer = try Psql.run(
                [
                    "SELECT started_at FROM audit.event WHERE tenant = '\(tenant)' "
                        + "ORDER BY event_id LIMIT 1"
                ],
                as: "postgres",
                in: database
            )
            moments[tenant] = answer.output
        }
        #expect(SharedAttack.all.count == 82)
        for attack in SharedAttack.all {
            let answer = try Psql.run(
                attack.statements(month: AttackTests.month, moments: moments),
                as: attack.login(stranger: stranger),
                in: database,
                showsTags: attack.showsTags
            )
            try Self.check(answer, attack, database)
        }
        try AttackTests.expectUnchanged(database)
    }

    private static func check(
        _ answer: Psql.Answer,
        _ attack: SharedAttack,
        _ database: TestDatabase
    ) throws {
        let label = "\(attack.id): \(answer.sqlState ?? "no error") \(answer.output)"
        #expect(answer.isTurnedAway == (attack.expectation == .turnedAway), "\(label)")
        switch attack.expectation {
        case .rows where attack.id == "cat-version":
            let version = try Connection.open(database.administrator).serverVersion
            #expect(answer.output == (ServerFloor.isOutdated(version) ? "f" : "t"), "\(label)")
        case .rows(let rows):
            #expect(answer.sqlState == nil, "\(label)")
            let expected = rows.map { $0.joined(separator: "|") }.joined(separator: "\n")
                .replacing("aud_t1", with: "auditor_anna")
            #expect(answer.output == expected, "\(label)")
        case .text(let text):
            #expect(answer.sqlState == nil, "\(label)")
            #expect(answer.output.contains(text), "\(label)")
        case .refused(let states):
            #expect(states.contains(answer.sqlState ?? "none"), "\(label)")
        case .allowed where attack.id == "aud-c-kill":
            // Where another test has the writer connected it is refused, else there is none.
            #expect([nil, "42501"].contains(answer.sqlState), "\(label)")
        case .allowed:
            #expect(answer.sqlState == nil, "\(label)")
        case .anyOf(let choices):
            let isOne = choices.contains { choice in
                choice == "rows:" + answer.output || choice == answer.sqlState
            }
            #expect(isOne, "\(label)")
        case .turnedAway:
            break
        }
    }

    @Test("The table of the cases is up to date, and each that is put differently has its reason")
    func table() throws {
        let ids = Set(SharedAttack.all.map(\.id))
        #expect(ids.count == 82)
        #expect(Set(SharedAttack.reasons.keys).subtracting(ids) == [])
        let place = DoctorTests.file.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources/limen/limen.docc/RowSecurityAttacks.md")
        let kept = try? String(contentsOf: place, encoding: .utf8)
        if ProcessInfo.processInfo.environment["LIMEN_WRITE_TABLES"] == "1" {
            try Self.page.write(to: place, atomically: true, encoding: .utf8)
        } else {
            #expect(kept == Self.page, "write it anew with LIMEN_WRITE_TABLES=1")
        }
    }

    private static var page: String {
        var page = """
            # Attacks on row security

            The cases of the shared list (`conformance/rls-attacks`), put to our schema. Names are
            translated word by word; where more was needed the reason stands beside the case. Each
            holds: `./limen test --filter SharedAttackTests` runs them as real logins through psql. Our
            own attacks stand in `Tests/AuditStoreTests/Attacks`. This page is written by that test
            with `LIMEN_WRITE_TABLES=1`.

            | Case | Login | Must come of it | Put differently, because |
            |---|---|---|---|

            """
        for attack in SharedAttack.all {
            let result =
                switch attack.expectation {
                case .rows(let rows): "just " + rows.map { $0.joined(separator: ", ") }.joined()
                case .text(let text): text
                case .refused(let states): "refused " + states.joined(separator: " or ")
                case .allowed: "allowed, and changes nothing"
                case .anyOf(let choices): choices.joined(separator: " or ")
                case .turnedAway: "no connection"
                }
            let login = attack.login(stranger: "a stranger")
            page += "| `\(attack.id)` | \(login) | "
            page += result.replacing("aud_t1", with: "auditor_anna")
            page += " | \(SharedAttack.reasons[attack.id] ?? "") |\n"
        }
        return page
    }
}

extension SharedAttack {
    /// Whether the answer is told by a command tag such as `INSERT 0 1`.
    var showsTags: Bool {
        guard case .text(let text) = expectation else { return false }
        return text.contains(" ")
    }
}
