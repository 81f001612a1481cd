package import Audit
package import HTTPMessages
package import Telemetry

import Basics
import Crypto
import JOSE
import Synchronization

/// The gateway: from a complete HTTP request to its response, which leaves only after its audit
/// row is durable.
///
/// Every request to a hook or to feedback ends in exactly one audit row, whatever comes of it.
package final class HookGateway: Sendable {
    /// The tenant of rows whose caller is not known.
    package static let systemTenant = "system"

    let configuration: GatewayConfiguration
    let audit: any AuditSink
    let metrics: GatewayMetrics
    let log: LogWriter
    /// The public keys of the clients.
    package let keys = ClientKeys()
    let replays: ReplayGuard
    let rates = RateLimits()
    private let urls: Mutex<[String]>
    let arms = ArmCounter()
    let background = BackgroundWork()
    let owed = OwedRows()
    let doubts = ShownDoubts()
    let current: Mutex<Catalogue>
    let counters = CounterRegister()
    private let isDraining = Atomic<Bool>(false)

    /// Makes a gateway.
    ///
    /// - Throws: `CatalogueError` when a client's tenant has no key.
    package init(
        catalogue: Catalogue,
        configuration: GatewayConfiguration,
        audit: any AuditSink,
        registry: MetricsRegistry,
        log: LogWriter
    ) throws(CatalogueError) {
        try Self.checkTenants(catalogue, configuration)
        self.configuration = configuration
        self.audit = audit
        self.log = log
        metrics = GatewayMetrics(registry)
        replays = ReplayGuard(ledger: configuration.tokenLedger)
        urls = Mutex(configuration.publicURLs)
        current = Mutex(catalogue)
        keys.update(catalogue, now: configuration.now())
        counters.replace(with: catalogue)
        registry.gauge(
            "limen_audit_queue_length",
            help: "Audit records that wait to become durable."
        ) { audit.queuedCount }
        registry.gauge(
            "limen_audit_rows_owed",
            help: "Rows about versions that were replaced, which are not durable yet."
        ) { [owed] in owed.count }
    }

    /// The configuration in force.
    package var catalogue: Catalogue { current.withLock { $0 } }

    /// Puts another configuration in force; requests on their way keep theirs.
    ///
    /// - Throws: `CatalogueError`, in which case the old one stays in force.
    package func reload(_ catalogue: Catalogue) throws(CatalogueError) {
        try Self.checkTenants(catalogue, configuration)
        var catalogue = catalogue
        catalogue.resolve(self.catalogue.book)
        try Self.checkVersions(catalogue)
        let (before, after) = current.withLock { current in
            let before = current
            // Another state may have been read in the meantime.
            catalogue.resolve(current.book)
            current = catalogue
            return (before, current)
        }
        keys.update(catalogue, now: configuration.now())
        counters.replace(with: catalogue)
        if after.book != nil { tell(before: before, after: after) }
    }

    /// Whether a configuration could be put in force.
    ///
    /// - Throws: `CatalogueError` when a client's tenant has no key.
    package func check(_ catalogue: Catalogue) throws(CatalogueError) {
        try Self.checkTenants(catalogue, configuration)
        var catalogue = catalogue
        catalogue.resolve(self.catalogue.book)
        try Self.checkVersions(catalogue)
    }

    /// The URLs under which clients know this gateway.
    package var publicURLs: [String] { urls.withLock { $0 } }

    /// Says under which URL it can be reached, where the configuration names none.
    package func serves(at url: String) {
        urls.withLock { urls in
            if urls.isEmpty { urls = [url] }
        }
    }

    /// Says on `/readyz` that no more traffic should come; requests are still answered.
    package func drain() { isDraining.store(true, ordering: .relaxed) }

    /// Whether traffic should go elsewhere.
    var draining: Bool { isDraining.load(ordering: .relaxed) }

    /// Answers a request.
    package func respond(to request: HTTPRequest) async -> HTTPResponse {
        let startedAt = configuration.now()
        let route = Route(path: request.path)
        var response = await answer(request, route, startedAt)
        addHeaders(to: &response, request, route)
        let elapsed = configuration.now().microseconds(since: startedAt)
        metrics.requests.add(1, [route.template, Self.label(request), String(response.status)])
        metrics.requestDuration.observe(microseconds: Int(elapsed), [route.template])
        return response
    }

    private func answer(
        _ request: HTTPRequest,
        _ route: Route,
        _ startedAt: Instant
    ) async -> HTTPResponse {
        // What is answered is no secret, so nobody is asked who it is.
        if request.method == "OPTIONS", route.methods.contains("OPTIONS") || request.path == "*" {
            return options(request, route)
        }
        switch route {
        case .hook(let serviceID):
            return await answerHook(request, serviceID: serviceID, startedAt: startedAt)
        case .feedback(let serviceID):
            return await answerFeedback(request, serviceID: serviceID, startedAt: startedAt)
        case .evaluation(let modelID):
            return await answerEvaluation(request, modelID: modelID, startedAt: startedAt)
        case .audit(let part):
            return await answerAudit(request, part, startedAt: startedAt)
        case .models, .model, .segments:
            return await answerModels(request, route, startedAt: startedAt)
        case .metrics:
            if configuration.guardsMetrics,
                let refusal = await refusal(of: request, route, needing: .readMetrics, startedAt)
            {
                return refusal
            }
            return answerPlain(request, route)
        case .discovery:
            return await answerDiscovery(request, startedAt: startedAt)
        case .livez, .readyz, .openAPI, .unknown:
            return answerPlain(request, route)
        }
    }

    /// The method for metrics; one that nobody uses could make any number of series.
    private static func label(_ request: HTTPRequest) -> String {
        let known = ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"]
        return known.contains(request.method) ? request.method : "other"
    }

    /// Refuses a catalogue without a version that is in force: its service could not answer.
    private static func checkVersions(_ catalogue: Catalogue) throws(CatalogueError) {
        let findings = catalogue.plans.filter { !$0.value.isComplete }
            .sorted { $0.key.id < $1.key.id }
            .map { key, _ in
                CatalogueFinding(
                    code: .version,
                    file: "Hooks/" + key.id + ".json",
                    path: "limen",
                    sentence: "the version in force is not named; promote another one first"
                )
            }
        guard findings.isEmpty else { throw CatalogueError(findings: findings) }
    }

    private static func checkTenants(
        _ catalogue: Catalogue,
        _ configuration: GatewayConfiguration
    ) throws(CatalogueError) {
        var findings: [CatalogueFinding] = []
        for client in catalogue.clients.clients.values.sorted(by: { $0.id < $1.id })
        where client.isActive && configuration.tenantKeys[client.tenant] == nil {
            findings.append(
                CatalogueFinding(
                    code: .tenantKey,
                    file: client.file,
                    path: "tenant",
                    sentence: "there is no key for this tenant"
                )
            )
        }
        guard findings.isEmpty else { throw CatalogueError(findings: findings) }
    }
}
