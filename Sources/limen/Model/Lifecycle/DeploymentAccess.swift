import AuditStore
import Gateway
import Lifecycle
import PostgreSQL
import Posix

/// What `limen model promote|rollback|status` work on: the folders of the home, and the state in
/// PostgreSQL.
struct DeploymentAccess {
    /// What is loaded from the home, with the state in force.
    let catalogue: Catalogue
    private let settings: ConnectionSettings

    /// Reads both.
    ///
    /// The database is that of a state folder; or, when `PGUSER` is set, the one that the PG*
    /// variables name.
    init(_ parsed: Arguments) throws(CommandError) {
        let home = try ConfigurationFiles.home()
        settings = try Self.settings(parsed)
        let files = try ConfigurationFiles.read(home: home, clients: nil)
        do {
            catalogue = try Catalogue(
                files: files.filter { !$0.key.hasPrefix("Hooks/clients/") },
                now: Clock.now()
            )
        } catch {
            throw CommandError(
                .badInput,
                "the configuration has faults:" + error.findings.map { "\n  " + $0.text }.joined()
            )
        }
    }

    /// Logs in as an operator.
    func store() throws(CommandError) -> DeploymentStore {
        do {
            return try DeploymentStore.open(settings)
        } catch {
            throw StoreSentence.commandError(error)
        }
    }

    private static func settings(_ parsed: Arguments) throws(CommandError) -> ConnectionSettings {
        if Terminal.environment("PGUSER") != nil, parsed.value("state") == nil {
            return ConnectionSettings(conninfo: "")
        }
        let path = try GatewayClient.statePath(parsed)
        guard Folder.isFolder(path: path) else {
            throw CommandError(
                .badInput,
                "there is no state folder \(path); start ./limen up once, or set the PG* variables"
            )
        }
        let state = try StateFolder.open(path)
        guard try state.text("cluster") != nil else {
            throw CommandError(.badInput, "\(path) holds no cluster; start ./limen up once")
        }
        let cluster = try Cluster.inState(state)
        guard try cluster.state() == .running else {
            throw CommandError(.unavailable, "the private PostgreSQL is down; start ./limen up")
        }
        return try AuditDatabase(state: state, socketPath: cluster.socketPath)
            .existingSettings(as: "limen_operator")
    }

    /// The family of a service.
    ///
    /// - Throws: `CommandError` with exit code 2 when there is none with a model.
    func family(_ id: String) throws(CommandError) -> ServiceFamily {
        guard let found = catalogue.family(id: id) else {
            throw CommandError(.usage, "there is no service \(id) that computes with a profile")
        }
        return found.family
    }

    /// Reads the state.
    static func book(_ store: borrowing DeploymentStore) throws(CommandError) -> DeploymentBook {
        do {
            return try store.book()
        } catch {
            throw StoreSentence.commandError(error)
        }
    }
}
