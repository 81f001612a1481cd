package import HTTPMessages
package import Posix

import Basics

/// Calls other servers: HTTP/1.1 over TLS on an event loop of its own.
///
///     let client = try OutboundClient.start()
///     let response = try await client.send(request, to: destination)
///
/// Safe by construction: a name is looked up once and every address it stands for is checked, the
/// connection goes to a checked address, the certificate must be for the name, redirects are
/// answers like any other, and size, time, number of connections and of attempts are bounded. It
/// asks for no compression and takes none.
package final class OutboundClient: Sendable {
    private let driver: OutboundDriver

    private init(driver: OutboundDriver) {
        self.driver = driver
    }

    /// Starts the loop.
    ///
    /// - Parameters:
    ///   - resolver: who looks names up.
    ///   - idleMilliseconds: how long a connection that nobody uses is kept.
    ///   - route: where a checked address is dialled; tests dial a server of their own instead.
    /// - Returns: a client that works until `stop`.
    /// - Throws: `SystemError` when no descriptor or thread is left.
    package static func start(
        resolver: any NameResolver = SystemResolver(),
        idleMilliseconds: Int = Limits.outboundIdleMilliseconds,
        route: @escaping @Sendable (IPAddress, Int) -> SocketAddress = {
            SocketAddress(host: $0.text, port: $1)
        }
    ) throws(SystemError) -> OutboundClient {
        let loop = try EventLoop.open(eventsPerTurnMax: Limits.httpEventsPerTurnMax)
        let driver = OutboundDriver(
            loop: loop,
            resolver: resolver,
            idleMilliseconds: idleMilliseconds,
            route: route
        )
        try loop.start(name: "outbound") { driver }
        return OutboundClient(driver: driver)
    }

    /// Sends a request and waits for its response, at most until the request's deadline.
    package func send(
        _ request: OutboundRequest,
        to destination: OutboundDestination
    ) async throws(OutboundError) -> HTTPResponse {
        let driver = self.driver
        let result: Result<HTTPResponse, OutboundError> = await withCheckedContinuation {
            continuation in
            driver.loop.perform {
                driver.begin(request, destination) { continuation.resume(returning: $0) }
            }
        }
        return try result.get()
    }

    /// Ends the loop once the requests on their way are over.
    package func stop() { driver.loop.stop() }
}
