package import Posix

/// Why a server could not start.
package enum HTTPServerError: Error, Equatable, Sendable {
    /// Another program listens on that port already.
    case portInUse(port: Int)
    /// Ports below 1024 need a privilege.
    case portNotPermitted(port: Int)
    /// The host is no address of this machine.
    case addressUnusable
    /// More listening sockets were handed over than there are loops.
    case listenersTooMany
    /// Something else that the kernel refused.
    case system(SystemError)
}
