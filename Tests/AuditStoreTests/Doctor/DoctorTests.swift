import AuditStore
import Basics
import Foundation
import PostgreSQL
import Testing

@Suite("Doctor", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct DoctorTests {
    static let expectation = Result {
        let text = try String(contentsOf: file, encoding: .utf8)
        return try CatalogueSnapshot(text: text)
    }

    static let file = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Migrations/catalogue.txt")

    @Test("The expectation is what the migrations make: ./limen doctor --expectation")
    func catalogue() throws {
        let database = try TestDatabase()
        let fresh = try Doctor.expectation(database.administrator)
        let kept = try String(contentsOf: Self.file, encoding: .utf8)
        let missing = Set(fresh.text.split(separator: "\n")).subtracting(
            kept.split(separator: "\n")
        )
        let stale = Set(kept.split(separator: "\n")).subtracting(fresh.text.split(separator: "\n"))
        #expect(missing.sorted() == [], "make Migrations/catalogue.txt anew")
        #expect(stale.sorted() == [], "make Migrations/catalogue.txt anew")
        #expect(fresh == (try Self.expectation.get()))
    }

    @Test("A migrated database has no weakness of its own, seen by the plain health login")
    func clean() throws {
        let database = try TestDatabase()
        let report = try Doctor.examine(
            database.login("limen_health"),
            expectation: try Self.expectation.get(),
            migrations: TestDatabase.migrations
        )
        let own = report.findings.filter { !Self.isOfCluster($0) }
        #expect(own.map(\.object) == [])
        #expect(report.unseen == ["pg_hba.conf: log in as a superuser"])
        #expect(report.factCount > 800)
        let isOutdated = ServerFloor.isOutdated(report.serverVersion)
        #expect(report.findings.contains { $0.weakness == .serverVersion } == isOutdated)
    }

    @Test("Who may read which tenants is told, and a mapping to a login that does not exist")
    func readers() throws {
        let database = try TestDatabase()
        try database.script(
            """
            INSERT INTO audit.auditor_tenant (login, tenant)
                VALUES ('nobody_has_this_login', 'anna'), ('auditor_anna', 'berta')
            """
        )
        let report = try Doctor.examine(
            database.login("limen_health"),
            expectation: try Self.expectation.get(),
            migrations: TestDatabase.migrations
        )
        let lines = report.readers.map { "\($0.login) \($0.tenants) \($0.isThere)" }
        #expect(
            lines == [
                #"auditor_anna ["anna", "berta"] true"#, #"auditor_berta ["berta"] true"#,
                #"auditor_system ["system"] true"#, #"nobody_has_this_login ["anna"] false"#,
            ]
        )
        let finding = report.findings.first { $0.object == "nobody_has_this_login" }
        #expect(finding?.sentence.contains("a login that does not exist") == true)
        // That somebody may read a tenant is no weakness.
        #expect(!report.findings.contains { $0.object == "auditor_anna" })
        let unseen = try Doctor.examine(
            database.login("limen_writer"),
            expectation: try Self.expectation.get(),
            migrations: TestDatabase.migrations
        )
        #expect(unseen.readers == [])
    }

    @Test("What a login may not see is said, and is no proof")
    func unseen() throws {
        let database = try TestDatabase()
        let report = try Doctor.examine(
            database.login("limen_writer"),
            expectation: try Self.expectation.get(),
            migrations: TestDatabase.migrations
        )
        #expect(
            report.unseen == [
                "the applied migrations and the mapping of auditors: log in as limen_health",
                "pg_hba.conf: log in as a superuser",
            ]
        )
        #expect(!report.findings.contains { $0.weakness == .migrations })
    }

    @Test("A database that is behind is told which migrations it lacks")
    func behind() throws {
        let database = try TestDatabase()
        let report = try Doctor.examine(
            database.administrator,
            expectation: try Self.expectation.get(),
            migrations: TestDatabase.migrations + [
                try MigrationFile(name: "9998_later.sql", bytes: Array("SELECT 1".utf8))
            ]
        )
        let finding = try #require(report.findings.first { $0.weakness == .migrations })
        #expect(finding.object == "9998_later.sql")
        #expect(finding.remedy == "./limen migrate")
    }

    @Test(
        "Each weakening is named, and the statement that the doctor gives mends it",
        .serialized,
        arguments: Weakening.all
    )
    func weakening(_ weakening: Weakening) throws {
        let database = try Self.shared.get()
        let month = AttackTests.month
        let object = weakening.object.replacing("{month}", with: month)
        let connection = try Connection.open(database.administrator)
        _ = try connection.execute("BEGIN")
        if weakening.statements.contains("ROLE") {
            // As a migration does: two that change one role at a time fail (XX000).
            try connection.runScript("LOCK TABLE pg_authid IN SHARE ROW EXCLUSIVE MODE")
        }
        let before = try Self.report(connection)
        #expect(
            before.first { $0.weakness == weakening.weakness && $0.object.hasPrefix(object) } == nil
        )
        try connection.runScript(weakening.statements.replacing("{month}", with: month))
        let found = try Self.report(connection).filter { !before.contains($0) }
        let named = found.first {
            $0.weakness == weakening.weakness && $0.object.hasPrefix(object)
        }
        #expect(named != nil, "found instead: \(found.map { "\($0.weakness) \($0.object)" })")
        guard weakening.isMended else { return }
        // A remedy may take several rounds: what was hidden behind a drop comes to light.
        for _ in 0..<3 {
            let rest = try Self.report(connection).filter {
                !before.contains($0) && $0.remedy.hasSuffix(";")
            }
            for finding in rest {
                _ = try connection.execute("SAVEPOINT remedy")
                do {
                    try connection.runScript(finding.remedy)
                } catch {
                    _ = try connection.execute("ROLLBACK TO SAVEPOINT remedy")
                }
            }
        }
        let left = try Self.report(connection).filter { !before.contains($0) }
        #expect(left.map { "\($0.object): \($0.sentence)" } == [])
    }

    @Test("The logins that erase and rewrap for a tenant are no weakness, as limen up makes them")
    func keepers() throws {
        let connection = try Connection.open(try Self.shared.get().administrator)
        _ = try connection.execute("BEGIN")
        let before = try Self.report(connection)
        try connection.runScript(
            """
            INSERT INTO audit.tenant (tenant, title) VALUES ('kept', 'Kept') ON CONFLICT DO NOTHING;
            CREATE ROLE limen_eraser_kept LOGIN NOINHERIT;
            GRANT limen_eraser TO limen_eraser_kept;
            CREATE ROLE limen_rewrapper_kept LOGIN NOINHERIT;
            GRANT limen_rewrapper TO limen_rewrapper_kept;
            INSERT INTO audit.auditor_tenant (login, tenant)
                VALUES ('limen_eraser_kept', 'kept'), ('limen_rewrapper_kept', 'kept');
            """
        )
        let found = try Self.report(connection).filter { !before.contains($0) }
        #expect(found.map { "\($0.object): \($0.sentence)" } == [])
    }

    @Test("There are sixty weakenings at least, each of them another")
    func variety() {
        #expect(Weakening.all.count >= 100)
        #expect(Set(Weakening.all.map(\.name)).count == Weakening.all.count)
        let covered = Set(Weakening.all.map(\.weakness))
        // Tested without a database: ServerFloor, SettingRules.
        let elsewhere: Set<Weakness> = [.serverVersion, .logging]
        #expect(Set(Weakness.allCases).subtracting(covered) == elsewhere)
    }

    // MARK: Steps

    /// One database for all weakenings: each is rolled back.
    private static let shared = Result { try TestDatabase() }

    private static func report(_ connection: borrowing Connection) throws -> [DoctorFinding] {
        Doctor.report(
            try CatalogueReader(connection),
            expectation: try expectation.get(),
            migrations: TestDatabase.migrations
        ).findings.filter { finding in
            // Logins of other tests on the same server come and go.
            !["stranger_", "reader_", "auditor_both", "auditor_secret"].contains { name in
                finding.object.hasPrefix(name)
            }
        }
    }

    /// What belongs to the cluster that the tests share, and not to one database of it.
    private static func isOfCluster(_ finding: DoctorFinding) -> Bool {
        switch finding.weakness {
        case .serverVersion, .access: true
        case .role, .membership, .person: !finding.object.hasPrefix("limen_")
        default: false
        }
    }
}
