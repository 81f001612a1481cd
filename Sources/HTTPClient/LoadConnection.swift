import HTTPMessages
import Posix

/// One connection of the load generator.
final class LoadConnection {
    let slot: Int
    /// How often it was opened; events of earlier sockets are dropped.
    private(set) var generation: UInt32 = 0
    var stream: ClientStream?
    var parser = ResponseParser(keepsBody: false)
    var rest: [UInt8] = []
    var sent = 0
    var input: [UInt8] = []
    var isWaiting = false
    /// Whether it waits until the rate allows the next request.
    var isResting = false
    /// Whether its handshake is under way.
    var isArriving = false
    var startedNanoseconds: Int64 = 0

    init(slot: Int) {
        self.slot = slot
    }

    var token: Poller.Token { Poller.Token(slot: UInt32(slot), generation: generation) }

    /// Forgets the stream and what was under way on it.
    func reset() {
        stream = nil
        generation &+= 1
        parser = ResponseParser(keepsBody: false)
        rest = []
        sent = 0
        input = []
        isWaiting = false
        isResting = false
        isArriving = false
    }
}
