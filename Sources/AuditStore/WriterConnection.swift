import PostgreSQL

/// What a writer connection must show before a row is trusted to it.
enum WriterConnection {
    /// Checks the server and the login, prepares the statements, and enters pipeline mode.
    ///
    /// Rows wait meanwhile: after each slice of a wait their deadlines are minded.
    static func makeReady(
        _ connection: borrowing Connection,
        expecting migrations: [MigrationFile],
        before deadline: Deadline = Deadline(milliseconds: 30_000),
        whileWaiting: () -> Void = {}
    ) throws(AuditStoreError) {
        try check(connection, expecting: migrations, before: deadline, whileWaiting: whileWaiting)
        do throws(PostgreSQLError) {
            try WriterStatements.prepare(
                on: connection,
                before: deadline,
                whileWaiting: whileWaiting
            )
            try connection.enterPipelineMode()
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// Checks the server and the login.
    static func check(
        _ connection: borrowing Connection,
        expecting migrations: [MigrationFile],
        before deadline: Deadline = Deadline(milliseconds: 30_000),
        whileWaiting: () -> Void = {}
    ) throws(AuditStoreError) {
        let fault: AuditStoreError?
        do throws(PostgreSQLError) {
            fault = try self.fault(of: connection, migrations, deadline, whileWaiting)
        } catch {
            throw AuditStoreError(error)
        }
        if let fault { throw fault }
    }

    /// The first reason not to write through this connection.
    private static func fault(
        of connection: borrowing Connection,
        _ migrations: [MigrationFile],
        _ deadline: Deadline,
        _ whileWaiting: () -> Void
    ) throws(PostgreSQLError) -> AuditStoreError? {
        let settings = try connection.execute(
            """
            SELECT pg_catalog.current_setting('fsync') = 'on',
                   pg_catalog.current_setting('full_page_writes') = 'on',
                   pg_catalog.current_setting('synchronous_commit') <> 'off',
                   NOT pg_catalog.pg_is_in_recovery(),
                   rolsuper OR rolbypassrls,
                   pg_catalog.set_config('default_transaction_isolation', 'read committed', false)
            FROM pg_catalog.pg_roles WHERE rolname = current_user
            """,
            timeoutMilliseconds: deadline.restMilliseconds,
            sliceMilliseconds: WriterLoop.sliceMilliseconds,
            whileWaiting: whileWaiting
        )
        let names = ["fsync", "full_page_writes", "synchronous_commit", AuditStoreError.recovery]
        for (column, name) in names.enumerated() where try settings.bool(0, column) != true {
            return AuditStoreError(code: .notDurable, subject: name)
        }
        if try settings.bool(0, names.count) != false {
            return AuditStoreError(code: .writerTooPowerful)
        }
        guard try isMigrated(connection, migrations, deadline, whileWaiting) else {
            return AuditStoreError(code: .migrationsNotCurrent)
        }
        return nil
    }

    /// Whether the database has these migrations and no others.
    private static func isMigrated(
        _ connection: borrowing Connection,
        _ migrations: [MigrationFile],
        _ deadline: Deadline,
        _ whileWaiting: () -> Void
    ) throws(PostgreSQLError) -> Bool {
        do throws(PostgreSQLError) {
            let state = try connection.execute(
                "SELECT migration_count, migration_digest FROM audit.health()",
                timeoutMilliseconds: deadline.restMilliseconds,
                sliceMilliseconds: WriterLoop.sliceMilliseconds,
                whileWaiting: whileWaiting
            )
            return try state.integer(0, 0) == migrations.count
                && state.bytes(0, 1) == MigrationFile.digest(of: migrations)
        } catch  where error.code == .statementFailed && !error.isTransient {
            // No such schema, no such function, or no right to it: not migrated.
            return false
        }
    }
}
