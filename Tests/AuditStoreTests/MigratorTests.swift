import Audit
import AuditStore
import Basics
import Foundation
import PostgreSQL
import Synchronization
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
        #expect(throws: AuditStoreError(code: .migrationMissing, subject: files.last?.name)) {
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

    @Test(
        "A file that did not get a table in time is tried again as a whole once the table is free"
    )
    func secondTry() throws {
        let database = try TestDatabase()
        let file = try Self.file(
            "CREATE TABLE audit.half (a int); ALTER TABLE audit.event ADD COLUMN later int;"
        )
        let reader = try Connection.open(database.login("auditor_anna"))
        _ = try reader.execute("BEGIN")
        _ = try reader.execute("SELECT FROM audit.event LIMIT 1")
        let waits = Mutex<[String]>([])
        let migrator = try Migrator.open(
            database.login("limen_migrator"),
            files: TestDatabase.migrations + [file],
            waitMilliseconds: 2_000
        ) { file in
            let half = try? database.count(
                "SELECT count(*) FROM pg_class WHERE relname = 'half'"
            )
            waits.withLock { $0.append("\(file.name) \(half ?? -1)") }
            // Whoever has the table goes.
            try? database.script(
                """
                SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
                WHERE usename = 'auditor_anna' AND datname = current_database()
                """
            )
        }
        #expect(try migrator.apply() == [file.name])
        #expect(waits.withLock { $0 } == [file.name + " 0"], "nothing of the first try was left")
        #expect(
            try database.count(
                """
                SELECT count(*) FROM pg_attribute
                WHERE attrelid = 'audit.event'::regclass AND attname = 'later'
                """
            ) == 1
        )
        #expect(try database.count("SELECT count(*) FROM pg_class WHERE relname = 'half'") == 1)
        #expect(try migrator.status().isCurrent)
        extendLifetime(reader)
    }

    @Test(
        "A table in use holds a file up for a while; then it says who has it, and nothing is done"
    )
    func waiting() throws {
        let database = try TestDatabase()
        let file = try Self.file(
            "CREATE TABLE audit.half (a int); ALTER TABLE audit.event ADD COLUMN later int;"
        )
        let reader = try Connection.open(database.login("auditor_anna"))
        _ = try reader.execute("BEGIN")
        let rows = try reader.execute("SELECT pg_backend_pid()::text FROM audit.event LIMIT 1")
        #expect(rows.rowCount == 0)
        let own = try reader.execute("SELECT pg_backend_pid()::text")
        let process = try #require(try own.text(0, 0))
        for user in ["limen_migrator", nil] {
            let migrator = try Migrator.open(
                user.map { database.login($0) } ?? database.administrator,
                files: TestDatabase.migrations + [file],
                waitMilliseconds: 20
            )
            #expect(
                throws: AuditStoreError(
                    code: .migrationWaited,
                    subject: "\(file.name), held up by process \(process) of auditor_anna",
                    cause: PostgreSQLError(code: .statementFailed, sqlState: "55P03")
                )
            ) { try migrator.apply() }
        }
        #expect(try database.count("SELECT count(*) FROM pg_class WHERE relname = 'half'") == 0)
        _ = try reader.execute("ROLLBACK")
        let migrator = try Migrator.open(
            database.login("limen_migrator"),
            files: TestDatabase.migrations + [file]
        )
        #expect(try migrator.apply() == [file.name])
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

    @Test("A trail with rows takes the columns that came later, in every month, and keeps its rows")
    func upgrade() async throws {
        let database = try TestDatabase(isMigrated: false)
        let files = TestDatabase.migrations
        try Migrator.open(database.administrator, files: Array(files.prefix(4))).apply()
        // Now, and long ago, in the default partition.
        try database.script(
            """
            INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, card_ids,
                missing_inputs, flags)
            SELECT 'system', moment, gen_random_uuid(), 'decision', 'cards', 200, '{}', '{}', '{}'
            FROM unnest(ARRAY[now(), '2001-01-01']) AS moment
            """
        )
        #expect(
            try Migrator.open(database.administrator, files: files).apply()
                == files.dropFirst(4).map(\.name)
        )
        #expect(try database.count("SELECT count(*) FROM audit.event WHERE arm IS NULL") == 2)
        #expect(try database.count("SELECT count(*) FROM audit.decision WHERE arm IS NULL") == 2)
        // What the old check refused is taken, and what no check knows is still refused.
        let sink = try database.sink(writers: 1)
        defer { sink.close() }
        let long = Instant(microseconds: 978_307_200_000_000)
        for kind in AuditRecord.Kind.allCases {
            for moment in [Records.now, long] {
                var record = Records.small("system", at: moment)
                record.kind = kind
                record.arm = .shadow
                try await sink.append(record)
            }
        }
        #expect(
            try database.count("SELECT count(*) FROM audit.event WHERE arm = 'shadow'")
                == AuditRecord.Kind.allCases.count * 2
        )
        for column in ["kind", "arm"] {
            #expect(throws: PostgreSQLError(code: .statementFailed, sqlState: "23514")) {
                try database.script(
                    """
                    INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status,
                        card_ids, missing_inputs, flags, arm)
                    SELECT tenant, started_at, gen_random_uuid(),
                        \(column == "kind" ? "'guess'" : "kind"), outcome, status, card_ids,
                        missing_inputs, flags, \(column == "arm" ? "'guess'" : "NULL")
                    FROM audit.event LIMIT 1
                    """
                )
            }
        }
    }

    private static func file(_ text: String) throws -> MigrationFile {
        let number = TestDatabase.migrations.count + 1
        let digits = String(10_000 + number).dropFirst()
        return try MigrationFile(name: "\(digits)_later.sql", bytes: Array(text.utf8))
    }
}
