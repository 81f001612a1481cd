import AuditStore
import Crypto
import Gateway
import HTTPClient
import HTTPMessages
import PostgreSQL
import Posix
import Telemetry

/// What a serving gateway needs for signed tokens: the memory of their use, and fresh keys.
final class TokenService: Sendable {
    /// The memory of used tokens.
    let ledger: PostgreSQLTokenLedger
    private let client: OutboundClient
    private let trust: TLSTrust
    private let networks: [IPNetwork]

    /// Opens the ledger and a client for key sets.
    ///
    /// The networks are the private ones that addresses of key sets may lie in, with commas.
    static func open(
        writer: ConnectionSettings,
        migrations: [MigrationFile],
        networks: String?,
        mayBeAway: Bool
    ) throws(CommandError) -> TokenService {
        let texts = (networks ?? "").split { $0 == "," || $0 == " " }
        let opened = texts.compactMap { IPNetwork($0) }.filter(AddressPolicy.canOpen)
        guard opened.count == texts.count else {
            throw CommandError(
                .badInput,
                "LIMEN_KEY_NETWORKS lists private networks such as 10.1.0.0/16"
            )
        }
        let trust: TLSTrust
        do throws(TLSError) {
            trust = try TLSTrust.system()
        } catch {
            throw CommandError(.unavailable, "TLS is not to be had: \(error.rawValue)")
        }
        let client: OutboundClient
        do throws(SystemError) {
            client = try OutboundClient.start()
        } catch {
            throw CommandError(.unavailable, "no connection can be made: \(error.text)")
        }
        do throws(AuditStoreError) {
            let ledger = try PostgreSQLTokenLedger.open(
                writer,
                migrations: migrations,
                mayBeAway: mayBeAway
            )
            return TokenService(ledger, client, trust, opened)
        } catch {
            client.stop()
            throw StoreSentence.commandError(error)
        }
    }

    private init(
        _ ledger: PostgreSQLTokenLedger,
        _ client: OutboundClient,
        _ trust: TLSTrust,
        _ networks: [IPNetwork]
    ) {
        self.ledger = ledger
        self.client = client
        self.trust = trust
        self.networks = networks
    }

    /// Begins to read the key sets of the gateway's clients.
    func refreshKeys(of gateway: HookGateway, _ registry: MetricsRegistry, _ log: LogWriter) {
        KeyRefresher(
            gateway: gateway,
            client: client,
            trust: trust,
            networks: networks,
            registry: registry,
            log: log
        ).start()
    }

    /// Ends both.
    func close() {
        ledger.close()
        client.stop()
    }
}
