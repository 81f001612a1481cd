import HTTPMessages
import Posix

/// What waits for peers that take no more at present.
extension ConnectionDriver {
    /// Counts what waits for a peer; when it is too much for the loop, those for whom the most
    /// waits are dropped.
    func count(_ bytes: Int, _ connection: Connection) {
        blockedBytes += bytes - connection.countedBytes
        connection.countedBytes = bytes
        precondition(blockedBytes >= 0, "fewer bytes wait than none")
        while blockedBytes > shared.configuration.unsentLoopBytesMax {
            var largest = connection
            for other in slots {
                guard let other, other.countedBytes > largest.countedBytes else { continue }
                largest = other
            }
            perform(largest.state.aborted(), largest)
        }
    }

    /// What the peer has acknowledged of all that it was ever sent.
    func takenBytes(_ connection: Connection) -> Int {
        guard let waiting = try? connection.accepted.socket.unacknowledgedBytes else {
            // Without an answer of the kernel nothing is known to be taken.
            return 0
        }
        return max(0, connection.output.movedCount - waiting)
    }
}
