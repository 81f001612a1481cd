package import PostgreSQL

/// Reads the facts of a database from its catalogue, which every login may read.
///
/// Three things need more: the list of migrations and the mapping of auditors come from
/// `audit.doctor_facts()`, which `limen_health` may call, and the rules of `pg_hba.conf` from a view
/// that a superuser may read. What could not be read is named in `unseen` and never taken for sound.
package struct CatalogueReader {
    /// What was read.
    package private(set) var facts: [CatalogueFact] = []
    /// What this login may not see.
    package private(set) var unseen: [String] = []
    /// The server's version, such as 150018.
    package let serverVersion: Int

    /// Whether it was seen which migrations were applied; without them nothing is proved.
    package var seesMigrations: Bool { !unseen.contains(Self.unseenFacts) }

    /// How `unseen` names what only the doctor's own function tells.
    package static let unseenFacts =
        "the applied migrations and the mapping of auditors: log in as limen_health"

    /// Reads everything in the transaction that is open on the connection.
    package init(_ connection: borrowing Connection) throws(PostgreSQLError) {
        serverVersion = connection.serverVersion
        // Names are printed with their schema when it is not on the path.
        _ = try connection.execute("SET LOCAL search_path = pg_catalog, pg_temp")
        _ = try connection.execute("SET LOCAL TimeZone = 'UTC'")
        for statement in CatalogueStatements.all {
            try add(connection.execute(statement))
        }
        try add(connection.execute(SettingStatements.settings))
        try attempt(
            "SELECT * FROM audit.doctor_facts()",
            of: Self.unseenFacts,
            on: connection
        )
        try attempt(
            SettingStatements.hostRules,
            of: "pg_hba.conf: log in as a superuser",
            on: connection
        )
    }

    /// Takes facts that were made elsewhere.
    package init(facts: [CatalogueFact], unseen: [String] = [], serverVersion: Int) {
        self.facts = facts
        self.unseen = unseen
        self.serverVersion = serverVersion
    }

    private mutating func add(_ rows: borrowing QueryResult) throws(PostgreSQLError) {
        for row in 0..<rows.rowCount {
            guard let name = try rows.text(row, 0), let kind = CatalogueFact.Kind(rawValue: name)
            else { throw PostgreSQLError(code: .unexpectedResult) }
            facts.append(
                CatalogueFact(
                    kind,
                    try rows.text(row, 1) ?? "",
                    try rows.text(row, 2) ?? "",
                    try rows.text(row, 3) ?? "",
                    handle: rows.columnCount > 4 ? try rows.text(row, 4) ?? "" : ""
                )
            )
        }
    }

    /// Reads what not every login may read; a refusal leaves the transaction as it was.
    private mutating func attempt(
        _ statement: StaticString,
        of what: String,
        on connection: borrowing Connection
    ) throws(PostgreSQLError) {
        _ = try connection.execute("SAVEPOINT doctor")
        do throws(PostgreSQLError) {
            try add(connection.execute(statement))
            _ = try connection.execute("RELEASE SAVEPOINT doctor")
        } catch
            where error.sqlState == "42501" || error.sqlState == "42883"
            || error.sqlState == "3F000"
        {
            _ = try connection.execute("ROLLBACK TO SAVEPOINT doctor")
            unseen.append(what)
        }
    }
}
