/// Where the database is and as whom to log in.
///
/// The text is libpq's own (`host=/run/x port=5432 dbname=limen`); what it leaves out comes from
/// the `PG*` environment, and what is set here goes before it.
package struct ConnectionSettings: Sendable {
    /// The connection string; it may be empty.
    package let conninfo: String
    /// The login role, when it differs from that of the connection string.
    package var user: String?
    /// The password, when there is one.
    package var password: String?
    /// The database, when it differs from that of the connection string.
    package var database: String?
    /// The name shown in `pg_stat_activity`.
    package var applicationName = "limen"

    /// Reads a connection string.
    package init(conninfo: String) {
        self.conninfo = conninfo
    }

    /// The same place with another login.
    package func asUser(_ user: String, password: String? = nil) -> ConnectionSettings {
        var copy = self
        copy.user = user
        copy.password = password
        return copy
    }

    /// The same server with another database.
    package func inDatabase(_ database: String) -> ConnectionSettings {
        var copy = self
        copy.database = database
        return copy
    }

    /// The settings as libpq's keywords and values, a later one going before an earlier one.
    var keywords: [(name: String, value: String)] {
        // An empty text must be left out: libpq would take it for the name of a database.
        var keywords: [(name: String, value: String)] = []
        if conninfo.contains("=") || conninfo.contains("://") {
            keywords.append(("dbname", conninfo))
        }
        if let database { keywords.append(("dbname", database)) }
        if let user { keywords.append(("user", user)) }
        if let password { keywords.append(("password", password)) }
        keywords.append(("application_name", applicationName))
        keywords.append(("client_encoding", "UTF8"))
        return keywords
    }
}

extension ConnectionSettings: CustomStringConvertible, CustomDebugStringConvertible {
    /// A fixed mask: a connection string can hold a password.
    package var description: String { "ConnectionSettings(masked)" }

    /// A fixed mask: a connection string can hold a password.
    package var debugDescription: String { description }
}
