package import Posix

/// What the load generator is to do.
package struct LoadPlan: Sendable {
    /// The server.
    package var address: SocketAddress
    /// Whom TLS is spoken with; in clear without it.
    package var security: ClientStream.Security?
    /// How many connections, each with one request on its way at a time.
    package var connectionCount: Int
    /// When to stop asking.
    package var end: End
    /// How many requests a second are begun at most; `nil` for as many as are answered.
    package var requestsPerSecond: Int?
    /// How long to wait for the last answers.
    package var patienceMilliseconds = 10_000

    /// When a run ends.
    package enum End: Sendable {
        /// After so many requests in all.
        case requests(Int)
        /// After so many milliseconds.
        case milliseconds(Int)
    }

    /// Makes a plan.
    package init(address: SocketAddress, connectionCount: Int, end: End) {
        precondition(connectionCount > 0, "load without connections")
        self.address = address
        self.connectionCount = connectionCount
        self.end = end
    }
}
