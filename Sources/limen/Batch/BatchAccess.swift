import AuditStore
import Crypto
import Gateway
import Ledger
import PostgreSQL
import Posix
import Vault

/// For which tenant a batch scores, and how its audit rows are written.
struct BatchAccess {
    let tenant: String
    /// The tenant's key, for digests and the keys of the rows.
    let key: AuthenticationKey
    /// The keys that seal its rows and make pseudonyms.
    let vault: TenantKeys
    /// How to log in as the writer.
    let writer: ConnectionSettings
    /// Under which key the rows are signed.
    let identity: LogIdentity
    /// The migrations of this program.
    let migrations: [MigrationFile]

    /// The demo tenant of a state folder; or, with a folder of keys, a tenant of one's own
    /// PostgreSQL, which the `PG*` variables name.
    static func choose(_ parsed: Arguments, home: String) throws(CommandError) -> BatchAccess {
        let migrations = try AuditDatabase.migrationFiles(home: home)
        if let folder = parsed.value("keys") ?? Terminal.environment("LIMEN_KEYS") {
            guard let tenant = parsed.value("tenant") else {
                throw CommandError(.usage, "say for which tenant with --tenant NAME")
            }
            guard let key = try ServeCommand.tenantKeys(folder)[try checked(tenant)] else {
                throw CommandError(.badInput, "\(folder) holds no key of the tenant \(tenant)")
            }
            return BatchAccess(
                tenant: tenant,
                key: key,
                vault: try VaultFiles.read(VaultFiles.source(folder, tenant)),
                writer: ConnectionSettings(conninfo: ""),
                identity: try LedgerFolder.open(
                    Terminal.environment("LIMEN_LEDGER") ?? folder + "/.ledger",
                    of: ConnectionSettings(conninfo: "")
                ).identity(),
                migrations: migrations
            )
        }
        let tenant = try checked(parsed.value("tenant") ?? DemoClient.tenant)
        let path = try GatewayClient.statePath(parsed)
        guard Folder.isFolder(path: path) else {
            throw CommandError(
                .badInput,
                "there is no state folder \(path); start ./limen up once, or name the keys of your "
                    + "tenants with --keys and the database with the PG* variables"
            )
        }
        let state = try StateFolder.open(path)
        guard try state.text("cluster") != nil else {
            throw CommandError(.badInput, "\(path) holds no cluster; start ./limen up once")
        }
        let cluster = try Cluster.inState(state)
        guard try cluster.state() == .running else {
            throw CommandError(
                .unavailable,
                "the private PostgreSQL is down, and no result leaves without its audit row; start "
                    + "./limen up"
            )
        }
        guard let text = try state.text("secrets/tenant-" + tenant + ".key"),
            text.utf8.count >= 32
        else {
            throw CommandError(.badInput, "\(path) holds no key of the tenant \(tenant)")
        }
        let database = AuditDatabase(state: state, socketPath: cluster.socketPath)
        return BatchAccess(
            tenant: tenant,
            key: AuthenticationKey(Array(text.utf8)),
            vault: try VaultFiles.make(state, tenant, hasRows: true),
            writer: try database.existingSettings(as: "limen_writer"),
            identity: try LedgerFolder.open(
                state.file("ledger"),
                of: try database.existingSettings(as: "limen_writer")
            ).identity(),
            migrations: migrations
        )
    }

    /// What makes the pseudonyms of the rows.
    var pseudonymKey: PseudonymKey {
        vault.currentPseudonym.map { PseudonymKey(epoch: $0.epoch, key: $0.key) }
            ?? PseudonymKey(epoch: 1, key: key)
    }

    /// Opens the audit trail with more patience than a request has.
    ///
    /// A database that restarts costs a batch half a minute and no row.
    func openSink() throws(CommandError) -> PostgreSQLAuditSink {
        var timing = AuditSinkTiming()
        timing.appendMilliseconds = 60_000
        timing.graceMilliseconds = 30_000
        do {
            return try PostgreSQLAuditSink.open(
                writer,
                sealer: RecordSealer(KeyRing([vault])),
                migrations: migrations,
                identity: identity,
                writerCount: 2,
                timing: timing
            )
        } catch {
            throw StoreSentence.commandError(error)
        }
    }

    private static func checked(_ tenant: String) throws(CommandError) -> String {
        guard AuditAccess.isName(tenant) else {
            throw CommandError(
                .usage,
                "--tenant takes up to 63 lower-case letters, digits and hyphens"
            )
        }
        return tenant
    }
}
