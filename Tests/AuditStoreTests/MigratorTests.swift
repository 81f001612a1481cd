import AuditStore
import Foundation
import PostgreSQL
import Testing

@Suite("MigrationFile")
struct MigrationFileTests {
    @Test(
        "A name that is not a number of four digits and words is refused",
        arguments: [
            "1_a.sql", "00001_a.sql", "0001.sql", "0001a.sql", "0001_a.txt", "a_0001.sql", "",
        ]
    )
    func names(name: String) {
        #expect(throws: AuditStoreError(code: .migrationNames, subject: name)) {
            _ = try MigrationFile(name: name, bytes: [])
        }
    }

    @Test("Files go in the order of their numbers, and none may be missing or double")
    func order() throws {
        let files = try ["0002_b.sql", "0001_a.sql"].map { try MigrationFile(name: $0, bytes: []) }
        #expect(try MigrationFile.ordered(files).map(\.name) == ["0001_a.sql", "0002_b.sql"])
        #expect(throws: AuditStoreError(code: .migrationNames, subject: "0002_b.sql")) {
            _ = try MigrationFile.ordered([files[0]])
        }
        #expect(throws: AuditStoreError(code: .migrationNames, subject: "0001_a.sql")) {
            _ = try MigrationFile.ordered(files + [files[1]])
        }
    }

    @Test(
        "The floor of minor releases is that of 2026-11-12",
        arguments: [
            (150_018, true), (150_019, true), (150_020, false), (160_015, true), (170_012, false),
            (180_007, false), (190_000, false), (130_020, true),
        ]
    )
    func serverFloor(version: Int, isOutdated: Bool) {
        #expect(ServerFloor.isOutdated(version) == isOutdated)
    }
}

@Suite("Migrator", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct MigratorTests {
    @Test("A second run applies nothing and finds the database current")
    func idempotence() throws {
        let database = try TestDatabase(isMigrated: false)
        let names = TestDatabase.migrations.map(\.name)
        let migrator = try Migrator.open(database.administrator, files: TestDatabase.migrations)
        #expect(try migrator.status().pending == names)
        #expect(try migrator.apply() == names)
        #expect(try migrator.apply() == [])
        let status = try migrator.status()
        #expect(status.isCurrent)
        #expect(status.applied == names)
    }

    @Test("The migrator's own login sees the state and applies later files, but cannot begin")
    func migratorLogin() throws {
        let empty = try TestDatabase(isMigrated: false)
        try empty.script("GRANT CONNECT ON DATABASE \(empty.name) TO PUBLIC")
        #expect(throws: AuditStoreError(code: .superuserNeeded, subject: "0001_roles.sql")) {
            try Migrator.open(empty.login("limen_migrator"), files: TestDatabase.migrations)
                .apply()
        }
        let database = try TestDatabase()
        let later = try Self.file("CREATE TABLE audit.later (a int)")
        let migrator = try Migrator.open(
            database.login("limen_migrator"),
            files: TestDatabase.migrations + [later]
        )
        #expect(try migrator.status().pending == [later.name])
        #expect(try migrator.apply() == [later.name])
        let owner = try database.column(
            "SELECT relowner::regrole::text FROM pg_class WHERE relname = 'later'"
        )
        #expect(owner == ["limen_owner"])
    }

    @Test("A file that was edited after it was applied is refused by its name")
    func edited() throws {
        let database = try TestDatabase()
        var files = TestDatabase.migrations
        let edited = files[1]
        files[1] = try MigrationFile(name: edited.name, bytes: Array((edited.text + "\n").utf8))
        #expect(throws: AuditStoreError(code: .migrationEdited, subject: edited.name)) {
            try Migrator.open(database.administrator, files: files).apply()
        }
        #expect(throws: AuditStoreError(code: .migrationMissing, subject: files[3].name)) {
            _ = try Migrator.open(
                database.administrator,
                files: TestDatabase.migrations.dropLast()
            ).status()
        }
    }

    @Test("A file that fails leaves nothing behind and is named with its SQLSTATE")
    func failing() throws {
        let database = try TestDatabase()
        let file = try Self.file("CREATE TABLE audit.half (a int); SELECT 1 / 0;")
        #expect(
            throws: AuditStoreError(
                code: .migrationFailed,
                subject: file.name,
                cause: PostgreSQLError(code: .statementFailed, sqlState: "22012")
            )
        ) {
            try Migrator.open(database.administrator, files: TestDatabase.migrations + [file])
                .apply()
        }
        #expect(try database.count("SELECT count(*) FROM pg_class WHERE relname = 'half'") == 0)
    }

    @Test("Four migrators at once apply each file once")
    func concurrency() async throws {
        let database = try TestDatabase(isMigrated: false)
        let applied = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try Migrator.open(database.administrator, files: TestDatabase.migrations)
                        .apply()
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(applied.sorted() == TestDatabase.migrations.map(\.name))
    }

    private static func file(_ text: String) throws -> MigrationFile {
        let number = TestDatabase.migrations.count + 1
        return try MigrationFile(name: "000\(number)_later.sql", bytes: Array(text.utf8))
    }
}
