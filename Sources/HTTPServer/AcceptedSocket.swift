import Posix

/// A connection on its way from the loop that accepts to the loop that serves it.
final class AcceptedSocket: Sendable {
    let socket: Socket
    let peer: String

    init(_ socket: consuming Socket, peer: String) {
        self.socket = socket
        self.peer = peer
    }
}
