import Basics
import Crypto
import Gateway
import HTTPClient
import HTTPMessages
import JOSE
import Posix
import Telemetry

/// Reads the key sets of addresses in the background, when their stores say that it is time.
///
/// No request waits for it: a token whose key is not known yet is refused, and its key is there for
/// the next one.
final class KeyRefresher: Sendable {
    private let gateway: HookGateway
    private let client: OutboundClient
    private let trust: TLSTrust
    private let networks: [IPNetwork]
    private let log: LogWriter
    /// What came of the reads.
    let counter: Counter
    private let patienceMilliseconds: Int64
    private let now: @Sendable () -> Instant

    /// How often it looks what is due.
    private static let periodSeconds = 5

    init(
        gateway: HookGateway,
        client: OutboundClient,
        trust: TLSTrust,
        networks: [IPNetwork],
        registry: MetricsRegistry,
        log: LogWriter,
        patienceMilliseconds: Int64 = KeyAddressSource.defaultPatienceMilliseconds,
        now: @escaping @Sendable () -> Instant = { Clock.now() }
    ) {
        self.gateway = gateway
        self.client = client
        self.trust = trust
        self.networks = networks
        self.log = log
        self.patienceMilliseconds = patienceMilliseconds
        self.now = now
        counter = registry.counter(
            "limen_key_refreshes_total",
            help: "Reads of the key sets of clients, by client and outcome.",
            labels: ["client", "outcome"]
        )
    }

    /// Looks now and then every few seconds.
    func start() {
        Task.detached { [self] in
            while !Task.isCancelled {
                await refreshDue()
                try? await Task.sleep(for: .seconds(Self.periodSeconds))
            }
        }
    }

    /// Reads what is due, all at once, and comes back when the last is read or given up.
    func refreshDue() async {
        await withTaskGroup(of: Void.self) { group in
            for due in gateway.keys.due(at: now()) {
                group.addTask { [self] in
                    let source = KeyAddressSource(
                        address: due.address,
                        client: client,
                        trust: trust,
                        networks: networks,
                        patienceMilliseconds: patienceMilliseconds
                    )
                    let outcome = await due.store.refresh(from: source, now: now)
                    report(outcome, of: due.client)
                }
            }
        }
    }

    private func report(_ outcome: KeyStore.Outcome, of client: String) {
        switch outcome {
        case .unchanged:
            counter.add(1, [client, "unchanged"])
        case .replaced:
            counter.add(1, [client, "replaced"])
            log.log(
                LogEvent(.info, "the keys of a client have changed", [(.client, .text(client))])
            )
        case .unreachable(let reason):
            counter.add(1, [client, "unreachable"])
            warn(client, reason.rawValue)
        case .refused(let error):
            counter.add(1, [client, "refused"])
            warn(client, error.code.rawValue)
        }
    }

    private func warn(_ client: String, _ reason: String) {
        log.log(
            LogEvent(
                .warning,
                "the keys of a client could not be read anew; the old ones stay",
                [(.client, .text(client)), (.errorType, .text(reason))]
            )
        )
    }
}
