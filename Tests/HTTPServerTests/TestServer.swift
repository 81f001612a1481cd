import HTTPClient
import HTTPMessages
import HTTPServer
import Posix
import Synchronization

/// A server on a free port of the loopback, and clients for it.
struct TestServer: Sendable {
    let server: HTTPServer
    let log: EventLog

    static func start(
        _ change: (inout HTTPServerConfiguration) -> Void = { _ in },
        handler: @escaping HTTPServer.Handler = TestServer.echo
    ) throws -> TestServer {
        let log = EventLog()
        var configuration = HTTPServerConfiguration(port: 0)
        configuration.loopCount = 2
        configuration.connection.lingerMilliseconds = 300
        configuration.metrics.connectionOpened = { log.note { $0.opened += 1 } }
        configuration.metrics.connectionClosed = { log.note { $0.closed += 1 } }
        configuration.metrics.refused = { code in log.note { $0.refused.append(code) } }
        configuration.metrics.undelivered = { count in log.note { $0.undelivered += count } }
        configuration.metrics.requestFinished = { status, method, _ in
            log.note { $0.finished.append("\(method) \(status)") }
        }
        change(&configuration)
        return TestServer(
            server: try HTTPServer.start(configuration) { request in
                log.note { $0.paths.append(request.path) }
                return await handler(request)
            },
            log: log
        )
    }

    /// A server with the configuration of the house and a handler of the test's own.
    static func serving(_ handler: @escaping HTTPServer.Handler) throws -> TestServer {
        try start({ _ in }, handler: handler)
    }

    /// Answers with method, path and body.
    static let echo: HTTPServer.Handler = { request in
        HTTPResponse(
            status: 200,
            fields: ["Content-Type": "text/plain"],
            body: Array("\(request.method) \(request.path)\n".utf8) + request.body
        )
    }

    var address: SocketAddress { SocketAddress(host: "127.0.0.1", port: server.localPort) }

    /// A connection, from an address of the loopback such as `127.0.0.2` when there is one.
    func connect(
        from source: String? = nil,
        timeoutMilliseconds: Int = 20_000
    ) throws -> HTTPClient {
        try HTTPClient.connect(
            address,
            from: source.map { SocketAddress(host: $0, port: 0) },
            timeoutMilliseconds: timeoutMilliseconds
        )
    }

    /// A good request on a connection of its own.
    func isAlive() throws -> Bool {
        var client = try connect()
        let response = try client.send(HTTPRequest(method: "GET", path: "/alive"))
        return response.status == 200 && response.body == Array("GET /alive\n".utf8)
    }
}

/// What the metrics told, and a way to wait for it.
final class EventLog: Sendable {
    struct Counts: Sendable {
        var opened = 0
        var closed = 0
        var refused: [String] = []
        var undelivered = 0
        var finished: [String] = []
        var paths: [String] = []
    }

    private struct State {
        var counts = Counts()
        var waiters:
            [(until: @Sendable (Counts) -> Bool, continuation: CheckedContinuation<Void, Never>)] =
                []
    }

    private let state = Mutex(State())

    var counts: Counts { state.withLock { $0.counts } }

    func note(_ change: (inout Counts) -> Void) {
        let ready = state.withLock { state in
            change(&state.counts)
            let counts = state.counts
            let ready = state.waiters.filter { $0.until(counts) }.map(\.continuation)
            state.waiters.removeAll { $0.until(counts) }
            return ready
        }
        for continuation in ready { continuation.resume() }
    }

    /// Waits for an event instead of for a time.
    func wait(until condition: @escaping @Sendable (Counts) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if condition(state.counts) { return true }
                state.waiters.append((condition, continuation))
                return false
            }
            if isReady { continuation.resume() }
        }
    }
}

/// A door that handlers wait at until the test opens it.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiters.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
