import AuditStore
import PostgreSQL
import Posix

/// Shows that the search of the marker drill looks at every place: a marker is put into each, and
/// must be found there.
struct MarkerControl {
    let gateway: ChildGateway
    /// The folder with what was said and written.
    let kept: String
    let marker: String

    /// Puts a marker into every place and searches again.
    ///
    /// - Parameter search: The search as it was done before; answers the files that hold one.
    /// - Returns: The places that were not searched.
    /// - Throws: `CommandError` when a marker cannot be put somewhere, or the search fails.
    func missed(
        _ search: () throws(CommandError) -> [String]
    ) throws(CommandError) -> [String] {
        let spool = gateway.state.file("spool") + "/control"
        var files: [String] = [spool]
        do {
            try File.writeAtomically(path: spool, Array(marker.utf8))
            for name in try Folder.names(path: kept) where name != "dump.sql" {
                let path = kept + "/" + name
                let bytes = try File.read(path: path, bytesMax: 1 << 28)
                try File.writeAtomically(path: path, bytes + Array(marker.utf8))
                files.append(path)
            }
        } catch {
            throw CommandError(.internalError, "no marker can be put into the files")
        }
        try plantInDatabase()
        let found = Set(try search())
        var missed = files.filter { !found.contains($0) }
        for place in ["/base/", "/pg_wal/", "/postgresql.log", "/dump.sql"]
        where !found.contains(where: { $0.contains(place) }) {
            missed.append(place)
        }
        return missed
    }

    /// Puts the marker into a table, the write-ahead log and the log of PostgreSQL.
    private func plantInDatabase() throws(CommandError) {
        let settings = try gateway.database().settings(as: Cluster.superuser)
        do throws(PostgreSQLError) {
            let connection = try Connection.open(settings)
            try connection.runScript(
                """
                CREATE TABLE public.control AS SELECT '\(marker)' AS marker;
                CHECKPOINT;
                """
            )
            // A statement that fails stands in the log of a superuser.
            try? connection.runScript("SELECT '\(marker)'::int")
        } catch {
            throw CommandError(.unavailable, "no marker can be put into the database")
        }
    }
}
