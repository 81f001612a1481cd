import HTTPMessages
import Posix

/// What all loops of a server share.
final class ServerShared: Sendable {
    let configuration: HTTPServerConfiguration
    let handler: HTTPServer.Handler
    let census: ConnectionCensus

    init(
        configuration: HTTPServerConfiguration,
        handler: @escaping HTTPServer.Handler,
        loopCount: Int
    ) {
        self.configuration = configuration
        self.handler = handler
        census = ConnectionCensus(
            countMax: configuration.connectionCountMax,
            perAddressMax: configuration.connectionsPerAddressMax,
            loopCount: loopCount
        )
    }
}

/// A listening socket that goes from the caller of `start` to the first loop.
final class ListeningSocket: Sendable {
    let socket: Socket

    init(_ socket: consuming Socket) {
        self.socket = socket
    }
}
