import Basics
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

    /// One attempt to say why; a connection too many gets no memory of ours.
    func turnAway(_ accepted: AcceptedSocket) {
        let rejection = RequestRejection.connectionsTooMany
        configuration.metrics.refused(rejection.rawValue)
        // What is not encrypted would be garbage to the client.
        guard configuration.security == nil else { return }
        let response = configuration.errorResponse(rejection.status, rejection.rawValue)
        var bytes: [UInt8] = []
        let framing = ResponseSerializer.Framing(isHead: false, keepsAlive: false, minorVersion: 1)
        let date = HTTPDate.bytes(Clock.now())
        guard !ResponseSerializer.write(response, framing, date: date, to: &bytes) else { return }
        _ = try? accepted.socket.send(bytes)
        accepted.socket.shutdownSending()
    }
}
