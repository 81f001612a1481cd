import Crypto
import HTTPMessages
import Posix
import Synchronization

/// What all loops of a server share.
final class ServerShared: Sendable {
    let configuration: HTTPServerConfiguration
    let handler: HTTPServer.Handler
    let census: ConnectionCensus
    private let security: Mutex<TLSServerContext?>

    /// What new connections are secured with; `nil` without TLS.
    var securityContext: TLSServerContext? { security.withLock { $0 } }

    /// Secures new connections with another context; those that are open keep theirs.
    func secure(with context: TLSServerContext) { security.withLock { $0 = context } }

    init(
        configuration: HTTPServerConfiguration,
        handler: @escaping HTTPServer.Handler,
        loopCount: Int
    ) {
        self.configuration = configuration
        self.handler = handler
        security = Mutex(configuration.security)
        census = ConnectionCensus(
            countMax: configuration.connectionCountMax,
            perAddressMax: configuration.connectionsPerAddressMax,
            loopCount: loopCount
        )
    }
}
