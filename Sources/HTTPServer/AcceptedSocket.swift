import HTTPMessages
import Posix

/// A connection on its way from the loop that accepts to the loop that serves it.
final class AcceptedSocket: Sendable {
    let socket: Socket
    let peer: String
    /// What connections are counted by: the address, or the IPv6 network of 64 bits that it lies
    /// in, of which one subscriber has all.
    let origin: String

    init(_ socket: consuming Socket, peer: String) {
        self.socket = socket
        self.peer = peer
        guard let address = IPAddress(peer), address.isSix else {
            origin = peer
            return
        }
        origin = IPNetwork(address, prefixLength: 64).text
    }
}
