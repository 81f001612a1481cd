import Audit
import AuditStore
import Basics
import Crypto
import Foundation
import PostgreSQL
import Testing

/// Attacks on the separation of tenants and on the append-only trail, as real logins.
///
/// The trail holds one decision of `anna` (service `one`) and two of `berta` (service `two`).
@Suite(
    "Attacks",
    .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"),
    .enabled(if: Psql.isPresent, "no psql: install postgresql-client")
)
struct AttackTests {
    /// What must come of an attack.
    enum Outcome: Sendable {
        /// Refused with one of these SQLSTATEs.
        case refused([String])
        /// Allowed, and gives just this.
        case gives(String)
        /// Allowed or refused, but the answer never holds this.
        case hides(String)
    }

    struct Attack: Sendable {
        let name: String
        let statements: [String]
        let outcome: Outcome
    }

    static let denied = Outcome.refused(["42501"])

    /// SQLSTATEs of a wrong statement: syntax, a column and a table that there are not.
    static let mistakes = ["42601", "42703", "42P01"]

    static func attack(_ name: String, _ statements: String..., to outcome: Outcome) -> Attack {
        Attack(name: name, statements: statements, outcome: outcome)
    }

    @Test("An auditor sees nothing of another tenant and changes nothing")
    func auditor() async throws {
        let database = try await Self.scene()
        try Self.run(AttackList.auditor(month: Self.month), as: "auditor_anna", in: database)
        try Self.expectUnchanged(database)
    }

    @Test("The writer reads nothing, forges nothing and changes nothing")
    func writer() async throws {
        let database = try await Self.scene()
        try Self.run(AttackList.writer(month: Self.month), as: "limen_writer", in: database)
        try Self.expectUnchanged(database)
    }

    @Test("The migrator, retention, maintenance and health do only what they are for")
    func others() async throws {
        let database = try await Self.scene()
        let month = Self.month
        try Self.run(AttackList.migrator(month: month), as: "limen_migrator", in: database)
        try Self.run(AttackList.retention(month: month), as: "limen_retention", in: database)
        try Self.run(AttackList.health, as: "limen_health", in: database)
        try Self.run(AttackList.maintenance, as: "limen_maintenance", in: database)
        try Self.run(AttackList.superuser(month: month), as: "postgres", in: database)
        try Self.expectUnchanged(database)
    }

    @Test("A login that was given nothing cannot even connect")
    func stranger() async throws {
        let database = try await Self.scene()
        let login = "stranger_" + database.name.suffix(8)
        try database.script("CREATE ROLE \(login) LOGIN")
        defer { try? database.script("DROP ROLE \(login)") }
        let answer = try Psql.run(["SELECT 1"], as: login, in: database)
        #expect(answer.isTurnedAway)
    }

    @Test("An auditor without a tenant sees nothing, and one whose tenant was taken away too")
    func revokedAuditor() async throws {
        let database = try await Self.scene()
        let connection = try Connection.open(database.login("auditor_anna"))
        let before = try connection.execute("SELECT count(*) FROM audit.event")
        #expect(try before.integer(0, 0) == 1)
        try Provisioning.open(database.administrator)
            .revokeAuditor(login: "auditor_anna", tenant: "anna")
        let after = try connection.execute("SELECT count(*) FROM audit.event")
        #expect(try after.integer(0, 0) == 0)
    }

    @Test("The same key at another tenant is no oracle for the writer")
    func keysTellNothing() async throws {
        let database = try await Self.scene()
        let connection = try Connection.open(database.login("limen_writer"))
        _ = try connection.execute("BEGIN")
        _ = try connection.execute("SELECT set_config('limen.tenant', 'anna', true)")
        let moment = try #require(
            try Connection.open(database.administrator).execute(
                "SELECT started_at FROM audit.event WHERE tenant = 'berta' LIMIT 1"
            ).instant(0, 0)
        )
        var values = Parameters()
        values.add(instant: moment)
        values.add(uuid: UUIDBytes(high: 0x7001, low: 1 << 63))
        let rows = try connection.execute(
            """
            INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status,
                card_ids, missing_inputs, flags, log_id, seq, leaf_hash)
            VALUES ('anna', $1, $2, 'start', 'done', 200, '{}', '{}', '{}', gen_random_uuid(), 0,
                sha256(''))
            ON CONFLICT DO NOTHING
            """,
            values
        )
        #expect(rows.affectedCount == 1)
    }

    // MARK: The scene

    static var month: String {
        let date = Records.now.date
        return padded(date.year, 4) + padded(date.month, 2)
    }

    static func scene() async throws -> TestDatabase {
        let database = try TestDatabase()
        let sink = try database.sink(writers: 1)
        defer { sink.close() }
        for (tenant, service) in [("anna", "one"), ("berta", "two"), ("berta", "two")] {
            var record = Records.full(tenant)
            record.service = service
            record.eventID =
                UUIDBytes(high: service == "one" ? 0x7000 : 0x7001, low: 1 << 63)
            record.cardIDs = [UUIDBytes(high: 0x8000, low: 1 << 63)]
            if try database.count("SELECT count(*) FROM audit.event") == 2 {
                record.eventID = UUIDBytes(high: 0x7002, low: 1 << 63)
            }
            try await sink.append(record)
        }
        try database.script("ANALYZE audit.event")
        return database
    }

    static func run(_ attacks: [Attack], as user: String, in database: TestDatabase) throws {
        for attack in attacks {
            let answer = try Psql.run(attack.statements, as: user, in: database)
            let label = "\(user): \(attack.name)"
            #expect(!answer.isTurnedAway, "\(label): the login was turned away")
            switch attack.outcome {
            case .refused(let states):
                #expect(states.contains(answer.sqlState ?? "none"), "\(label)")
            case .gives(let text):
                #expect(answer.sqlState == nil, "\(label)")
                #expect(answer.output == text, "\(label)")
            case .hides(let text):
                #expect(!answer.output.contains(text), "\(label)")
                // A wrong name or word is no attack that was made.
                #expect(!Self.mistakes.contains(answer.sqlState ?? ""), "\(label)")
            }
        }
    }

    static func expectUnchanged(_ database: TestDatabase) throws {
        #expect(try database.count("SELECT count(*) FROM audit.event") == 3)
        #expect(
            try database.column("SELECT DISTINCT service FROM audit.event ORDER BY 1")
                == ["one", "two"]
        )
        #expect(
            try database.count(
                "SELECT count(*) FROM audit.auditor_tenant WHERE login = 'auditor_anna'"
            ) == 1
        )
        #expect(try database.count("SELECT count(*) FROM audit.tenant") == 3)
    }
}
