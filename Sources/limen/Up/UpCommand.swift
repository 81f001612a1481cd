import AuditStore
import CDSHooks
import Crypto
import Gateway
import PostgreSQL
import Posix
import Vault

/// `limen up`: everything for a first try.
enum UpCommand {
    private static let defaultAddress = "127.0.0.1:8080"

    /// Runs until it is signalled.
    static func run(_ arguments: [String]) async throws(CommandError) {
        let parsed = try Arguments(arguments, of: "up")
        try parsed.expectNoWords()
        let started = Clock.monotonicMilliseconds()
        let home = try ConfigurationFiles.home()
        _ = try ListenAddress(parsed.value("listen") ?? defaultAddress)
        let state = try StateFolder.make(try GatewayClient.statePath(parsed))
        let lock = try takeLock(state)
        let cluster = try Cluster.inState(state)
        let before = try cluster.state()
        let wasRunning = before == .running
        if before == .running || before == .stopped { try checkKeys(state) }
        // From here on something runs that must be stopped, however early somebody says so.
        let signals = try RunningService.takeSignals()
        try cluster.bringUp(superuserPassword: try state.secret("superuser.password"))
        do throws(CommandError) {
            let client = try DemoClient.register(in: state)
            try SigningClient.register(in: state)
            var settings = try prepare(parsed, home: home, state: state, cluster: cluster)
            if parsed.has("tls") {
                settings.security = try DevelopmentCertificate.make(in: state) {
                    Terminal.writeError("limen: \($0)\n")
                }
            }
            let service = try await RunningService.start(settings)
            try state.write("url", service.url)
            try state.write("pid", String(Terminal.processIdentifier))
            try writeExamples(state, service)
            let milliseconds = Clock.monotonicMilliseconds() - started
            Terminal.writeOutput(
                Welcome(
                    url: service.url,
                    services: service.gateway.catalogue.serviceIDs,
                    exampleService: exampleService(of: service)?.hook.id ?? ExampleData.serviceID,
                    isDefaultState: parsed.value("state") == nil,
                    state: state,
                    socketPath: cluster.socketPath,
                    authorityPath: parsed.has("tls")
                        ? DevelopmentCertificate.authorityPath(state) : nil,
                    client: client,
                    milliseconds: Int(milliseconds)
                ).text
            )
            try await service.serve(until: signals)
        } catch {
            try leave(state)
            if !wasRunning { try cluster.stop() }
            throw error
        }
        try leave(state)
        try cluster.stop()
        _ = consume lock
        Terminal.writeError("limen: stopped; ./limen up goes on with the same data\n")
    }

    private static func takeLock(_ state: StateFolder) throws(CommandError) -> FileLock {
        do {
            if let lock = try FileLock.take(path: state.file("lock")) { return lock }
        } catch {
            throw StateFolder.failure(error, state.file("lock"))
        }
        let process = try state.text("pid").map { " (process \($0))" } ?? ""
        throw CommandError(
            .unavailable,
            "limen up is running already\(process); stop it with Ctrl-C or ./limen down"
        )
    }

    private static func prepare(
        _ parsed: Arguments,
        home: String,
        state: StateFolder,
        cluster: Cluster
    ) throws(CommandError) -> RunningService.Settings {
        let database = AuditDatabase(state: state, socketPath: cluster.socketPath)
        // Rows that are there already have the pseudonyms of the tenants' own keys.
        let hasRows = File.exists(path: state.file("secrets/tenant-demo.key"))
        let own = [HookGateway.systemTenant, DemoClient.tenant]
        for tenant in own { _ = try VaultFiles.make(state, tenant, hasRows: hasRows) }
        try database.prepare(migrations: try AuditDatabase.migrationFiles(home: home))
        try VaultFiles.check(own, in: state, database)
        let systemKey = try key(state, "tenant-system")
        var tenantKeys = [DemoClient.tenant: try key(state, "tenant-demo")]
        let further = try state.tenants().filter { !own.contains($0) }
        for tenant in further { tenantKeys[tenant] = try key(state, "tenant-" + tenant) }
        let tenants = own + further
        return RunningService.Settings(
            address: try ListenAddress(parsed.value("listen") ?? defaultAddress),
            home: home,
            clientsFolder: state.file("clients"),
            tenantKeys: tenantKeys,
            systemKey: systemKey,
            vault: { () throws(CommandError) -> [TenantKeys] in
                try tenants.map { tenant throws(CommandError) in
                    try VaultFiles.read(VaultFiles.source(state, tenant))
                }
            },
            vaultSources: tenants.map { VaultFiles.source(state, $0) },
            isDevelopment: true,
            spool: try SpoolSettings.read(
                parsed.value("spool"),
                otherwise: state.file("spool"),
                systemKey: systemKey
            ),
            ledger: try LedgerFolder.open(
                state.file("ledger"),
                of: try database.settings(as: "limen_writer")
            ),
            writer: try database.settings(as: "limen_writer"),
            chain: try database.settings(as: "limen_chain"),
            deployments: try database.settings(as: "limen_gateway"),
            maintenance: try database.settings(as: "limen_maintenance"),
            auditReader: try database.settings(as: "limen_audit_api"),
            writerCount: try parsed.integer("writers", default: 1, in: 1...4),
            loopCount: parsed.value("loops") == nil
                ? nil : try parsed.integer("loops", default: 1, in: 1...64)
        )
    }

    /// The key of a tenant, made at first use.
    static func key(
        _ state: StateFolder,
        _ name: String
    ) throws(CommandError) -> AuthenticationKey {
        let text = try state.secret(name + ".key")
        guard text.utf8.count >= 32 else {
            throw CommandError(
                .badInput,
                "\(state.file("secrets/" + name + ".key")) holds fewer than 32 bytes; restore it"
            )
        }
        return AuthenticationKey(Array(text.utf8))
    }

    /// Refuses to go on with rows whose pseudonyms a new key would not match.
    private static func checkKeys(_ state: StateFolder) throws(CommandError) {
        for name in ["tenant-demo", "tenant-system"]
        where !File.exists(path: state.file("secrets/" + name + ".key")) {
            throw CommandError(
                .badInput,
                "\(state.file("secrets/" + name + ".key")) is missing, and the rows that are there "
                    + "were written with it; restore it, or remove all with ./limen down --wipe"
            )
        }
    }

    private static func writeExamples(
        _ state: StateFolder,
        _ service: RunningService
    ) throws(CommandError) {
        let shown = exampleService(of: service)
        let templates = shown?.hook.prefetch.map {
            HookRequestBuilder.Template(key: $0.key, template: $0.text)
        }
        let bundle = ExampleData.bundle(now: Clock.now())
        try state.write("example-bundle.json", String(decoding: bundle, as: UTF8.self))
        let request = try ExampleData.request(
            bundle: bundle,
            templates: templates ?? ExampleData.templates
        )
        try state.write("example-request.json", String(decoding: request, as: UTF8.self))
    }

    /// The service that the first try is shown with: the one that the example is made for, or else
    /// the first that is offered when a chart is opened.
    private static func exampleService(of service: RunningService) -> LoadedService? {
        let offered = service.gateway.catalogue.services.filter { $0.hook.hook == "patient-view" }
        return offered.first { $0.hook.id == ExampleData.serviceID } ?? offered.first
    }

    private static func leave(_ state: StateFolder) throws(CommandError) {
        do {
            try File.remove(path: state.file("pid"))
            try File.remove(path: state.file("url"))
        } catch {
            throw StateFolder.failure(error, state.path)
        }
    }
}
