import Audit
import AuditStore
import Basics
import Crypto
import Gateway
import HTTPServer
import JSON
import PostgreSQL
import Posix
import Telemetry
import Vault

/// A gateway that serves: catalogue, audit sink and HTTP server wired together.
struct RunningService: Sendable {
    /// What is needed to serve.
    struct Settings: Sendable {
        /// Where to listen.
        var address: ListenAddress
        /// Sockets that listen already, such as systemd's.
        var inherited: [ListeningSocket] = []
        /// Whether other processes may listen on the same port.
        var sharesPort = false
        /// The certificate of the listener; plain HTTP without one.
        var security: ListenerSecurity?
        /// The folder with `Profiles/`, `Hooks/` and `Migrations/`.
        var home: String
        /// A further folder with client files.
        var clientsFolder: String?
        /// The key of each tenant.
        var tenantKeys: [String: AuthenticationKey]
        /// The key for rows that belong to no tenant yet.
        var systemKey: AuthenticationKey
        /// Reads the keys that seal rows: at the start, and when the configuration is loaded anew.
        var vault: @Sendable () throws(CommandError) -> [TenantKeys]
        /// Where they lie, for looking whether an epoch has ended there.
        var vaultSources: [KeySource] = []
        /// Whether clients are let in whose keys everybody knows, and metrics are for everybody.
        var isDevelopment = false
        /// Whether discovery is for clients only.
        var guardsDiscovery = false
        /// The URLs under which clients know the gateway; that of the listener when there is none.
        var publicURLs: [String] = []
        /// The proxies that are believed.
        var edge = EdgeTrust.none
        /// How often one address may call.
        var addressRate: RateAllowance?
        /// Where rows go while the database is away; `nil` when callers are told instead.
        var spool: SpoolSettings?
        /// The key that signs the trail.
        var ledger: LedgerFolder
        /// How to log in as the writer.
        var writer: ConnectionSettings
        /// How to log in as the sequencer of the audit trail; `nil` when another process is it.
        var chain: ConnectionSettings?
        /// How to log in as the role that reads which version is in force.
        var deployments: ConnectionSettings
        /// How to log in as the role that makes the months to come; `nil` when another process does.
        var maintenance: ConnectionSettings?
        /// How to log in as the role that reads the trail for auditors; `nil` when nobody does.
        var auditReader: ConnectionSettings?
        /// How many connections write.
        var writerCount: Int
        /// How many event loops serve; `nil` for one a core.
        var loopCount: Int?
        /// How long `/readyz` says that the service is going to stop before the listener closes.
        var drainNoticeSeconds = 0
        /// How long an open request may take when the service stops.
        var drainMilliseconds = Limits.httpDrainMilliseconds
        /// How often what was counted of the models is stored.
        var counterPeriodSeconds = Settings.counterPeriod()

        /// `LIMEN_MONITOR_SECONDS`, a whole number from 1 to 3600; 60 without it.
        private static func counterPeriod() -> Int {
            let given = Terminal.environment("LIMEN_MONITOR_SECONDS").flatMap { Int($0) } ?? 60
            return min(max(given, 1), 3_600)
        }
    }

    let server: HTTPServer
    let gateway: HookGateway
    let sink: PostgreSQLAuditSink
    private let spool: SpoolService?
    let ring: KeyRing
    let reporter: KeyReporter
    let certificate: ListenerCertificate?
    private let tokens: TokenService
    private let shown: PostgreSQLShownMemory
    private let keeper: DeploymentKeeper
    let settings: Settings
    let log: LogWriter
    private let counters: CounterKeeper
    private let chain: LedgerKeeper?
    private let epochs: EpochWatch

    /// The version of this program.
    static let version = "0.1.0"

    /// Loads the configuration, opens the audit store, and listens.
    ///
    /// - Throws: `CommandError` with a sentence for each thing that can be missing.
    static func start(_ settings: Settings) async throws(CommandError) -> RunningService {
        Allocator.tune(coreCount: ResourceUsage.coreCount)
        let catalogue = try loadCatalogue(settings)
        let log = try openLog()
        let ring = try keyRing(settings, log)
        let sealer = RecordSealer(ring)
        let migrations = try AuditDatabase.migrationFiles(home: settings.home)
        let identity = try settings.ledger.identity()
        let spool = try settings.spool.map { spool throws(CommandError) in
            try SpoolService.open(spool, settings.ledger, log: log)
        }
        if spool == nil { SpoolService.tellUnused(settings.ledger, log: log) }
        let watch = StoreWatch(log: log, hasSpool: spool != nil, writer: settings.writer)
        let timing = try SpoolSettings.timing()
        let sink: PostgreSQLAuditSink
        do {
            sink = try PostgreSQLAuditSink.open(
                settings.writer,
                sealer: sealer,
                migrations: migrations,
                identity: identity,
                spool: spool?.shared,
                writerCount: settings.writerCount,
                timing: timing,
                onStateChange: { watch.tell($0) }
            )
        } catch {
            spool?.close()
            throw StoreSentence.commandError(error, atStartOf: settings)
        }
        let isAway = sink.hasStartedAway
        if isAway { watch.tellAbsence() } else { watch.tellVersion() }
        let tokens: TokenService
        do throws(CommandError) {
            tokens = try TokenService.open(
                writer: settings.writer,
                migrations: migrations,
                networks: Terminal.environment("LIMEN_KEY_NETWORKS"),
                mayBeAway: isAway
            )
        } catch {
            sink.close()
            throw error
        }
        let shown: PostgreSQLShownMemory
        do throws(AuditStoreError) {
            shown = try PostgreSQLShownMemory.start(settings.deployments) {
                !(spool?.holdsRows ?? false)
            }
        } catch {
            tokens.close()
            sink.close()
            throw StoreSentence.commandError(error)
        }
        do throws(CommandError) {
            let registry = MetricsRegistry()
            registerLog(in: registry)
            spool?.register(in: registry)
            // What needs the database is not missed while rows are durable without it.
            let isBridged = { @Sendable in spool?.takesRows ?? false }
            let chain = try settings.chain.map { chain throws(CommandError) in
                try LedgerKeeper.open(settings.ledger, identity, chain, registry, log)
            }
            let months = MonthsKeeper(settings: settings, migrations: migrations, registry)
            let versions = VersionsWatch()
            let epochs = EpochWatch(settings.vaultSources, ring: ring, log: { log.log($0) })
            let certificate = settings.security.map {
                ListenerCertificate($0, now: { Clock.now() })
            }
            certificate?.register(in: registry)
            let gateway = try makeGateway(
                settings,
                catalogue,
                ring,
                sink,
                tokens,
                shown,
                chain,
                registry,
                [
                    watch.check(sink, isBridged: isBridged),
                    .init(name: "migrations") { months.isCurrent },
                    .init(name: "months") { months.hasRoom },
                    .init(name: "deployments") { versions.isCurrent || isBridged() },
                    .init(name: "keys", note: { epochs.note }, isReady: { true }),
                ] + (spool.map { [$0.check] } ?? []) + (chain.map { [$0.check] } ?? [])
                    + (certificate.map { [$0.check] } ?? []),
                log
            )
            let memory = VersionsMemory(settings.ledger, key: settings.systemKey)
            let keeper = try versions.keep(
                settings.deployments,
                gateway,
                memory,
                isAway: isAway,
                log
            )
            let counters = try makeCounters(settings, gateway, registry, log)
            let server = try listen(settings, gateway, certificate, registry, log)
            let reporter = try keyReporter(settings, identity, ring, sealer, spool, log)
            let service = RunningService(
                server: server,
                gateway: gateway,
                sink: sink,
                spool: spool,
                ring: ring,
                reporter: reporter,
                certificate: certificate,
                tokens: tokens,
                shown: shown,
                keeper: keeper,
                settings: settings,
                log: log,
                counters: counters,
                chain: chain,
                epochs: epochs
            )
            epochs.start()
            gateway.serves(at: service.url)
            tellAudience(settings.address, settings.publicURLs, catalogue.clients, log)
            months.start(isAway: isAway)
            tokens.refreshKeys(of: gateway, registry, log)
            keeper.start()
            try await service.note(
                .start,
                clients: catalogue.clients,
                details: CatalogueChange(from: nil, to: catalogue).json()
            )
            try await spool?.tellLoss { loss throws(CommandError) in
                try await service.note(loss)
            }
            chain?.start()
            counters.start()
            return service
        } catch {
            shown.close()
            tokens.close()
            sink.close()
            throw error
        }
    }

    /// Reads and checks `Profiles/`, `Hooks/` and the clients.
    static func loadCatalogue(_ settings: Settings) throws(CommandError) -> Catalogue {
        let files = try ConfigurationFiles.read(
            home: settings.home,
            clients: settings.clientsFolder
        )
        do {
            return try Catalogue(
                files: files,
                now: Clock.now(),
                isDevelopment: settings.isDevelopment
            )
        } catch {
            throw Self.commandError(error, clients: settings.clientsFolder)
        }
    }

    /// One line for each fault; of a client's file the place where it lies.
    static func commandError(
        _ error: CatalogueError,
        clients: String? = nil
    ) -> CommandError {
        let prefix = "Hooks/clients/"
        let lines = error.findings.map { finding in
            var finding = finding
            if let clients, finding.file.hasPrefix(prefix) {
                let path = clients + "/" + finding.file.dropFirst(prefix.count)
                if File.exists(path: path) { finding.file = path }
            }
            return "\n  " + finding.text
        }
        return CommandError(
            .badInput,
            "the configuration has faults:" + lines.joined()
        )
    }

    private static func makeGateway(
        _ settings: Settings,
        _ catalogue: Catalogue,
        _ ring: KeyRing,
        _ sink: PostgreSQLAuditSink,
        _ tokens: TokenService,
        _ shown: PostgreSQLShownMemory,
        _ chain: LedgerKeeper?,
        _ registry: MetricsRegistry,
        _ checks: [GatewayConfiguration.ReadinessCheck],
        _ log: LogWriter
    ) throws(CommandError) -> HookGateway {
        var configuration = GatewayConfiguration(
            tenantKeys: settings.tenantKeys,
            systemKey: settings.systemKey,
            version: version,
            now: { Clock.now() },
            randomUUID: { UUIDBytes.version7(at: Clock.now()) },
            readinessChecks: checks,
            fetcher: try FHIRFetcher.start()
        )
        configuration.tokenLedger = tokens.ledger
        configuration.shownMemory = shown
        configuration.pseudonymKey = { tenant in
            ring.keys(of: tenant)?.currentPseudonym
                .map { PseudonymKey(epoch: $0.epoch, key: $0.key) }
        }
        configuration.pseudonymKeys = { tenant in
            ring.keys(of: tenant)?.pseudonyms
                .map { PseudonymKey(epoch: $0.epoch, key: $0.key) } ?? []
        }
        if let chain, Terminal.environment("LIMEN_LEDGER_HEADER") == "on" {
            configuration.auditCheckpoint = { chain.header }
        }
        configuration.publicURLs = settings.publicURLs
        configuration.edge = settings.edge
        configuration.addressRate = settings.addressRate
        configuration.remoteAddressRate = RateAllowance(
            perSecond: Limits.remoteRequestsPerSecond,
            burst: 2 * Limits.remoteRequestsPerSecond
        )
        configuration.guardsMetrics = !settings.isDevelopment
        if let login = settings.auditReader {
            do {
                configuration.auditReader = try AuditReaderPool(
                    login,
                    opener: RecordOpener(ring)
                )
            } catch {
                throw StoreSentence.commandError(error)
            }
        }
        configuration.guardsDiscovery = settings.guardsDiscovery
        do throws(CatalogueError) {
            return try HookGateway(
                catalogue: catalogue,
                configuration: configuration,
                audit: sink,
                registry: registry,
                log: log
            )
        } catch {
            throw commandError(error, clients: settings.clientsFolder)
        }
    }

    private static func makeCounters(
        _ settings: Settings,
        _ gateway: HookGateway,
        _ registry: MetricsRegistry,
        _ log: LogWriter
    ) throws(CommandError) -> CounterKeeper {
        do {
            return try CounterKeeper(
                drain: { gateway.drainCounters() },
                store: PostgreSQLCounterStore(settings.writer),
                registry: registry,
                periodSeconds: settings.counterPeriodSeconds,
                log: log
            )
        } catch {
            throw CommandError(.unavailable, "the counters cannot be kept: \(error.text)")
        }
    }

    /// The signals that end a service or let it load anew, from now on; once in a process.
    static func takeSignals() throws(CommandError) -> AsyncStream<Signal> {
        do {
            return try SignalSource.stream(of: [.interrupt, .terminate, .hangUp])
        } catch {
            throw CommandError(.internalError, "signals cannot be handled: \(error.text)")
        }
    }

    /// Serves until SIGINT or SIGTERM, then finishes what is open; a second signal cuts it off.
    ///
    /// Before the listener closes there is a time in which `/readyz` fails and all else is answered:
    /// whoever shares out requests asks it now and then, and sends no more by the time that a new
    /// connection would be refused.
    ///
    /// SIGHUP loads the certificate anew, and profiles, hooks and clients; a configuration with
    /// faults is named and the old one stays in force. The certificate is also read anew now and
    /// then.
    ///
    /// - Parameter signals: those that were taken before, as `takeSignals` gives them.
    /// - Throws: `CommandError` when the end of the log cannot be kept.
    func serve(until signals: AsyncStream<Signal>) async throws(CommandError) {
        let watching = Task { await watchCertificate() }
        for await signal in signals {
            guard signal == .hangUp else { break }
            await reload()
        }
        watching.cancel()
        gateway.drain()
        let seconds = settings.drainNoticeSeconds
        let notice = Task { try? await Task.sleep(for: .seconds(seconds)) }
        let hurry = Task { [server] in
            for await signal in signals where signal != .hangUp {
                Terminal.writeError("limen: a second signal; what is open is cut off\n")
                server.cutOff()
                notice.cancel()
            }
        }
        if seconds > 0 {
            Terminal.writeError("limen: stopping in \(seconds) s; /readyz says so from now on\n")
            await notice.value
        }
        Terminal.writeError("limen: stopping; requests on their way are finished\n")
        await server.drain(withinMilliseconds: settings.drainMilliseconds)
        hurry.cancel()
        await gateway.finishBackground()
        keeper.stop()
        counters.stop()
        do throws(CommandError) {
            try await note(.stop)
        } catch {
            Terminal.writeError("limen: the stop could not be recorded in the audit trail\n")
        }
        shown.close()
        tokens.close()
        sink.close()
        reporter.stop()
        epochs.end()
        spool?.close()
        chain?.stop()
        try settings.ledger.keep(sink.longestEnd)
    }
}
