import PostgreSQL

/// The logins of people, and what they may read: made, listed, and taken away.
///
/// Every change is an event of the tenant `system`: the mapping by a trigger, whoever changes it, and
/// what is done to the login itself by the deed here.
extension Provisioning {
    /// A login that is mapped to tenants, or could be.
    package struct Reader: Sendable, Equatable {
        /// The login.
        package let login: String
        /// What it may do, as far as the database knows it; none when the login is gone.
        package let roles: [String]
        /// The tenants, by name.
        package var tenants: [String] = []
        /// Whether it is there and may log in.
        package let canLogIn: Bool
    }

    /// What was done to let a login read.
    package struct Addition: Sendable, Equatable {
        /// Whether the login was made.
        package var isNewLogin = false
        /// Whether it has another password now.
        package var hasNewPassword = false
        /// The tenants that it may read and could not before.
        package var tenants: [String] = []
    }

    /// What a login is before it is changed.
    struct Standing {
        var canLogIn = false
        var hasPowers = false
        var groups: [String] = []

        /// The one role that it has, when it is a login of ours and nothing else.
        var role: ReaderRole? {
            guard canLogIn, !hasPowers, groups.count == 1 else { return nil }
            return ReaderRole(group: groups[0])
        }
    }

    /// Whether a name may be that of a person's login: those of the house begin with `limen_`.
    package static func isLoginName(_ name: String) -> Bool {
        isName(name, separator: "_") && !isHouseRole(name) && !name.hasPrefix("limen_")
    }

    /// The database of the connection, as `pg_hba.conf` names it.
    package func databaseName() throws(AuditStoreError) -> String {
        do throws(PostgreSQLError) {
            let rows = try connection.execute("SELECT pg_catalog.current_database()::text")
            return try rows.text(0, 0) ?? ""
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// The logins that are in one of the groups or mapped to a tenant, by name.
    package func readers() throws(AuditStoreError) -> [Reader] {
        try expectCurrent()
        var readers: [Reader] = []
        try asOwner { connection throws(PostgreSQLError) in
            let rows = try connection.execute(
                """
                WITH member AS (
                    SELECT u.rolname AS login, pg_catalog.substr(g.rolname::text, 7) AS role
                    FROM pg_auth_members m
                    JOIN pg_roles g ON g.oid = m.roleid
                    JOIN pg_roles u ON u.oid = m.member
                    WHERE g.rolname IN (
                        'limen_auditor', 'limen_monitor', 'limen_eraser', 'limen_rewrapper')
                ), named AS (
                    SELECT login FROM member UNION SELECT login FROM audit.auditor_tenant
                )
                SELECT n.login::text,
                    ARRAY(SELECT DISTINCT m.role FROM member m WHERE m.login = n.login ORDER BY 1),
                    ARRAY(SELECT g.tenant FROM audit.auditor_tenant g
                          WHERE g.login = n.login ORDER BY 1),
                    EXISTS (SELECT FROM pg_roles r WHERE r.rolname = n.login AND r.rolcanlogin)
                FROM named n ORDER BY 1
                """
            )
            for row in 0..<rows.rowCount {
                guard let login = try rows.text(row, 0), let roles = try rows.texts(row, 1),
                    let tenants = try rows.texts(row, 2), let canLogIn = try rows.bool(row, 3)
                else { throw PostgreSQLError(code: .unexpectedResult) }
                readers.append(
                    Reader(login: login, roles: roles, tenants: tenants, canLogIn: canLogIn)
                )
            }
        }
        return readers
    }

    /// Lets a login read tenants, and makes it when it is not there; all of it or nothing.
    ///
    /// Without a password `pg_hba.conf` says how it gets in: peer, a certificate, LDAP.
    ///
    /// - Throws: `unknownTenant`, `loginTaken`, `rightsMissing` or `invalidName`.
    package func addReader(
        _ login: String,
        as role: ReaderRole,
        tenants: [String],
        password: String? = nil
    ) throws(AuditStoreError) -> Addition {
        guard Self.isLoginName(login) else { throw AuditStoreError(code: .invalidName) }
        try expectCurrent()
        let known = try self.tenants()
        if let unknown = tenants.first(where: { !known.contains($0) }) {
            throw AuditStoreError(code: .unknownTenant, subject: unknown)
        }
        let standing = try standing(of: login)
        if let standing, standing.role != role {
            throw AuditStoreError(
                code: .loginTaken,
                subject: Self.taken(login, standing, for: role)
            )
        }
        let takesSuperuser = standing == nil || password != nil
        if takesSuperuser, try !isSuperuser() {
            throw AuditStoreError(
                code: .rightsMissing,
                subject: "a superuser, who alone makes logins and gives them passwords"
            )
        }
        var addition = Addition(isNewLogin: standing == nil, hasNewPassword: password != nil)
        try transaction { connection throws(PostgreSQLError) in
            if addition.isNewLogin { try Self.makeLogin(login, in: role.group, on: connection) }
            if let password { try Self.setPassword(password, of: login, on: connection) }
            _ = try connection.execute("SET LOCAL ROLE limen_owner")
            if addition.isNewLogin { try Self.record("login-made", login, role, on: connection) }
            if password != nil { try Self.record("login-password", login, role, on: connection) }
            for tenant in tenants {
                var values = Parameters()
                values.add(text: login)
                values.add(text: tenant)
                let rows = try connection.execute(
                    """
                    INSERT INTO audit.auditor_tenant (login, tenant) VALUES ($1::text, $2)
                    ON CONFLICT DO NOTHING RETURNING tenant
                    """,
                    values
                )
                if rows.rowCount > 0 { addition.tenants.append(tenant) }
            }
        }
        return addition
    }

    // MARK: Steps

    /// What a login is; `nil` when there is none of this name.
    func standing(of login: String) throws(AuditStoreError) -> Standing? {
        do throws(PostgreSQLError) {
            var values = Parameters()
            values.add(text: login)
            let rows = try connection.execute(
                """
                SELECT r.rolcanlogin,
                    r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolreplication
                        OR r.rolcreatedb,
                    ARRAY(SELECT DISTINCT g.rolname::text FROM pg_catalog.pg_auth_members m
                          JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
                          WHERE m.member = r.oid ORDER BY 1)
                FROM pg_catalog.pg_roles r WHERE r.rolname = $1::text
                """,
                values
            )
            guard rows.rowCount > 0 else { return nil }
            return Standing(
                canLogIn: try rows.bool(0, 0) ?? false,
                hasPowers: try rows.bool(0, 1) ?? true,
                groups: try rows.texts(0, 2) ?? []
            )
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// Why a login that is there is not taken.
    private static func taken(_ login: String, _ standing: Standing, for role: ReaderRole) -> String
    {
        if standing.hasPowers {
            return "\(login) is a superuser or may make roles, databases or copies: row security "
                + "would not hold it; make a login of its own for the person"
        }
        if let other = standing.role {
            return
                "\(login) is of the role \(other.rawValue): a login has one role, so make another "
                + "for the role \(role.rawValue)"
        }
        if !standing.canLogIn { return "\(login) is a role that cannot log in; take another name" }
        return
            "\(login) is a login of this server that is in other groups or in none; take another "
            + "name, or, when it is the same person's, let a superuser GRANT \(role.group) TO "
            + "\(login) and nothing else, and run this again"
    }

    private static func makeLogin(
        _ login: String,
        in group: String,
        on connection: borrowing Connection
    ) throws(PostgreSQLError) {
        try setLocal("limen.login", login, on: connection)
        try setLocal("limen.login_group", group, on: connection)
        // One that came in between is refused by the server: it is not ours to take.
        _ = try connection.execute(
            """
            DO $$
            DECLARE
                login text := current_setting('limen.login');
            BEGIN
                LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;
                EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB '
                    'NOCREATEROLE NOREPLICATION INHERIT', login);
                PERFORM audit.guard_login(login);
                EXECUTE format('GRANT %I TO %I', current_setting('limen.login_group'), login);
            END $$
            """
        )
    }

    /// Records what was done to a login itself; as the owner.
    static func record(
        _ change: String,
        _ login: String,
        _ role: ReaderRole?,
        on connection: borrowing Connection
    ) throws(PostgreSQLError) {
        var values = Parameters()
        values.add(text: change)
        values.add(text: login)
        values.add(text: role?.rawValue)
        _ = try connection.execute(
            """
            INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, client,
                card_ids, missing_inputs, reason_code, flags, details)
            VALUES ('system', clock_timestamp(), gen_random_uuid(), 'configuration-change', 'done',
                200, session_user, '{}', '{}', $1, '{}',
                json_strip_nulls(json_build_object('change', $1::text, 'login', $2::text,
                    'role', $3::text)))
            """,
            values
        )
    }
}
