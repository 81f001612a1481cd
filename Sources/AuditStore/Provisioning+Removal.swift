import PostgreSQL

/// The end of what a login may read.
extension Provisioning {
    /// What was done to end it.
    package struct Removal: Sendable, Equatable {
        /// What became of the login itself.
        package enum LoginEnd: String, Sendable {
            /// There is none.
            case absent
            /// It is there as before.
            case kept
            /// It is gone.
            case dropped
            /// It cannot log in any more, has no password and is in no group; it owns something.
            case locked
            /// It should have ended, and what it takes was not to be had.
            case left
        }

        /// The tenants that it read and reads no longer.
        package var tenants: [String] = []
        /// The tenants that it still reads.
        package var remaining: [String] = []
        /// How many of its sessions were ended.
        package var endedSessionCount = 0
        /// How many of its sessions go on.
        package var openSessionCount = 0
        /// What became of the login.
        package var login = LoginEnd.kept

        /// Whether there was neither a mapping nor a login.
        package var isOfNobody: Bool { tenants.isEmpty && remaining.isEmpty && login == .absent }
    }

    /// Whether a name can be that of a login whose reading can be ended: no role of the house.
    package static func isRemovable(_ name: String) -> Bool {
        isName(name, separator: "_") && !isHouseRole(name)
    }

    /// Ends what a login may read: of some tenants, or of all and then the login too.
    ///
    /// Its next statement reads nothing more. A transaction that goes on seeing the state of its
    /// beginning would; so its sessions are ended, which takes a superuser.
    ///
    /// - Throws: `invalidName`, `unknownTenant`, or `loginTaken` for a role of the house.
    package func removeReader(
        _ login: String,
        tenants: [String]?,
        keepsLogin: Bool = false
    ) throws(AuditStoreError) -> Removal {
        guard Self.isRemovable(login) else { throw AuditStoreError(code: .invalidName) }
        try expectCurrent()
        if let tenants {
            let known = try self.tenants()
            if let unknown = tenants.first(where: { !known.contains($0) }) {
                throw AuditStoreError(code: .unknownTenant, subject: unknown)
            }
        }
        let standing = try standing(of: login)
        let isOurs = standing?.role != nil
        let endsLogin = tenants == nil && !keepsLogin && standing != nil
        // What an earlier removal left, because it owns something.
        let isLocked = standing.map { !$0.canLogIn && $0.groups.isEmpty } ?? false
        let isSuperuser = try isSuperuser()
        var removal = Removal()
        removal.login = standing == nil ? .absent : .kept
        if endsLogin { removal.login = isLocked ? .locked : .left }
        let locks = endsLogin && isOurs && isSuperuser
        try unmap(login, tenants, locks: locks, role: standing?.role, into: &removal)
        if isSuperuser {
            try endSessions(of: login, everywhere: locks, into: &removal)
        }
        removal.openSessionCount = try sessionCount(of: login, everywhere: locks)
        if locks { removal.login = try drop(login, role: standing?.role) ? .dropped : .locked }
        return removal
    }

    // MARK: Steps

    private func unmap(
        _ login: String,
        _ tenants: [String]?,
        locks: Bool,
        role: ReaderRole?,
        into removal: inout Removal
    ) throws(AuditStoreError) {
        var gone: [String] = []
        var remaining: [String] = []
        try transaction { connection throws(PostgreSQLError) in
            _ = try connection.execute("SET LOCAL ROLE limen_owner")
            var values = Parameters()
            values.add(text: login)
            values.add(texts: tenants ?? [])
            values.add(bool: tenants == nil)
            let deleted = try connection.execute(
                """
                DELETE FROM audit.auditor_tenant
                WHERE login = $1::text AND ($3 OR tenant = ANY ($2)) RETURNING tenant
                """,
                values
            )
            for row in 0..<deleted.rowCount {
                if let tenant = try deleted.text(row, 0) { gone.append(tenant) }
            }
            var named = Parameters()
            named.add(text: login)
            let left = try connection.execute(
                "SELECT tenant FROM audit.auditor_tenant WHERE login = $1::text ORDER BY 1",
                named
            )
            for row in 0..<left.rowCount {
                if let tenant = try left.text(row, 0) { remaining.append(tenant) }
            }
            guard locks else { return }
            try Self.record("login-locked", login, role, on: connection)
            _ = try connection.execute("RESET ROLE")
            try Self.setLocal("limen.login", login, on: connection)
            try Self.setLocal("limen.login_group", role?.group ?? "", on: connection)
            _ = try connection.execute(
                """
                DO $$
                DECLARE
                    login text := current_setting('limen.login');
                BEGIN
                    EXECUTE format('ALTER ROLE %I NOLOGIN PASSWORD NULL', login);
                    EXECUTE format('REVOKE %I FROM %I', current_setting('limen.login_group'),
                        login);
                END $$
                """
            )
        }
        removal.tenants = gone.sorted()
        removal.remaining = remaining
    }

    /// Ends the sessions of a login and waits until they are gone, for five seconds each at most.
    private func endSessions(
        of login: String,
        everywhere: Bool,
        into removal: inout Removal
    ) throws(AuditStoreError) {
        do throws(PostgreSQLError) {
            var values = Parameters()
            values.add(text: login)
            values.add(bool: everywhere)
            let rows = try connection.execute(
                """
                SELECT pg_catalog.pg_terminate_backend(a.pid, 5000)
                FROM pg_catalog.pg_stat_activity a
                WHERE a.usename = $1::text
                  AND ($2 OR a.datname = pg_catalog.current_database())
                """,
                values,
                timeoutMilliseconds: 120_000
            )
            for row in 0..<rows.rowCount where try rows.bool(row, 0) == true {
                removal.endedSessionCount += 1
            }
        } catch {
            throw AuditStoreError(error)
        }
    }

    private func sessionCount(
        of login: String,
        everywhere: Bool
    ) throws(AuditStoreError) -> Int {
        do throws(PostgreSQLError) {
            var values = Parameters()
            values.add(text: login)
            values.add(bool: everywhere)
            let rows = try connection.execute(
                """
                SELECT count(*) FROM pg_catalog.pg_stat_activity a
                WHERE a.usename = $1::text
                  AND ($2 OR a.datname = pg_catalog.current_database())
                """,
                values
            )
            return try rows.integer(0, 0) ?? 0
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// Drops a locked login; `false` when it owns something, here or in another database.
    private func drop(_ login: String, role: ReaderRole?) throws(AuditStoreError) -> Bool {
        do throws(AuditStoreError) {
            try transaction { connection throws(PostgreSQLError) in
                try Self.setLocal("limen.login", login, on: connection)
                _ = try connection.execute(
                    """
                    DO $$
                    BEGIN
                        EXECUTE format('DROP ROLE %I', current_setting('limen.login'));
                    END $$
                    """
                )
                _ = try connection.execute("SET LOCAL ROLE limen_owner")
                try Self.record("login-dropped", login, role, on: connection)
            }
            return true
        } catch {
            // 2BP01: dependent objects still exist.
            guard error.cause?.sqlState == "2BP01" else { throw error }
            return false
        }
    }
}
