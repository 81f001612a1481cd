import Basics
import Posix

/// Gives freed memory back to the kernel when a crowd has gone.
///
/// The allocator keeps what lies between blocks in use, so a server would stay for ever as large as
/// its worst moment.
struct MemoryReturn {
    private var bytesPeak = 0
    private var connectionsPeak = 0
    private var notBefore = Int64.min

    /// Takes note of what a loop holds, and gives back when it was much and is little now.
    mutating func note(bytes: Int, connections: Int, at now: Int64) {
        guard isDue(bytes: bytes, connections: connections, at: now) else { return }
        // It takes some milliseconds, which no loop waits for.
        _ = try? WorkerThread.start(name: "memory") { Allocator.giveBack() }
    }

    /// Whether it was much and is little now; what is asked after that begins anew.
    mutating func isDue(bytes: Int, connections: Int, at now: Int64) -> Bool {
        bytesPeak = max(bytesPeak, bytes)
        connectionsPeak = max(connectionsPeak, connections)
        let hasSent = bytes == 0 && bytesPeak >= Limits.httpMemoryReturnBytesMin
        let ended = connectionsPeak - connections
        let hasEmptied =
            ended >= Limits.httpMemoryReturnConnectionCountMin && connections <= ended / 4
        guard hasSent || hasEmptied, now >= notBefore else { return false }
        notBefore = now + Int64(Limits.httpMemoryReturnMilliseconds)
        bytesPeak = bytes
        connectionsPeak = connections
        return true
    }
}
