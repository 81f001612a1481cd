package import PostgreSQL

/// Keeps the months of the audit trail: created ahead, dropped past retention, and looked at.
package enum Maintenance {
    /// What `audit.health()` tells.
    package struct Health: Sendable, Equatable {
        /// How many migrations were applied.
        package let migrationCount: Int
        /// Whether they are these files and no others.
        package let isCurrent: Bool
        /// How many months to come have their partitions.
        package let monthsAhead: Int
        /// How many of this month and the next lack a partition; zero when all is well.
        ///
        /// Rows of such a month lie in the default partition. When some were written there before
        /// the partition was made, it cannot be made any more, and retention does not reach them.
        package let monthsMissing: Int
        /// The bytes of rows for which no month was there; zero when all is well.
        package let defaultBytes: Int
    }

    /// Creates the partitions of so many months to come, logged in as `limen_maintenance`.
    ///
    /// A service that runs for long calls it daily: it makes what is missing and leaves out a month
    /// of which rows already lie in the default partition, which `health` then counts. It blocks
    /// its thread, and gives up after two seconds behind a long reader, to be called again.
    ///
    /// - Returns: How many partitions were created now.
    @discardableResult
    package static func ensureMonths(
        _ settings: ConnectionSettings,
        ahead: Int = 3
    ) throws(AuditStoreError) -> Int {
        do throws(PostgreSQLError) {
            let connection = try Connection.openForTrail(settings)
            var values = Parameters()
            values.add(int32: Int32(clamping: ahead))
            let rows = try connection.execute("SELECT audit.ensure_months($1)", values)
            return try rows.integer(0, 0) ?? 0
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// Removes the used tokens that have expired, logged in as `limen_maintenance` or
    /// `limen_retention`.
    ///
    /// - Returns: How many rows were removed.
    @discardableResult
    package static func purgeUsedTokens(
        _ settings: ConnectionSettings
    ) throws(AuditStoreError) -> Int {
        do throws(PostgreSQLError) {
            let connection = try Connection.openForTrail(settings)
            let rows = try connection.execute("SELECT audit.purge_used_tokens()")
            return try rows.integer(0, 0) ?? 0
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// Removes what was shown and is forgotten, logged in as `limen_maintenance` or
    /// `limen_retention`.
    ///
    /// - Returns: How many rows were removed.
    @discardableResult
    package static func purgeShown(_ settings: ConnectionSettings) throws(AuditStoreError) -> Int {
        do throws(PostgreSQLError) {
            let connection = try Connection.openForTrail(settings)
            let rows = try connection.execute("SELECT audit.purge_shown()")
            return try rows.integer(0, 0) ?? 0
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// Puts the counters of days that are over into one row for each series, logged in as
    /// `limen_maintenance` or `limen_retention`.
    ///
    /// - Returns: How many rows fewer there are.
    @discardableResult
    package static func rollUpCounters(
        _ settings: ConnectionSettings
    ) throws(AuditStoreError) -> Int {
        do throws(PostgreSQLError) {
            let connection = try Connection.openForTrail(settings)
            let rows = try connection.execute("SELECT audit.roll_up_model_counts()")
            return try rows.integer(0, 0) ?? 0
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// What speaks against the server's version, in one sentence; `nil` when nothing does.
    ///
    /// An outdated server is said and does not stop a service: a hospital that cannot update today
    /// must still be able to record what it decides.
    package static func versionWarning(
        _ settings: ConnectionSettings
    ) throws(AuditStoreError) -> String? {
        do throws(PostgreSQLError) {
            return ServerFloor.sentence(try Connection.openForTrail(settings).serverVersion)
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// Reads the state of the store, logged in as `limen_health`, `limen_writer` or
    /// `limen_maintenance`.
    package static func health(
        _ settings: ConnectionSettings,
        migrations: [MigrationFile]
    ) throws(AuditStoreError) -> Health {
        do throws(PostgreSQLError) {
            let connection = try Connection.openForTrail(settings)
            let rows = try connection.execute(
                """
                SELECT migration_count, migration_digest, months_ahead, months_missing, default_bytes
                FROM audit.health()
                """
            )
            guard let count = try rows.integer(0, 0), let monthsAhead = try rows.integer(0, 2),
                let monthsMissing = try rows.integer(0, 3),
                let defaultBytes = try rows.integer(0, 4)
            else { throw PostgreSQLError(code: .unexpectedResult) }
            let digest = MigrationFile.digest(of: migrations)
            return Health(
                migrationCount: count,
                isCurrent: count == migrations.count && rows.bytes(0, 1) == digest,
                monthsAhead: monthsAhead,
                monthsMissing: monthsMissing,
                defaultBytes: defaultBytes
            )
        } catch {
            throw AuditStoreError(error)
        }
    }
}
