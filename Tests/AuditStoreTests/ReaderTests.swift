import Foundation
import PostgreSQL
import Testing

@testable import AuditStore

/// The logins of people as `limen auditor` makes and ends them, on a real server.
@Suite("Readers", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct ReaderTests {
    /// A login that no other test has: logins are of the whole server.
    static func name() -> String {
        "reader_" + UUID().uuidString.prefix(8).lowercased()
    }

    /// Makes a login for a while.
    static func withLogin(
        _ database: TestDatabase,
        _ body: (String) throws -> Void
    ) throws {
        let login = name()
        defer {
            try? database.script("DROP OWNED BY \(login)")
            try? database.script("DROP ROLE IF EXISTS \(login)")
        }
        try body(login)
    }

    /// What the trail says of changes, in their order.
    static func changes(_ database: TestDatabase) throws -> [String] {
        try database.column(
            """
            SELECT concat_ws(' ', tenant, reason_code,
                regexp_replace(details->>'login', '_[0-9a-f]{8}$', ''), details->>'tenant',
                details->>'role', details->>'roles', client = session_user)
            FROM audit.event WHERE kind = 'configuration-change' ORDER BY started_at
            """
        )
    }

    private static let rows = """
        INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, card_ids,
            missing_inputs, flags)
        SELECT t, now(), gen_random_uuid(), 'decision', 'no-cards', 200, '{}', '{}', '{}'
        FROM unnest(ARRAY['anna', 'anna', 'berta']) t
        """

    private static func seen(_ database: TestDatabase, _ login: String) throws -> Int {
        let connection = try Connection.open(database.login(login))
        let rows = try connection.execute("SELECT count(*) FROM audit.event")
        return try rows.integer(0, 0) ?? -1
    }

    @Test("A login that was added reads its tenants and no other, and twice is once")
    func added() throws {
        let database = try TestDatabase()
        try database.script(Self.rows)
        try Self.withLogin(database) { login in
            let desk = try Provisioning.open(database.administrator)
            let first = try desk.addReader(login, as: .auditor, tenants: ["anna"])
            #expect(
                first
                    == Provisioning.Addition(
                        isNewLogin: true,
                        hasNewPassword: false,
                        tenants: ["anna"]
                    )
            )
            #expect(try Self.seen(database, login) == 2)
            #expect(
                try desk.addReader(login, as: .auditor, tenants: ["anna"])
                    == Provisioning.Addition()
            )
            let second = try desk.addReader(
                login,
                as: .auditor,
                tenants: ["anna", "berta"],
                password: "correct horse"
            )
            #expect(second.tenants == ["berta"] && second.hasNewPassword && !second.isNewLogin)
            #expect(try Self.seen(database, login) == 3)
            let reader = try desk.readers().first { $0.login == login }
            #expect(reader?.roles == ["auditor"])
            #expect(reader?.tenants == ["anna", "berta"])
            #expect(reader?.canLogIn == true)
        }
        #expect(
            try Self.changes(database) == [
                "system login-made reader auditor t",
                "system reader-added reader anna [\"auditor\"] t",
                "system login-password reader auditor t",
                "system reader-added reader berta [\"auditor\"] t",
            ]
        )
    }

    @Test("The doctor finds nothing against a login of any role", arguments: ReaderRole.allCases)
    func doctor(role: ReaderRole) throws {
        let database = try TestDatabase()
        try Self.withLogin(database) { login in
            let desk = try Provisioning.open(database.administrator)
            _ = try desk.addReader(login, as: role, tenants: ["anna"], password: "correct horse")
            let report = try Doctor.examine(
                database.login("limen_health"),
                expectation: try DoctorTests.expectation.get(),
                migrations: TestDatabase.migrations
            )
            #expect(report.findings.filter { $0.object.contains(login) }.map(\.sentence) == [])
            _ = try desk.removeReader(login, tenants: nil)
            let after = try Doctor.examine(
                database.login("limen_health"),
                expectation: try DoctorTests.expectation.get(),
                migrations: TestDatabase.migrations
            )
            #expect(after.findings.filter { $0.object.contains(login) }.map(\.sentence) == [])
        }
    }

    @Test("A removal ends open sessions, one that goes on seeing the past too, and the login")
    func removed() throws {
        let database = try TestDatabase()
        try database.script(Self.rows)
        try Self.withLogin(database) { login in
            let desk = try Provisioning.open(database.administrator)
            _ = try desk.addReader(login, as: .auditor, tenants: ["anna"])
            let open = try Connection.open(database.login(login))
            _ = try open.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            let before = try open.execute("SELECT count(*) FROM audit.event")
            #expect(try before.integer(0, 0) == 2)
            let removal = try desk.removeReader(login, tenants: nil)
            #expect(removal.tenants == ["anna"])
            #expect(removal.remaining == [])
            #expect(removal.endedSessionCount == 1)
            #expect(removal.openSessionCount == 0)
            #expect(removal.login == .dropped)
            #expect(throws: PostgreSQLError.self) {
                _ = try open.execute("SELECT count(*) FROM audit.event")
            }
            #expect(throws: PostgreSQLError.self) { _ = try Self.seen(database, login) }
            #expect(try desk.readers().contains { $0.login == login } == false)
            #expect(try desk.removeReader(login, tenants: nil).isOfNobody)
        }
        #expect(
            try Self.changes(database).suffix(3) == [
                "system reader-removed reader anna [\"auditor\"] t",
                "system login-locked reader auditor t",
                "system login-dropped reader auditor t",
            ]
        )
    }

    @Test("A removal of one tenant leaves the others and the login, and ends its sessions here")
    func narrowed() throws {
        let database = try TestDatabase()
        try database.script(Self.rows)
        try Self.withLogin(database) { login in
            let desk = try Provisioning.open(database.administrator)
            _ = try desk.addReader(login, as: .auditor, tenants: ["anna", "berta"])
            let open = try Connection.open(database.login(login))
            _ = try open.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            _ = try open.execute("SELECT count(*) FROM audit.event")
            let removal = try desk.removeReader(login, tenants: ["anna"])
            #expect(removal.tenants == ["anna"])
            #expect(removal.remaining == ["berta"])
            #expect(removal.login == .kept)
            #expect(removal.endedSessionCount == 1)
            #expect(throws: PostgreSQLError.self) {
                _ = try open.execute("SELECT count(*) FROM audit.event")
            }
            #expect(try Self.seen(database, login) == 1)
            let last = try desk.removeReader(login, tenants: nil, keepsLogin: true)
            #expect(last.login == .kept && last.tenants == ["berta"])
            #expect(try Self.seen(database, login) == 0)
        }
    }

    @Test("A login that owns something is locked when it cannot be dropped")
    func locked() throws {
        let database = try TestDatabase()
        try Self.withLogin(database) { login in
            let desk = try Provisioning.open(database.administrator)
            _ = try desk.addReader(
                login,
                as: .monitor,
                tenants: ["anna"],
                password: "correct horse"
            )
            try database.script("CREATE SCHEMA kept AUTHORIZATION \(login)")
            let removal = try desk.removeReader(login, tenants: nil)
            #expect(removal.login == .locked)
            #expect(throws: PostgreSQLError.self) { _ = try Self.seen(database, login) }
            #expect(try desk.removeReader(login, tenants: nil).login == .locked)
            #expect(throws: AuditStoreError.self) {
                _ = try desk.addReader(login, as: .monitor, tenants: ["anna"])
            }
        }
    }

    @Test("What is wrong is named, and nothing is changed")
    func refused() throws {
        let database = try TestDatabase()
        let before = try database.column(
            "SELECT login || ' ' || tenant FROM audit.auditor_tenant ORDER BY 1"
        )
        let desk = try Provisioning.open(database.administrator)
        try Self.withLogin(database) { login in
            #expect(throws: AuditStoreError(code: .unknownTenant, subject: "nobody")) {
                _ = try desk.addReader(login, as: .auditor, tenants: ["anna", "nobody"])
            }
            #expect(throws: AuditStoreError(code: .unknownTenant, subject: "nobody")) {
                _ = try desk.removeReader(login, tenants: ["nobody"])
            }
            for attributes in ["NOLOGIN", "LOGIN", "LOGIN SUPERUSER", "LOGIN BYPASSRLS"] {
                try database.script("CREATE ROLE \(login) \(attributes)")
                let error = #expect(throws: AuditStoreError.self) {
                    _ = try desk.addReader(login, as: .auditor, tenants: ["anna"])
                }
                #expect(error?.code == .loginTaken, "\(attributes)")
                try database.script("DROP ROLE \(login)")
            }
            for group in ["limen_eraser", "pg_read_all_data", "limen_writer"] {
                try database.script("CREATE ROLE \(login) LOGIN; GRANT \(group) TO \(login)")
                let error = #expect(throws: AuditStoreError.self) {
                    _ = try desk.addReader(login, as: .auditor, tenants: ["anna"])
                }
                #expect(error?.code == .loginTaken, "\(group)")
                try database.script("DROP ROLE \(login)")
            }
        }
        for login in ["limen_writer", "limen_verifier", "limen_chain", "limen_new", "postgres"] {
            #expect(throws: AuditStoreError(code: .invalidName), "\(login)") {
                _ = try desk.addReader(login, as: .auditor, tenants: ["anna"])
            }
        }
        for login in ["limen_writer", "limen_verifier", "limen_chain", "limen_owner", "postgres"] {
            #expect(throws: AuditStoreError(code: .invalidName), "\(login)") {
                _ = try desk.removeReader(login, tenants: nil)
            }
        }
        let after = try database.column(
            "SELECT login || ' ' || tenant FROM audit.auditor_tenant ORDER BY 1"
        )
        #expect(after == before)
        #expect(try Self.changes(database) == [])
    }

    @Test("Without a superuser a login gets tenants and loses them, and nothing is made or ended")
    func migrator() throws {
        let database = try TestDatabase()
        try Self.withLogin(database) { login in
            let administrator = try Provisioning.open(database.administrator)
            let desk = try Provisioning.open(database.login("limen_migrator"))
            let error = #expect(throws: AuditStoreError.self) {
                _ = try desk.addReader(login, as: .auditor, tenants: ["anna"])
            }
            #expect(error?.code == .rightsMissing)
            _ = try administrator.addReader(login, as: .auditor, tenants: ["anna"])
            #expect(
                try desk.addReader(login, as: .auditor, tenants: ["berta"]).tenants == ["berta"]
            )
            let password = #expect(throws: AuditStoreError.self) {
                _ = try desk.addReader(
                    login,
                    as: .auditor,
                    tenants: ["berta"],
                    password: "correct horse"
                )
            }
            #expect(password?.code == .rightsMissing)
            let open = try Connection.open(database.login(login))
            let removal = try desk.removeReader(login, tenants: nil)
            #expect(removal.tenants == ["anna", "berta"])
            #expect(removal.login == .left)
            #expect(removal.openSessionCount == 1)
            let rows = try open.execute("SELECT count(*) FROM audit.event")
            #expect(try rows.integer(0, 0) == 0)
        }
        for login in ["limen_writer", "limen_retention", "auditor_anna"] {
            let desk = try Provisioning.open(database.login(login))
            let error = #expect(throws: AuditStoreError.self) { _ = try desk.readers() }
            #expect(error?.code == .rightsMissing, "\(login)")
            #expect(throws: AuditStoreError.self) { _ = try desk.addTenant("x", title: "x") }
            #expect(throws: AuditStoreError.self) {
                _ = try desk.addReader("auditor_anna", as: .auditor, tenants: ["berta"])
            }
            #expect(throws: AuditStoreError.self) {
                _ = try desk.removeReader("auditor_anna", tenants: nil)
            }
        }
    }

    @Test("A tenant is made once, is on record once, and has no keys in use until there are rows")
    func tenants() async throws {
        let scene = try VaultScene()
        let database = scene.database
        let desk = try Provisioning.open(database.login("limen_migrator"))
        #expect(try desk.addTenant("clara", title: "Clara"))
        #expect(try !desk.addTenant("clara", title: "another"))
        #expect(try desk.tenantList().first { $0.name == "clara" }?.title == "Clara")
        #expect(try !desk.hasKeysInUse(tenant: "clara"))
        #expect(try !desk.hasKeysInUse(tenant: "anna"))
        try await scene.sink.append(scene.decision())
        scene.sink.close()
        #expect(try desk.hasKeysInUse(tenant: "anna"))
        let changes = try database.column(
            """
            SELECT concat_ws(' ', tenant, reason_code, client, details->>'tenant')
            FROM audit.event WHERE kind = 'configuration-change'
            """
        )
        #expect(changes == ["system tenant-added limen_migrator clara"])
    }

    @Test("A database that is behind is told so")
    func behind() throws {
        let database = try TestDatabase(isMigrated: false)
        try Migrator.open(
            database.administrator,
            files: Array(TestDatabase.migrations.prefix(20))
        ).apply()
        let desk = try Provisioning.open(database.administrator)
        #expect(throws: AuditStoreError(code: .migrationsNotCurrent)) {
            _ = try desk.addTenant("clara", title: "Clara")
        }
        #expect(throws: AuditStoreError(code: .migrationsNotCurrent)) {
            _ = try desk.addReader("reader_x", as: .auditor, tenants: ["system"])
        }
    }
}
