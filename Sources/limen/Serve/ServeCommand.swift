import Crypto
import HTTPServer
import PostgreSQL
import Posix
import Vault

/// `limen serve`: the gateway with a PostgreSQL of one's own.
enum ServeCommand {
    /// Serves until it is signalled.
    static func run(_ arguments: [String]) async throws(CommandError) {
        let parsed = try Arguments(arguments, of: "serve")
        try parsed.expectNoWords()
        let noticeSeconds = try parsed.integer("drain-notice", default: 0, in: 0...300)
        let listen = parsed.value("listen") ?? Terminal.environment("LIMEN_LISTEN")
        let keysFolder = parsed.value("keys") ?? Terminal.environment("LIMEN_KEYS")
        guard let keysFolder else {
            throw CommandError(
                .badInput,
                "name the folder with the key files of each tenant (NAME.key and NAME.vault, and "
                    + "those of system) with --keys or LIMEN_KEYS"
            )
        }
        var keys = try tenantKeys(keysFolder)
        guard let systemKey = keys.removeValue(forKey: "system") else {
            throw CommandError(
                .badInput,
                "\(keysFolder) lacks system.key, the key for callers that are not yet known"
            )
        }
        let edge = try EdgeOptions(parsed)
        let inherited = try inheritedSockets()
        guard inherited.isEmpty || (listen == nil && !parsed.has("share-port")) else {
            throw CommandError(
                .usage,
                "the sockets come from systemd: leave --listen, LIMEN_LISTEN and --share-port out"
            )
        }
        let tenants = keys.keys.sorted() + ["system"]
        let service = try await RunningService.start(
            RunningService.Settings(
                address: try ListenAddress(listen ?? "127.0.0.1:8080"),
                inherited: inherited,
                sharesPort: parsed.has("share-port"),
                security: try ListenerSecurity.read(parsed),
                home: try ConfigurationFiles.home(),
                clientsFolder: parsed.value("clients") ?? Terminal.environment("LIMEN_CLIENTS"),
                tenantKeys: keys,
                systemKey: systemKey,
                vault: { () throws(CommandError) -> [TenantKeys] in
                    try VaultFiles.read(keysFolder, tenants: tenants)
                },
                vaultSources: tenants.map { VaultFiles.source(keysFolder, $0) },
                isDevelopment: parsed.has("development"),
                guardsDiscovery: parsed.has("closed-discovery"),
                publicURLs: edge.publicURLs,
                edge: edge.trust,
                addressRate: edge.addressRate,
                spool: try SpoolSettings.read(
                    parsed.value("spool") ?? Terminal.environment("LIMEN_SPOOL"),
                    otherwise: nil,
                    systemKey: systemKey
                ),
                ledger: try LedgerFolder.open(
                    Terminal.environment("LIMEN_LEDGER") ?? keysFolder + "/.ledger",
                    of: ConnectionSettings(conninfo: "")
                ),
                writer: ConnectionSettings(conninfo: ""),
                chain: Terminal.environment("LIMEN_CHAIN_DATABASE").map {
                    ConnectionSettings(conninfo: $0)
                },
                deployments: Terminal.environment("LIMEN_STATE_DATABASE").map {
                    ConnectionSettings(conninfo: $0)
                } ?? ConnectionSettings(conninfo: "").asUser("limen_gateway"),
                maintenance: Terminal.environment("LIMEN_MAINTENANCE_DATABASE").map {
                    ConnectionSettings(conninfo: $0)
                },
                auditReader: Terminal.environment("LIMEN_AUDIT_DATABASE").map {
                    ConnectionSettings(conninfo: $0)
                },
                writerCount: try parsed.integer("writers", default: 1, in: 1...4),
                loopCount: parsed.value("loops") == nil
                    ? nil : try parsed.integer("loops", default: 1, in: 1...64),
                drainNoticeSeconds: noticeSeconds
            )
        )
        // Whoever reads that it listens may end it at once, and it stops as it should.
        let signals = try RunningService.takeSignals()
        Terminal.writeError("limen: listening on \(service.url)\n")
        try await service.serve(until: signals)
    }

    /// The sockets that systemd hands over; none without it.
    private static func inheritedSockets() throws(CommandError) -> [ListeningSocket] {
        var sockets: [ListeningSocket] = []
        do {
            try InheritedSockets.take { sockets.append(ListeningSocket($0)) }
        } catch {
            switch error {
            case .countMalformed:
                throw CommandError(.badInput, "LISTEN_FDS is no number of sockets")
            case .notListening:
                throw CommandError(
                    .badInput,
                    "what was handed over by LISTEN_FDS is no socket that listens for streams"
                )
            }
        }
        return sockets
    }

    /// The keys of a folder by tenant.
    static func tenantKeys(
        _ folder: String
    ) throws(CommandError) -> [String: AuthenticationKey] {
        var keys: [String: AuthenticationKey] = [:]
        for (name, bytes) in try ConfigurationFiles.read(folder: folder)
        where name.hasSuffix(".key") {
            let key = bytes.last == UInt8(ascii: "\n") ? Array(bytes.dropLast()) : bytes
            guard key.count >= 32 else {
                throw CommandError(.badInput, "\(folder)/\(name) holds fewer than 32 bytes")
            }
            keys[String(name.dropLast(".key".count))] = AuthenticationKey(key)
        }
        return keys
    }
}
