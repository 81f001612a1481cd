import PostgreSQL

/// What a migration does about tables that others use.
///
/// Who waits for a table to itself holds up all that come after (PostgreSQL manual, section 13.3.1):
/// so a migration waits for a short time, lets them pass, and tries again.
extension Migrator {
    /// How often a file is tried.
    static let triesMax = 4

    /// SQLSTATE 55P03: the table was not to be had in time; 40P01: each had what the other needs.
    static func isWait(_ error: PostgreSQLError) -> Bool {
        error.code == .statementFailed && ["55P03", "40P01"].contains(error.sqlState)
    }

    /// Limits the waits of a transaction.
    func limitWaits() throws(PostgreSQLError) {
        var values = Parameters()
        values.add(text: "\(waitMilliseconds)ms")
        _ = try connection.execute(
            "SELECT pg_catalog.set_config('lock_timeout', $1, true)",
            values
        )
    }

    /// Gives those who waited behind this migration the time that they lost.
    func letOthersPass() {
        var values = Parameters()
        values.add(text: "\(waitMilliseconds) milliseconds")
        _ = try? connection.execute("SELECT pg_catalog.pg_sleep_for($1::text::interval)", values)
    }

    /// The error of a file that never got its tables, with who has tables of the trail open now.
    func waited(for file: MigrationFile, _ cause: PostgreSQLError) -> AuditStoreError {
        let users = (try? tableUsers()) ?? []
        let names = users.isEmpty ? "" : ", held up by " + users.joined(separator: ", ")
        return AuditStoreError(code: .migrationWaited, subject: file.name + names, cause: cause)
    }

    /// Processes of the server with tables of the trail open: the longest first, as far as it is told.
    private func tableUsers() throws(PostgreSQLError) -> [String] {
        let rows = try connection.execute(
            """
            SELECT 'process ' || a.pid || coalesce(' of ' || a.usename, '')
            FROM pg_catalog.pg_stat_activity a
            WHERE a.pid <> pg_catalog.pg_backend_pid()
              AND EXISTS (SELECT FROM pg_catalog.pg_locks l
                          JOIN pg_catalog.pg_class c ON c.oid = l.relation
                          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                          WHERE l.pid = a.pid AND l.granted AND n.nspname = 'audit'
                            AND l.database = a.datid)
              AND a.datname = pg_catalog.current_database()
            ORDER BY a.xact_start, a.pid LIMIT 3
            """
        )
        var users: [String] = []
        for row in 0..<rows.rowCount {
            if let user = try rows.text(row, 0) { users.append(user) }
        }
        return users
    }
}
