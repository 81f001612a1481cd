package import Basics
import PostgreSQL

/// The tenants of a database, as whoever deploys sees them.
extension Provisioning {
    /// A tenant.
    package struct Tenant: Sendable, Equatable {
        /// The name.
        package let name: String
        /// What people call it.
        package let title: String
        /// When it was made.
        package let createdAt: Instant
    }

    /// The tenants with their titles, by name.
    package func tenantList() throws(AuditStoreError) -> [Tenant] {
        try expectCurrent()
        var tenants: [Tenant] = []
        try asOwner { connection throws(PostgreSQLError) in
            let rows = try connection.execute(
                "SELECT tenant, title, created_at FROM audit.tenant ORDER BY tenant"
            )
            for row in 0..<rows.rowCount {
                guard let name = try rows.text(row, 0), let title = try rows.text(row, 1),
                    let createdAt = try rows.instant(row, 2)
                else { throw PostgreSQLError(code: .unexpectedResult) }
                tenants.append(Tenant(name: name, title: title, createdAt: createdAt))
            }
        }
        return tenants
    }

    /// Whether rows of a tenant are sealed under keys that are somewhere: others must not be made.
    ///
    /// A gateway that has started tells the database of its keys; so it need not have written yet.
    package func hasKeysInUse(tenant: String) throws(AuditStoreError) -> Bool {
        try expectCurrent()
        var isInUse = true
        try asOwner { connection throws(PostgreSQLError) in
            var values = Parameters()
            values.add(text: tenant)
            let rows = try connection.execute(
                """
                SELECT EXISTS (SELECT FROM audit.data_key k WHERE k.tenant = $1)
                    OR EXISTS (SELECT FROM audit.key_report r WHERE r.tenant = $1)
                """,
                values
            )
            isInUse = try rows.bool(0, 0) ?? true
        }
        return isInUse
    }

    /// Creates a tenant; whether there was none of that name.
    ///
    /// - Throws: `invalidName`, `rightsMissing` or `migrationsNotCurrent`.
    package func addTenant(_ name: String, title: String) throws(AuditStoreError) -> Bool {
        let isThere = try tenantList().contains { $0.name == name }
        if !isThere { try createTenant(name, title: title) }
        return !isThere
    }

    // MARK: Who asks

    /// Whether the login of the connection is a superuser.
    func isSuperuser() throws(AuditStoreError) -> Bool {
        do throws(PostgreSQLError) {
            let rows = try connection.execute(
                "SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user"
            )
            return try rows.bool(0, 0) ?? false
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// Refuses a database without the migrations that record all this, and a login that cannot act
    /// as the owner.
    func expectCurrent() throws(AuditStoreError) {
        let isCurrent: Bool
        let isOwner: Bool
        do throws(PostgreSQLError) {
            let rows = try connection.execute(
                """
                SELECT
                    EXISTS (SELECT FROM pg_catalog.pg_proc p
                            JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
                            WHERE n.nspname = 'audit' AND p.proname = 'record_tenant'),
                    EXISTS (SELECT FROM pg_catalog.pg_roles o WHERE o.rolname = 'limen_owner'
                            AND pg_catalog.pg_has_role(current_user, o.oid, 'MEMBER'))
                """
            )
            isCurrent = try rows.bool(0, 0) ?? false
            isOwner = try rows.bool(0, 1) ?? false
        } catch {
            throw AuditStoreError(error)
        }
        guard isCurrent else { throw AuditStoreError(code: .migrationsNotCurrent) }
        guard isOwner else {
            throw AuditStoreError(code: .rightsMissing, subject: "limen_migrator or a superuser")
        }
    }
}
