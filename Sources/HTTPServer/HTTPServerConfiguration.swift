import Basics
package import HTTPMessages

/// How a server listens and what it allows; limits can be lowered here, never lifted.
package struct HTTPServerConfiguration: Sendable {
    /// The address to listen on.
    package var host: String
    /// The port; 0 takes any free one.
    package var port: Int
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
