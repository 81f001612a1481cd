package import PostgreSQL

/// Creates tenants and auditors; for an administrator's connection.
///
/// A tenant can be made by `limen_migrator` too; logins and passwords need a superuser.
package struct Provisioning: ~Copyable {
    let connection: Connection

    /// Connects as an administrator.
    package static func open(
        _ settings: ConnectionSettings
    ) throws(AuditStoreError) -> Provisioning {
        do throws(PostgreSQLError) {
            return Provisioning(connection: try Connection.openForTrail(settings))
        } catch {
            throw AuditStoreError(error)
        }
    }

    private init(connection: consuming Connection) {
        self.connection = connection
    }

    /// Creates a tenant, or leaves it as it is when there is one of that name.
    package func createTenant(_ tenant: String, title: String) throws(AuditStoreError) {
        guard Self.isName(tenant, separator: "-") else {
            throw AuditStoreError(code: .invalidName)
        }
        try asOwner { connection throws(PostgreSQLError) in
            var values = Parameters()
            values.add(text: tenant)
            values.add(text: title)
            _ = try connection.execute(
                """
                INSERT INTO audit.tenant (tenant, title) VALUES ($1, $2) ON CONFLICT DO NOTHING
                """,
                values
            )
        }
    }

    /// Creates the login of an auditor and lets it read a tenant; both may be there already.
    ///
    /// The login may hold eight connections at a time.
    /// The login has no password until `setPassword`: what lets it in then is `pg_hba.conf`.
    package func createAuditor(login: String, tenant: String) throws(AuditStoreError) {
        guard Self.isName(login, separator: "_"), !Self.isHouseRole(login) else {
            throw AuditStoreError(code: .invalidName)
        }
        try createLogin(login, in: "limen_auditor")
        try map(login: login, tenant: tenant)
    }

    /// Creates the login of somebody who watches models and lets it read the counters of a tenant,
    /// and nothing of its audit trail.
    package func createMonitor(login: String, tenant: String) throws(AuditStoreError) {
        guard Self.isName(login, separator: "_"), !Self.isHouseRole(login) else {
            throw AuditStoreError(code: .invalidName)
        }
        try createLogin(login, in: "limen_monitor")
        try map(login: login, tenant: tenant)
    }

    /// Creates the login of somebody who erases, and sets and lifts legal holds, for a tenant.
    package func createEraser(login: String, tenant: String) throws(AuditStoreError) {
        guard Self.isName(login, separator: "_"), !Self.isHouseRole(login) else {
            throw AuditStoreError(code: .invalidName)
        }
        try createLogin(login, in: "limen_eraser")
        try map(login: login, tenant: tenant)
    }

    /// Creates the login that wraps a tenant's data keys anew.
    package func createRewrapper(login: String, tenant: String) throws(AuditStoreError) {
        guard Self.isName(login, separator: "_"), !Self.isHouseRole(login) else {
            throw AuditStoreError(code: .invalidName)
        }
        try createLogin(login, in: "limen_rewrapper")
        try map(login: login, tenant: tenant)
    }

    /// Creates a login of a group, or leaves it as it is.
    private func createLogin(_ login: String, in group: String) throws(AuditStoreError) {
        try transaction { connection throws(PostgreSQLError) in
            try Self.setLocal("limen.login", login, on: connection)
            try Self.setLocal("limen.login_group", group, on: connection)
            // Utility statements take no parameters: the name is quoted by the server (%I).
            _ = try connection.execute(
                """
                DO $$
                DECLARE
                    login text := current_setting('limen.login');
                BEGIN
                    LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;
                    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
                        EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB '
                            'NOCREATEROLE NOREPLICATION INHERIT', login);
                    END IF;
                    -- A login that opens them all would shut the gateway out, and more.
                    PERFORM audit.guard_login(login);
                    EXECUTE format('GRANT %I TO %I', current_setting('limen.login_group'), login);
                END $$
                """
            )
        }
    }

    /// Lets a login read a tenant no more.
    ///
    /// It holds for its next statement in open sessions too, but for a transaction that goes on seeing
    /// the state of its beginning; `removeReader` ends the sessions as well.
    package func revokeAuditor(login: String, tenant: String) throws(AuditStoreError) {
        try asOwner { connection throws(PostgreSQLError) in
            var values = Parameters()
            values.add(text: login)
            values.add(text: tenant)
            _ = try connection.execute(
                "DELETE FROM audit.auditor_tenant WHERE login = $1::text AND tenant = $2",
                values
            )
        }
    }

    /// Gives a login a password, sent as a SCRAM-SHA-256 verifier.
    package func setPassword(login: String, password: String) throws(AuditStoreError) {
        try transaction { connection throws(PostgreSQLError) in
            try Self.setPassword(password, of: login, on: connection)
        }
    }

    /// Gives a login a password within a transaction; as a superuser.
    static func setPassword(
        _ password: String,
        of login: String,
        on connection: borrowing Connection
    ) throws(PostgreSQLError) {
        let verifier = try connection.passwordVerifier(user: login, password: password)
        try setLocal("limen.login", login, on: connection)
        try setLocal("limen.verifier", verifier, on: connection)
        _ = try connection.execute(
            """
            DO $$
            BEGIN
                EXECUTE format('ALTER ROLE %I PASSWORD %L',
                    current_setting('limen.login'), current_setting('limen.verifier'));
            END $$
            """
        )
    }

    /// The tenants that exist, by name.
    package func tenants() throws(AuditStoreError) -> [String] {
        var tenants: [String] = []
        try asOwner { connection throws(PostgreSQLError) in
            let rows = try connection.execute("SELECT tenant FROM audit.tenant ORDER BY tenant")
            for row in 0..<rows.rowCount {
                if let tenant = try rows.text(row, 0) { tenants.append(tenant) }
            }
        }
        return tenants
    }

    // MARK: Steps

    private func map(login: String, tenant: String) throws(AuditStoreError) {
        try asOwner { connection throws(PostgreSQLError) in
            var values = Parameters()
            values.add(text: login)
            values.add(text: tenant)
            _ = try connection.execute(
                """
                INSERT INTO audit.auditor_tenant (login, tenant) VALUES ($1::text, $2)
                ON CONFLICT DO NOTHING
                """,
                values
            )
        }
    }

    func asOwner(
        _ body: (borrowing Connection) throws(PostgreSQLError) -> Void
    ) throws(AuditStoreError) {
        try transaction { connection throws(PostgreSQLError) in
            _ = try connection.execute("SET LOCAL ROLE limen_owner")
            try body(connection)
        }
    }

    func transaction(
        _ body: (borrowing Connection) throws(PostgreSQLError) -> Void
    ) throws(AuditStoreError) {
        do throws(PostgreSQLError) {
            _ = try connection.execute("BEGIN")
            _ = try connection.execute("SET LOCAL search_path = pg_catalog, pg_temp")
            try body(connection)
            _ = try connection.execute("COMMIT")
        } catch {
            _ = try? connection.execute("ROLLBACK")
            throw AuditStoreError(error)
        }
    }

    static func setLocal(
        _ name: String,
        _ value: String,
        on connection: borrowing Connection
    ) throws(PostgreSQLError) {
        var values = Parameters()
        values.add(text: name)
        values.add(text: value)
        _ = try connection.execute("SELECT pg_catalog.set_config($1, $2, true)", values)
    }

    /// Whether a name has only lower-case letters, digits and the separator, 63 of them at most.
    static func isName(_ name: String, separator: Character) -> Bool {
        guard (1...63).contains(name.utf8.count), name.first != separator,
            name.last != separator
        else { return false }
        return name.allSatisfy { character in
            "abcdefghijklmnopqrstuvwxyz0123456789".contains(character) || character == separator
        }
    }

    /// The roles of the migrations are no auditors, nor are PostgreSQL's own.
    static func isHouseRole(_ name: String) -> Bool {
        [
            "limen_owner", "limen_migrator", "limen_writer", "limen_auditor", "limen_retention",
            "limen_maintenance", "limen_health", "limen_monitor", "limen_eraser", "limen_rewrapper",
            "limen_audit_api", "limen_gateway", "limen_backup",
            "limen_operator", "limen_chain", "limen_verifier", "postgres", "public", "none",
        ].contains(name) || name.hasPrefix("pg_")
    }
}
