import AuditStore
import Basics
import Foundation
import Ledger
import PostgreSQL

import Vault

extension AuditSinkTiming {
    /// For tests that are not about the times: a busy machine is not a server that is away.
    static var patient: AuditSinkTiming {
        var timing = AuditSinkTiming()
        timing.connectMilliseconds = 600_000
        timing.graceMilliseconds = 600_000
        timing.appendMilliseconds = 600_000
        return timing
    }
}

/// A migrated database of one test's own, on the server that `LIMEN_TEST_DATABASE` names.
final class TestDatabase: Sendable {
    /// Why the tests that need a server do not run without one.
    static let absence = "no database: set LIMEN_TEST_DATABASE to a superuser's connection string"

    /// Whether there is a server.
    static var isPresent: Bool { conninfo != nil }

    static let conninfo = ProcessInfo.processInfo.environment["LIMEN_TEST_DATABASE"]

    /// The files of `Migrations/`.
    static let migrations: [MigrationFile] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".sql") }.sorted().compactMap { name in
            guard let data = try? Data(contentsOf: folder.appending(path: name)) else { return nil }
            return try? MigrationFile(name: name, bytes: [UInt8](data))
        }
    }()

    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Migrations")

    /// The database as the superuser sees it.
    let administrator: ConnectionSettings
    let name: String
    private let cleanUp: @Sendable () -> Void

    /// Creates a database, migrated or empty.
    init(server: ConnectionSettings? = nil, isMigrated: Bool = true) throws {
        let server = server ?? ConnectionSettings(conninfo: Self.conninfo ?? "")
        let name = "limen_test_" + Self.unique()
        let template = isMigrated ? try Self.template(on: server) : "template1"
        try Self.run("CREATE DATABASE \(name) TEMPLATE \(template)", on: server)
        self.name = name
        administrator = server.inDatabase(name)
        cleanUp = { try? Self.run("DROP DATABASE \(name) WITH (FORCE)", on: server) }
        // What is granted on a database is not copied with it.
        if isMigrated { try Self.run(Self.databaseGrants(name, like: template), on: server) }
    }

    deinit {
        cleanUp()
    }

    /// The settings of a login of this database.
    func login(_ user: String) -> ConnectionSettings { administrator.asUser(user) }

    /// The key of the tests: made of a fixed seed.
    static let signer: NoteSigner = {
        guard let signer = NoteSigner(name: "test", seed: [UInt8](repeating: 7, count: 32)) else {
            preconditionFailure("the seed of the tests is a key")
        }
        return signer
    }()

    static let identity = LogIdentity(
        signer: signer,
        program: "test",
        place: [UInt8](repeating: 1, count: 32)
    )

    /// Opens a sink as the writer.
    func sink(
        writers: Int = 2,
        timing: AuditSinkTiming = .patient,
        spool: AuditSpool? = nil,
        onStateChange: @escaping @Sendable (AuditStoreError?) -> Void = { _ in }
    ) throws -> PostgreSQLAuditSink {
        try PostgreSQLAuditSink.open(
            login("limen_writer"),
            sealer: RecordSealer(Self.ring),
            migrations: Self.migrations,
            identity: Self.identity,
            spool: spool,
            writerCount: writers,
            timing: timing,
            onStateChange: onStateChange
        )
    }

    /// The keys of the tenants of the tests.
    static let ring = KeyRing(
        ["anna", "berta", "system"].map { TenantKeys.generate(tenant: $0, name: "k1") }
    )

    /// Logs in as an auditor who has the keys of the tenants.
    func query(_ auditor: String = "auditor_anna") throws -> AuditQuery {
        try AuditQuery.open(login(auditor), opener: RecordOpener(Self.ring))
    }

    /// Runs a script as somebody, for setting a scene.
    func script(_ text: String, as user: String? = nil) throws {
        let connection = try Connection.open(user.map(login) ?? administrator)
        try connection.runScript(text)
    }

    /// One number as the superuser sees it, past row security.
    func count(_ statement: StaticString) throws -> Int {
        let rows = try Connection.open(administrator).execute(statement)
        return try rows.integer(0, 0) ?? -1
    }

    /// The first column of all rows as the superuser sees it.
    func column(_ statement: StaticString) throws -> [String] {
        let rows = try Connection.open(administrator).execute(statement)
        var texts: [String] = []
        for row in 0..<rows.rowCount { texts.append(try rows.text(row, 0) ?? "") }
        return texts
    }

    /// The name of a migrated database, with the tenants `anna` and `berta` and an auditor for each;
    /// made once for each server and set of migrations.
    private static func template(on server: ConnectionSettings) throws -> String {
        let digest = MigrationFile.digest(of: migrations).prefix(6)
        let name = "limen_template_" + digest.map { String($0, radix: 16) }.joined()
        if try exists(name, on: server) { return name }
        let draft = "limen_draft_" + unique()
        try run("CREATE DATABASE \(draft)", on: server)
        try furnish(server.inDatabase(draft))
        let isFirst = (try? run("ALTER DATABASE \(draft) RENAME TO \(name)", on: server)) != nil
        if !isFirst { try run("DROP DATABASE \(draft) WITH (FORCE)", on: server) }
        return name
    }

    /// Migrates a database and creates the tenants and auditors of the tests.
    private static func furnish(_ place: ConnectionSettings) throws {
        try Migrator.open(place, files: migrations).apply()
        // The trails of the tests begin empty: who was mapped here is not what they are about.
        try run("ALTER TABLE audit.auditor_tenant DISABLE TRIGGER record_mapping", on: place)
        try run("ALTER TABLE audit.tenant DISABLE TRIGGER record_tenant", on: place)
        defer {
            _ = try? run(
                "ALTER TABLE audit.auditor_tenant ENABLE ALWAYS TRIGGER record_mapping",
                on: place
            )
            _ = try? run(
                "ALTER TABLE audit.tenant ENABLE ALWAYS TRIGGER record_tenant",
                on: place
            )
        }
        let provisioning = try Provisioning.open(place)
        for tenant in ["anna", "berta"] {
            try provisioning.createTenant(tenant, title: tenant)
            try provisioning.createAuditor(login: "auditor_" + tenant, tenant: tenant)
            try provisioning.createMonitor(login: "monitor_" + tenant, tenant: tenant)
            try provisioning.createEraser(login: "eraser_" + tenant, tenant: tenant)
            try provisioning.createRewrapper(login: "rewrapper_" + tenant, tenant: tenant)
        }
        try provisioning.createAuditor(login: "auditor_system", tenant: "system")
    }

    /// What the migrations grant on their database: the same as on the template.
    private static func databaseGrants(_ name: String, like template: String) -> String {
        """
        REVOKE ALL ON DATABASE \(name) FROM PUBLIC;
        DO $$
        DECLARE
            one record;
        BEGIN
            FOR one IN SELECT a.privilege_type, pg_get_userbyid(a.grantee) AS grantee
                FROM pg_database d, aclexplode(d.datacl) a
                WHERE d.datname = '\(template)' AND a.grantee NOT IN (0, d.datdba)
            LOOP
                EXECUTE format('GRANT %s ON DATABASE \(name) TO %I',
                    one.privilege_type, one.grantee);
            END LOOP;
        END $$
        """
    }

    private static func exists(_ name: String, on server: ConnectionSettings) throws -> Bool {
        var values = Parameters()
        values.add(text: name)
        let rows = try Connection.open(server).execute(
            "SELECT FROM pg_database WHERE datname = $1::text",
            values
        )
        return rows.rowCount > 0
    }

    private static func unique() -> String {
        UUID().uuidString.lowercased().replacing("-", with: "_")
    }

    private static func run(_ statement: String, on server: ConnectionSettings) throws {
        try Connection.open(server).runScript(statement)
    }
}
