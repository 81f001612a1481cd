import Basics
import Gateway
import HTTPServer
import Posix
import Telemetry

/// Where the service listens, and what is said when it cannot.
extension RunningService {
    /// Listens for the gateway.
    static func listen(
        _ settings: Settings,
        _ gateway: HookGateway,
        _ certificate: ListenerCertificate?,
        _ registry: MetricsRegistry,
        _ log: LogWriter
    ) throws(CommandError) -> HTTPServer {
        var configuration = HTTPServerConfiguration(
            host: settings.address.host,
            port: settings.address.port
        )
        configuration.loopCount = settings.loopCount
        configuration.inherited = settings.inherited
        configuration.sharesPort = settings.sharesPort
        configuration.security = try certificate?.load()
        configuration.requiresTransportSecurity = !settings.isDevelopment
        let refused = registry.counter(
            "limen_http_refused_total",
            help: "What the server refused before the gateway saw it, by reason.",
            labels: ["code"]
        )
        let opened = registry.counter(
            "limen_http_connections_total",
            help: "Connections that were accepted."
        )
        let undelivered = registry.counter(
            "limen_http_undelivered_total",
            help: "Responses that found their client gone, or its time over."
        )
        configuration.judge = { gateway.rule(on: $0, length: $1) }
        configuration.metrics.refused = { refused.add(1, [$0]) }
        configuration.metrics.undelivered = { undelivered.add($0) }
        configuration.metrics.connectionOpened = { opened.add(1) }
        do {
            let server = try HTTPServer.start(configuration) { await gateway.respond(to: $0) }
            tellDescriptors(server, log)
            return server
        } catch {
            throw sentence(error, host: settings.address.host)
        }
    }

    /// Says when the process may have so few descriptors that fewer connections fit than usual.
    private static func tellDescriptors(_ server: HTTPServer, _ log: LogWriter) {
        guard server.connectionCountMax < Limits.httpConnectionCountMax else { return }
        log.log(
            LogEvent(
                .warning,
                "the limit of descriptors (ulimit -n) leaves room for fewer connections",
                [(.count, .number(server.connectionCountMax))]
            )
        )
    }

    /// Says when clients sign tokens and nobody knows the URL that these must name: the gateway
    /// cannot tell it from a wildcard address, and would refuse one like the other.
    static func tellAudience(
        _ address: ListenAddress,
        _ publicURLs: [String],
        _ clients: ClientRegistry,
        _ log: LogWriter
    ) {
        guard address.isWildcard, publicURLs.isEmpty else { return }
        // What a client is registered to name is taken whatever the URL.
        let count = clients.clients.values.count { client in
            client.isActive && client.token?.audiences.isEmpty ?? false
        }
        guard count > 0 else { return }
        log.log(
            LogEvent(
                .warning,
                """
                clients sign tokens, whose aud must be the URL that was called, and the listener has \
                a wildcard address: say under which URL clients know the gateway with --public-url, \
                or their tokens are refused
                """,
                [
                    (.errorType, .text(CatalogueFinding.Code.audience.rawValue)),
                    (.address, .text(address.host)), (.count, .number(count)),
                ]
            )
        )
    }

    private static func sentence(_ error: HTTPServerError, host: String) -> CommandError {
        switch error {
        case .portInUse(let port):
            CommandError(
                .unavailable,
                "port \(port) is in use; stop what listens there, or choose another with --listen"
            )
        case .portNotPermitted(let port):
            CommandError(
                .badInput,
                "port \(port) may not be used by this account; choose one above 1023 with --listen"
            )
        case .addressUnusable:
            CommandError(
                .badInput,
                "\(host) is no address of this machine; choose another --listen"
            )
        case .listenersTooMany:
            CommandError(.badInput, "more sockets were handed over than there are loops")
        case .system(let error):
            CommandError(.unavailable, "the server cannot listen: \(error.text)")
        }
    }

    /// The base URL.
    var url: String {
        let host = settings.address.host == "0.0.0.0" ? "127.0.0.1" : settings.address.host
        let scheme = settings.security == nil ? "http://" : "https://"
        return scheme + ListenAddress.authority(host: host, port: server.localPort)
    }
}
