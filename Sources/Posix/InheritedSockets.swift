import CLinux
import Glibc

/// The listening sockets that systemd hands over (sd_listen_fds(3)).
///
///     LISTEN_PID=4711 LISTEN_FDS=1        descriptor 3 listens
package enum InheritedSockets {
    /// The first descriptor that can be handed over.
    private static let first: Int32 = 3
    private static let countMax = 64

    /// Why sockets cannot be taken.
    package enum Fault: Error, Equatable, Sendable {
        /// `LISTEN_FDS` is no number from 1 to 64.
        case countMalformed
        /// A descriptor is no socket that listens for connections.
        case notListening
    }

    /// Opens what was handed over to this process, once; `body` gets each socket.
    ///
    /// The variables are removed, so that no child takes the sockets for its own.
    package static func take(_ body: (consuming Socket) -> Void) throws(Fault) {
        let process = Terminal.environment("LISTEN_PID")
        let count = Terminal.environment("LISTEN_FDS")
        for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsafe unsetenv(name) }
        guard let process, let count, Int32(process) == getpid() else { return }
        guard let number = Int32(count), (1...Int32(countMax)).contains(number) else {
            throw .countMalformed
        }
        for raw in first..<(first + number) {
            guard let socket = Socket.adopt(listening: raw) else { throw .notListening }
            body(socket)
        }
    }
}
