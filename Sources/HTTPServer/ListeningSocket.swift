package import Posix

/// A listening socket on its way to the loop that accepts on it.
package final class ListeningSocket: Sendable {
    let socket: Socket

    /// Takes a socket over.
    package init(_ socket: consuming Socket) {
        self.socket = socket
    }

    /// What the kernel keeps at most of what a client has not been sent yet.
    package var unsentBytesMax: Int {
        get throws(SystemError) { try socket.unsentBytesMax }
    }
}
