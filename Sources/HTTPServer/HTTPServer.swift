import Basics
package import Crypto
package import HTTPMessages
import Posix

/// An HTTP/1.1 server: event loops, each with its own poller and its own connections.
///
///     let server = try HTTPServer.start(HTTPServerConfiguration(port: 8080)) { request in
///         HTTPResponse(status: 200, body: request.body)
///     }
///     await server.drain(withinMilliseconds: 10_000)
package final class HTTPServer: Sendable {
    /// Answers a request; runs on the loop of the request's connection from first line to last.
    package typealias Handler = @Sendable (HTTPRequest) async -> HTTPResponse

    /// The port that is listened on.
    package let localPort: Int
    private let shared: ServerShared
    private let loops: [LoopHandle]

    private init(localPort: Int, shared: ServerShared, loops: [LoopHandle]) {
        self.localPort = localPort
        self.shared = shared
        self.loops = loops
    }

    /// Listens and serves until `drain`.
    package static func start(
        _ configuration: HTTPServerConfiguration,
        handler: @escaping Handler
    ) throws(HTTPServerError) -> HTTPServer {
        let loopCount = configuration.loopCount ?? ResourceUsage.coreCount
        precondition(loopCount > 0, "a server without loops")
        let listeners = try listen(configuration, loopCount)
        let descriptors = ResourceUsage.raiseDescriptorLimit()
        var bounded = configuration
        bounded.connectionCountMax = min(
            configuration.connectionCountMax,
            connectionCountMax(descriptors: descriptors)
        )
        let shared = ServerShared(
            configuration: bounded,
            handler: handler,
            loopCount: loopCount
        )
        do {
            let port = try listeners[0].socket.localAddress().port
            let loops = try makeLoops(loopCount, shared, listeners)
            return HTTPServer(localPort: port, shared: shared, loops: loops)
        } catch {
            throw .system(error)
        }
    }

    /// How many connections a process can have open at once that may have so many descriptors; with
    /// more accepting would fail before anybody is asked to give way.
    static func connectionCountMax(descriptors: Int) -> Int {
        // Where the kernel does not say, accepting tells.
        guard descriptors > 0 else { return Limits.httpConnectionCountMax }
        return max(descriptors - Limits.httpDescriptorReserve, descriptors / 2, 1)
    }

    private static func makeLoops(
        _ count: Int,
        _ shared: ServerShared,
        _ listeners: [ListeningSocket]
    ) throws(SystemError) -> [LoopHandle] {
        var drivers: [ConnectionDriver] = []
        for number in 0..<count {
            let loop = try EventLoop.open(
                eventsPerTurnMax: Limits.httpEventsPerTurnMax
            )
            drivers.append(ConnectionDriver(loop: loop, number: number, shared: shared))
        }
        let loops = drivers.map { LoopHandle(loop: $0.loop, driver: $0) }
        // Before the threads start the drivers are still ours to touch.
        for (index, listener) in listeners.enumerated() {
            let number = index % count
            try drivers[number].accept(Acceptor(listener, loops, number: number))
        }
        for (number, loop) in loops.enumerated() { try loop.start(name: "http-\(number)") }
        return loops
    }

    private static func listen(
        _ configuration: HTTPServerConfiguration,
        _ loopCount: Int
    ) throws(HTTPServerError) -> [ListeningSocket] {
        guard configuration.inherited.isEmpty else {
            // One for each loop at most: a loop accepts on one listener.
            guard configuration.inherited.count <= loopCount else { throw .listenersTooMany }
            do {
                for listener in configuration.inherited {
                    try listener.socket.limitUnsent(bytes: Limits.httpUnsentKernelBytesMax)
                }
            } catch {
                throw .system(error)
            }
            return configuration.inherited
        }
        var port = configuration.port
        var listeners: [ListeningSocket] = []
        do {
            for _ in 0..<(configuration.sharesPort ? loopCount : 1) {
                let socket = try Socket.listen(
                    SocketAddress(host: configuration.host, port: port),
                    backlog: Limits.httpWaitingConnectionCountMax,
                    unsentBytesMax: Limits.httpUnsentKernelBytesMax,
                    sharesPort: configuration.sharesPort
                )
                // The others share the port that the first one was given.
                port = try socket.localAddress().port
                listeners.append(ListeningSocket(socket))
            }
        } catch {
            if error.isAddressInUse { throw .portInUse(port: configuration.port) }
            if error.isPermissionDenied { throw .portNotPermitted(port: configuration.port) }
            if error.isAddressUnusable { throw .addressUnusable }
            throw .system(error)
        }
        return listeners
    }

    /// Secures new connections with another context; those that are open keep theirs.
    package func secure(with context: TLSServerContext) {
        precondition(shared.securityContext != nil, "a plain server becomes no other")
        shared.secure(with: context)
    }

    /// How many connections may be open: as configured, or fewer where the process may have few
    /// descriptors.
    package var connectionCountMax: Int { shared.configuration.connectionCountMax }

    /// How many connections are open.
    package var connectionCount: Int { shared.census.total }

    /// What waits for peers that take no more at present, in bytes: encrypted or in clear, and of
    /// TLS what is not encrypted yet.
    package var unsent: (ready: Int, plain: Int) {
        get async {
            var sum = (ready: 0, plain: 0)
            for loop in loops {
                let part = await loop.ask { driver in
                    driver.slots.reduce(into: (ready: 0, plain: 0)) { sum, connection in
                        sum.ready += connection?.output.byteCount ?? 0
                        sum.plain += connection?.plain.byteCount ?? 0
                    }
                }
                sum = (sum.ready + part.ready, sum.plain + part.plain)
            }
            return sum
        }
    }

    /// Ends a `drain` at once: what is still open is closed.
    package func cutOff() { shared.census.giveUp() }

    /// Stops the server, and answers whether nothing was cut off.
    ///
    /// Accepts no more, closes idle connections, finishes the requests that are being handled,
    /// and closes what is left after the given time.
    @discardableResult
    package func drain(withinMilliseconds: Int) async -> Bool {
        let deadline = Clock.monotonicMilliseconds() + Int64(withinMilliseconds)
        for loop in loops { await loop.runAndWait { $0.stopAccepting() } }
        for loop in loops { await loop.runAndWait { $0.drain(until: deadline) } }
        let isComplete = await shared.census.waitUntilEmpty()
        for loop in loops { await loop.runAndWait { $0.closeAll() } }
        for loop in loops { loop.loop.stop() }
        return isComplete
    }
}
