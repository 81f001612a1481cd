import Basics

/// Which connections are free, and who waits for one: counting without I/O.
struct OutboundPool {
    private struct Server {
        var open = 0
        var idle: [OutboundConnection] = []
        var waiting: [Waiter] = []
    }

    private var servers: [OutboundDestination: Server] = [:]
    private var openCount = 0

    /// What a request that wants a connection must do.
    enum Grant {
        /// Use this one.
        case reuse(OutboundConnection)
        /// Make one; it is counted.
        case open
        /// Wait until another request has ended.
        case wait
        /// Give up.
        case busy
    }

    var isEmpty: Bool { openCount == 0 }

    /// The connections that have been idle for so long at a moment.
    func expired(at now: Int64, idleMilliseconds: Int) -> [OutboundConnection] {
        servers.values.flatMap(\.idle).filter { now - $0.idleSince >= Int64(idleMilliseconds) }
    }

    /// Grants a connection; without `reusing`, a new one.
    mutating func take(_ destination: OutboundDestination, reusing: Bool) -> Grant {
        var server = servers[destination] ?? Server()
        defer { servers[destination] = server }
        // The one used last is the one most likely to be alive.
        if reusing, let connection = server.idle.popLast() { return .reuse(connection) }
        if server.open < Limits.outboundConnectionsPerServerMax,
            openCount < Limits.outboundConnectionsMax
        {
            server.open += 1
            openCount += 1
            return .open
        }
        return server.waiting.count < Limits.outboundWaitingMax && server.open > 0 ? .wait : .busy
    }

    /// Lets a request wait.
    mutating func wait(_ waiter: Waiter, for destination: OutboundDestination) {
        servers[destination, default: Server()].waiting.removeAll(where: \.isOver)
        servers[destination, default: Server()].waiting.append(waiter)
    }

    /// Takes a connection back for the next request.
    mutating func putBack(_ connection: OutboundConnection) {
        servers[connection.destination]?.idle.append(connection)
        wakeNext(connection.destination)
    }

    /// Forgets a connection that is closed or was never made.
    mutating func remove(_ connection: OutboundConnection?, of destination: OutboundDestination) {
        guard var server = servers[destination] else { return }
        server.idle.removeAll { $0 === connection }
        server.open -= 1
        openCount -= 1
        precondition(server.open >= 0, "a connection is counted out twice")
        server.waiting.removeAll(where: \.isOver)
        let isUnused = server.open == 0 && server.waiting.isEmpty
        servers[destination] = isUnused ? nil : server
        wakeNext(destination)
    }

    private mutating func wakeNext(_ destination: OutboundDestination) {
        guard var server = servers[destination] else { return }
        server.waiting.removeAll(where: \.isOver)
        if !server.waiting.isEmpty { server.waiting.removeFirst().resume(true) }
        servers[destination] = server
    }
}
