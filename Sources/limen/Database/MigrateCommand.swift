import AuditStore
import PostgreSQL
import Posix

/// `limen migrate`: brings a database to the migrations of this checkout.
enum MigrateCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) throws(CommandError) {
        let parsed = try Arguments(arguments, of: "migrate")
        try parsed.expectNoWords()
        let files = try AuditDatabase.migrationFiles(home: try ConfigurationFiles.home())
        var settings = ConnectionSettings(conninfo: "")
        if parsed.value("state") != nil {
            let state = try StateFolder.open(try GatewayClient.statePath(parsed))
            let cluster = try Cluster.inState(state)
            settings = try AuditDatabase(state: state, socketPath: cluster.socketPath)
                .settings(as: Cluster.superuser)
        }
        do throws(AuditStoreError) {
            let migrator = try Migrator.open(settings, files: files) { file in
                Terminal.writeError(
                    "limen: \(file.name) waits for tables that others use; it is tried again\n"
                )
            }
            if !parsed.has("status") { try migrator.apply() }
            let status = try migrator.status()
            for name in status.applied { Terminal.writeOutput("applied  \(name)\n") }
            for name in status.pending { Terminal.writeOutput("pending  \(name)\n") }
            if let warning = ServerFloor.sentence(status.serverVersion) {
                Terminal.writeError("limen: \(warning)\n")
            }
        } catch {
            throw StoreSentence.commandError(error)
        }
    }
}
