import PostgreSQL

extension Connection {
    /// Connects, and sees what stands now, whatever the server, the database or the login has set.
    ///
    /// Our functions and triggers take a lock and then look, or look for what others have just
    /// written. A transaction that goes on seeing the state of its beginning would miss that, and
    /// some of them refuse it (SQLSTATE 25001).
    static func openForTrail(
        _ settings: ConnectionSettings,
        timeoutMilliseconds: Int = 10_000
    ) throws(PostgreSQLError) -> Connection {
        let connection = try open(settings, timeoutMilliseconds: timeoutMilliseconds)
        _ = try connection.execute("SET default_transaction_isolation = 'read committed'")
        return connection
    }
}
