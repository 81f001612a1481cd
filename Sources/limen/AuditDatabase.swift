import AuditStore
import Gateway
import PostgreSQL
import Posix

/// The database of the private cluster: its migrations, its logins, its demo tenant.
struct AuditDatabase: Sendable {
    /// The name of the database.
    static let name = "limen"
    /// The login of the demo tenant's auditor.
    static let auditorLogin = auditorLogin(of: DemoClient.tenant)

    /// The login of who watches the models of a tenant.
    static func monitorLogin(of tenant: String) -> String { "limen_monitor_" + tenant }

    /// The login of who erases for a tenant, and sets and lifts legal holds.
    static func eraserLogin(of tenant: String) -> String { "limen_eraser_" + tenant }

    /// The login that wraps the data keys of a tenant anew.
    static func rewrapperLogin(of tenant: String) -> String { "limen_rewrapper_" + tenant }

    /// The database of a state folder whose cluster is running.
    ///
    /// - Throws: `CommandError` with exit code 3 when there is none, 4 when it is down.
    static func running(_ parsed: Arguments) throws(CommandError) -> AuditDatabase {
        let path = try GatewayClient.statePath(parsed)
        guard Folder.isFolder(path: path) else {
            throw CommandError(
                .badInput,
                "there is no state folder \(path); start ./limen up once, or set the PG* variables"
            )
        }
        let state = try StateFolder.open(path)
        guard try state.text("cluster") != nil else {
            throw CommandError(
                .badInput,
                "\(path) holds no cluster; start ./limen up once"
            )
        }
        let cluster = try Cluster.inState(state)
        guard try cluster.state() == .running else {
            throw CommandError(.unavailable, "the private PostgreSQL is down; start ./limen up")
        }
        return AuditDatabase(state: state, socketPath: cluster.socketPath)
    }

    /// The login of a tenant's auditor.
    static func auditorLogin(of tenant: String) -> String { "limen_auditor_" + tenant }

    let state: StateFolder
    let socketPath: String

    /// The connection as one of the logins of the cluster; passwords lie in the state folder.
    func settings(as login: String) throws(CommandError) -> ConnectionSettings {
        let isSuperuser = login == Cluster.superuser
        let password = try state.secret((isSuperuser ? "superuser" : login) + ".password")
        return settings(as: login, password: password)
    }

    /// The connection as a login that `up` has made; whoever only reads makes no secrets.
    ///
    /// - Throws: `CommandError` with exit code 3 when there is no password of that login.
    func existingSettings(as login: String) throws(CommandError) -> ConnectionSettings {
        guard let password = try state.text("secrets/" + login + ".password") else {
            throw CommandError(
                .badInput,
                "\(state.path) holds no password of the login \(login); ./limen up makes auditors of "
                    + "the tenants demo and system"
            )
        }
        return settings(as: login, password: password)
    }

    private func settings(as login: String, password: String) -> ConnectionSettings {
        let place = "host='\(socketPath)' port=\(Cluster.port) dbname=\(Self.name)"
        return ConnectionSettings(conninfo: place).asUser(login, password: password)
    }

    /// The migration files of a home folder.
    static func migrationFiles(home: String) throws(CommandError) -> [MigrationFile] {
        let files = try ConfigurationFiles.read(folder: home + "/Migrations")
        var migrations: [MigrationFile] = []
        for (name, bytes) in files.sorted(by: { $0.key < $1.key }) where name.hasSuffix(".sql") {
            do {
                migrations.append(try MigrationFile(name: name, bytes: bytes))
            } catch {
                throw StoreSentence.commandError(error)
            }
        }
        return migrations
    }

    /// Creates the database, applies the migrations, and makes the demo tenant's logins.
    func prepare(migrations: [MigrationFile]) throws(CommandError) {
        try createIfMissing()
        let administrator = try settings(as: Cluster.superuser)
        let maintenance = try settings(as: "limen_maintenance")
        var passwords: [(login: String, password: String)] = []
        let tenantLogins = Self.tenants.flatMap {
            [
                Self.auditorLogin(of: $0.0), Self.monitorLogin(of: $0.0),
                Self.eraserLogin(of: $0.0), Self.rewrapperLogin(of: $0.0),
            ]
        }
        for login in Self.logins + tenantLogins {
            passwords.append((login, try state.secret(login + ".password")))
        }
        do throws(AuditStoreError) {
            let applied = try Migrator.open(administrator, files: migrations).apply()
            if !applied.isEmpty {
                Terminal.writeError("limen: applied \(applied.count) migrations\n")
            }
            let provisioning = try Provisioning.open(administrator)
            for (tenant, title) in Self.tenants {
                try provisioning.createTenant(tenant, title: title)
                try provisioning.createAuditor(login: Self.auditorLogin(of: tenant), tenant: tenant)
                try provisioning.createMonitor(login: Self.monitorLogin(of: tenant), tenant: tenant)
                try provisioning.createEraser(login: Self.eraserLogin(of: tenant), tenant: tenant)
                try provisioning.createRewrapper(
                    login: Self.rewrapperLogin(of: tenant),
                    tenant: tenant
                )
            }
            for (login, password) in passwords {
                try provisioning.setPassword(login: login, password: password)
            }
            try Maintenance.ensureMonths(maintenance)
        } catch {
            throw StoreSentence.commandError(error)
        }
    }

    /// The logins whose passwords `up` sets.
    private static let logins = [
        "limen_migrator", "limen_writer", "limen_maintenance", "limen_retention", "limen_health",
        "limen_gateway", "limen_operator", "limen_audit_api", "limen_chain", "limen_verifier",
    ]

    /// The tenants that `up` makes, with their titles.
    private static let tenants = [
        (HookGateway.systemTenant, "Callers not yet known"),
        (DemoClient.tenant, "Demonstration"),
    ]

    private func createIfMissing() throws(CommandError) {
        let settings = try settings(as: Cluster.superuser)
        do throws(PostgreSQLError) {
            let connection = try Connection.open(settings.inDatabase("postgres"))
            let rows = try connection.execute(
                "SELECT 1 FROM pg_catalog.pg_database WHERE datname = 'limen'"
            )
            if rows.rowCount == 0 {
                _ = try connection.execute("CREATE DATABASE limen")
            }
            // The cluster is ours alone: the audit logins have no business beside their database.
            _ = try connection.execute(
                "REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC"
            )
        } catch {
            throw CommandError(
                .unavailable,
                "the private PostgreSQL does not let us in (\(error.code.rawValue)); "
                    + "./limen down --wipe removes it with its data"
            )
        }
    }
}
