import HTTPMessages

/// The room for what has come of requests that are not complete.
extension ConnectionDriver {
    /// Counts what is kept of what a connection has sent.
    func countReceived(_ connection: Connection) {
        guard !connection.state.isClosed else { return }
        let bytes = connection.receivedBytes
        guard bytes != connection.countedReceived else { return }
        let isMore = bytes > connection.countedReceived
        countReceived(bytes, connection)
        if isMore, received.isTooMuch { makeRoom() }
    }

    /// Counts so many bytes for a connection.
    func countReceived(_ bytes: Int, _ connection: Connection) {
        received.change(by: bytes - connection.countedReceived)
        connection.countedReceived = bytes
    }

    /// What the connections of an origin keep.
    private struct Holding {
        var bytes = 0
        /// Those that can give way, the largest at the end.
        var connections: [Connection] = []
    }

    /// Refuses the largest unfinished request of the origin with the most, until there is room.
    private func makeRoom() {
        var holdings: [String: Holding] = [:]
        for connection in slots {
            guard let connection, connection.countedReceived > 0 else { continue }
            let origin = connection.accepted.origin
            holdings[origin, default: Holding()].bytes += connection.countedReceived
            guard connection.state.isReceiving else { continue }
            holdings[origin, default: Holding()].connections.append(connection)
        }
        var sorted = holdings.values.filter { !$0.connections.isEmpty }
        for place in sorted.indices {
            sorted[place].connections.sort { $0.countedReceived < $1.countedReceived }
        }
        while received.count > received.goal,
            let most = sorted.indices.max(by: { sorted[$0].bytes < sorted[$1].bytes })
        {
            let largest = sorted[most].connections.removeLast()
            sorted[most].bytes -= largest.countedReceived
            if sorted[most].connections.isEmpty { sorted.remove(at: most) }
            perform(largest.state.outOfRoom(at: now), largest)
            renewDeadline(largest)
        }
        received.roomMade()
    }
}
