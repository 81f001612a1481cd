import AuditStore
import PostgreSQL
import Posix

/// As whom tenants and the logins of people are made: the login that `PG*` names, or the superuser of
/// a state folder's cluster.
struct DeskAccess {
    private let settings: ConnectionSettings
    /// The state folder, when it is one.
    let state: StateFolder?

    /// The database of `PG*` when one of them names a place or a login, else that of a state folder.
    static func choose(_ parsed: Arguments) throws(CommandError) -> DeskAccess {
        let names = ["PGHOST", "PGDATABASE", "PGSERVICE", "PGUSER"]
        if parsed.value("state") == nil, names.contains(where: { Terminal.environment($0) != nil })
        {
            return DeskAccess(settings: ConnectionSettings(conninfo: ""), state: nil)
        }
        let database = try AuditDatabase.running(parsed)
        return DeskAccess(
            settings: try database.settings(as: Cluster.superuser),
            state: database.state
        )
    }

    /// Does something as that login.
    func run<Value>(
        _ body: (borrowing Provisioning) throws(AuditStoreError) -> Value
    ) throws(CommandError) -> Value {
        do throws(AuditStoreError) {
            return try body(try Provisioning.open(settings))
        } catch {
            throw StoreSentence.commandError(error)
        }
    }
}
