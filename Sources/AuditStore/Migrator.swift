import Basics
package import PostgreSQL

/// Applies the migrations, each in one transaction, and tells which were applied.
///
/// A file that makes roles says so in its first line and runs as a superuser; all others run as the
/// owner, whose rights a superuser or `limen_migrator` takes with SET ROLE.
package struct Migrator: ~Copyable {
    let connection: Connection
    private let files: [MigrationFile]
    /// How long a statement waits for a table; all who come after it wait behind it.
    let waitMilliseconds: Int
    /// Told of a file that did not get its tables in time and is tried again.
    let onWait: @Sendable (MigrationFile) -> Void

    /// Where the database stands.
    package struct Status: Sendable, Equatable {
        /// The names of the migrations that were applied, in their order.
        package let applied: [String]
        /// The names of those still to be applied.
        package let pending: [String]
        /// The server's version, such as 150018.
        package let serverVersion: Int
        /// Whether every file was applied.
        package var isCurrent: Bool { pending.isEmpty }
        /// Whether the server lacks the fixes to row security of its newest minor release.
        package var isServerOutdated: Bool { ServerFloor.isOutdated(serverVersion) }
    }

    /// Connects as a superuser or as `limen_migrator`.
    ///
    /// - Parameters:
    ///   - settings: The place and the login.
    ///   - files: All migrations.
    ///   - waitMilliseconds: How long a statement waits for a table that is in use.
    ///   - onWait: Told of a file that did not get its tables in time and is tried again.
    /// - Returns: What applies them.
    /// - Throws: `AuditStoreError` when the files leave a gap or no connection is made.
    package static func open(
        _ settings: ConnectionSettings,
        files: [MigrationFile],
        waitMilliseconds: Int = 5_000,
        onWait: @escaping @Sendable (MigrationFile) -> Void = { _ in }
    ) throws(AuditStoreError) -> Migrator {
        let ordered = try MigrationFile.ordered(files)
        do throws(PostgreSQLError) {
            return Migrator(
                connection: try Connection.openForTrail(settings),
                files: ordered,
                waitMilliseconds: waitMilliseconds,
                onWait: onWait
            )
        } catch {
            throw AuditStoreError(error)
        }
    }

    private init(
        connection: consuming Connection,
        files: [MigrationFile],
        waitMilliseconds: Int,
        onWait: @escaping @Sendable (MigrationFile) -> Void
    ) {
        self.connection = connection
        self.files = files
        self.waitMilliseconds = waitMilliseconds
        self.onWait = onWait
    }

    /// Compares the files with what was applied.
    ///
    /// - Throws: `migrationEdited` or `migrationMissing` when they contradict each other.
    package func status() throws(AuditStoreError) -> Status {
        let applied = try appliedMigrations()
        try check(applied)
        return Status(
            applied: applied.map(\.name),
            pending: files.dropFirst(applied.count).map(\.name),
            serverVersion: connection.serverVersion
        )
    }

    /// Applies what is pending.
    ///
    /// - Returns: The names of the files that were applied now; empty when all were already.
    @discardableResult
    package func apply() throws(AuditStoreError) -> [String] {
        let before = try status()
        var done: [String] = []
        for file in files where before.pending.contains(file.name) {
            if try apply(file) { done.append(file.name) }
        }
        return done
    }

    // MARK: One file

    /// Applies one file; `false` when another process has done so in the meantime.
    private func apply(_ file: MigrationFile) throws(AuditStoreError) -> Bool {
        if file.needsSuperuser, try !isSuperuser() {
            throw AuditStoreError(code: .superuserNeeded, subject: file.name)
        }
        var triesLeft = Self.triesMax
        while true {
            do throws(PostgreSQLError) {
                return try attempt(file)
            } catch {
                _ = try? connection.execute("ROLLBACK")
                guard Self.isWait(error) else {
                    throw AuditStoreError(code: .migrationFailed, subject: file.name, cause: error)
                }
                triesLeft -= 1
                guard triesLeft > 0 else { throw waited(for: file, error) }
                onWait(file)
                letOthersPass()
            }
        }
    }

    private func attempt(_ file: MigrationFile) throws(PostgreSQLError) -> Bool {
        _ = try connection.execute("BEGIN")
        _ = try connection.execute("SET LOCAL search_path = pg_catalog, pg_temp")
        if try !takeTurn(at: file) {
            _ = try connection.execute("ROLLBACK")
            return false
        }
        try limitWaits()
        if !file.needsSuperuser { _ = try connection.execute("SET LOCAL ROLE limen_owner") }
        try connection.runScript(file.text)
        _ = try connection.execute("SET LOCAL ROLE limen_owner")
        var parameters = Parameters()
        parameters.add(int32: Int32(file.number))
        parameters.add(text: file.name)
        parameters.add(bytes: file.sha256)
        _ = try connection.execute(
            "INSERT INTO audit.schema_migration (number, name, sha256) VALUES ($1, $2, $3)",
            parameters
        )
        _ = try connection.execute("COMMIT")
        return true
    }

    /// Waits until no other migrator is at work; `false` when it has applied this file.
    private func takeTurn(at file: MigrationFile) throws(PostgreSQLError) -> Bool {
        if file.needsSuperuser {
            // The roles belong to the cluster, so the turn does too.
            _ = try connection.execute(
                "LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE"
            )
        }
        guard try hasList() else { return true }
        _ = try connection.execute("SET LOCAL ROLE limen_owner")
        _ = try connection.execute("LOCK TABLE audit.schema_migration IN EXCLUSIVE MODE")
        var parameters = Parameters()
        parameters.add(int32: Int32(file.number))
        let rows = try connection.execute(
            "SELECT 1 FROM audit.schema_migration WHERE number = $1",
            parameters
        )
        _ = try connection.execute("RESET ROLE")
        return rows.rowCount == 0
    }

    // MARK: What was applied

    private struct Applied {
        let number: Int
        let name: String
        let sha256: [UInt8]
    }

    private func appliedMigrations() throws(AuditStoreError) -> [Applied] {
        do throws(PostgreSQLError) {
            guard try hasList() else { return [] }
            _ = try connection.execute("BEGIN READ ONLY")
            defer { _ = try? connection.execute("ROLLBACK") }
            _ = try connection.execute("SET LOCAL ROLE limen_owner")
            let rows = try connection.execute(
                "SELECT number, name, sha256 FROM audit.schema_migration ORDER BY number"
            )
            var applied: [Applied] = []
            for row in 0..<rows.rowCount {
                guard let number = try rows.integer(row, 0), let name = try rows.text(row, 1),
                    let sha256 = rows.bytes(row, 2)
                else { throw PostgreSQLError(code: .unexpectedResult) }
                applied.append(Applied(number: number, name: name, sha256: sha256))
            }
            return applied
        } catch {
            throw AuditStoreError(error)
        }
    }

    private func check(_ applied: [Applied]) throws(AuditStoreError) {
        for (index, migration) in applied.enumerated() {
            guard index < files.count, migration.number == index + 1 else {
                throw AuditStoreError(code: .migrationMissing, subject: migration.name)
            }
            let file = files[index]
            guard file.name == migration.name, file.sha256 == migration.sha256 else {
                throw AuditStoreError(code: .migrationEdited, subject: file.name)
            }
        }
    }

    private func hasList() throws(PostgreSQLError) -> Bool {
        let rows = try connection.execute(
            """
            SELECT EXISTS (SELECT FROM pg_catalog.pg_class c
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = 'audit' AND c.relname = 'schema_migration')
            """
        )
        return try rows.bool(0, 0) ?? false
    }

    private func isSuperuser() throws(AuditStoreError) -> Bool {
        do throws(PostgreSQLError) {
            let rows = try connection.execute(
                "SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user"
            )
            return try rows.bool(0, 0) ?? false
        } catch {
            throw AuditStoreError(error)
        }
    }
}
