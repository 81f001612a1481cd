import Basics
import Posix

/// The bytes that wait to be sent on a connection.
struct OutputQueue {
    private var segments: [[UInt8]] = []
    /// Small responses gather in one segment, which leaves in one write.
    private(set) var tail: [UInt8] = []
    private var sent = 0
    private(set) var byteCount = 0
    /// How many bytes the kernel has taken since the connection began.
    private(set) var movedCount = 0

    var isEmpty: Bool { byteCount == 0 }

    /// Appends through a closure that writes to the end of the last segment.
    mutating func append(_ write: (inout [UInt8]) -> Void) {
        let before = tail.count
        write(&tail)
        byteCount += tail.count - before
    }

    /// Appends a large body without copying it.
    mutating func append(body: consuming [UInt8]) {
        byteCount += body.count
        if !tail.isEmpty {
            segments.append(tail)
            tail = []
        }
        segments.append(body)
    }

    /// Sends until all is sent or the kernel takes no more.
    mutating func send(to socket: borrowing Socket) throws(SystemError) {
        while byteCount > 0 {
            let isTail = segments.isEmpty
            let hasMore = segments.count > 1 || (!isTail && !tail.isEmpty)
            let size = isTail ? tail.count : segments[0].count
            let transfer = try socket.send(
                isTail ? tail : segments[0],
                from: sent,
                hasMore: hasMore
            )
            guard case .moved(let count) = transfer else {
                if isTail { dropSent() }
                return
            }
            movedCount += count
            sent += count
            byteCount -= count
            guard sent == size else { continue }
            sent = 0
            if !isTail { segments.removeFirst() }
        }
        tail.removeAll(keepingCapacity: tail.capacity <= 4_096)
    }

    /// Drops what was sent of the last segment when it is more than what waits there: a peer can
    /// keep something waiting for ever, and each byte is moved once at most.
    private mutating func dropSent() {
        guard sent > Limits.httpSentBytesKept, sent >= tail.count - sent else { return }
        tail.removeFirst(sent)
        sent = 0
    }
}
