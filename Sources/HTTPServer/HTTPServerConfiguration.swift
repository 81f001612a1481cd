import Basics
package import Crypto
package import HTTPMessages

/// How a server listens and what it allows; limits can be lowered here, never lifted.
package struct HTTPServerConfiguration: Sendable {
    /// The address to listen on.
    package var host: String
    /// The port; 0 takes any free one.
    package var port: Int
    /// Listening sockets that somebody else has opened, such as systemd; address and port do not
    /// count then.
    package var inherited: [ListeningSocket] = []
    /// Whether other processes of this account may listen on the same port (SO_REUSEPORT); each
    /// loop then has a listener of its own.
    package var sharesPort = false
    /// Whom the server is to its clients by TLS; plain without it.
    package var security: TLSServerContext?
    /// Whether clients are told to come by TLS only from now on (RFC 6797).
    package var requiresTransportSecurity = true
    /// How many handshakes may be under way on one loop.
    package var handshakeCountMax = Limits.httpHandshakeCountMax
    /// How many of them one address may have.
    package var handshakesPerAddressMax = Limits.httpHandshakesPerAddressMax
    /// How many event loops run; one for each core when nil.
    package var loopCount: Int?
    /// The limits of parsing.
    package var parsing = HTTPParsingLimits()
    /// The limits of a connection in time and number.
    package var connection = HTTPConnectionLimits()
    /// How many connections may be open in all.
    package var connectionCountMax = Limits.httpConnectionCountMax
    /// How many connections one address may hold.
    package var connectionsPerAddressMax = Limits.httpConnectionsPerAddressMax
    /// How many bytes may wait on one loop for peers that take no more at present.
    package var unsentLoopBytesMax = Limits.httpUnsentLoopBytesMax
    /// How many bytes of requests that are not complete one loop keeps.
    package var receivedLoopBytesMax = Limits.httpReceivedLoopBytesMax
    /// Rules on bodies before they come; all are read without it.
    ///
    /// Runs on the loops.
    package var judge: HTTPHeadRuling.Judge?
    /// What is told about the traffic.
    package var metrics = HTTPServerMetrics()
    /// Makes the response for what the server refuses itself, from a status and a reason code
    /// such as `LIMEN-HTTP-012`.
    package var errorResponse: @Sendable (_ status: Int, _ code: String) -> HTTPResponse

    /// Makes a configuration.
    package init(host: String = "127.0.0.1", port: Int) {
        self.host = host
        self.port = port
        errorResponse = { ProblemResponse.make(status: $0, code: $1) }
    }
}
