import Crypto
import HTTPMessages
import Posix

/// A connection of a loop: the socket, the state machine and the bytes between them.
final class Connection {
    let accepted: AcceptedSocket
    let token: Poller.Token
    var state: ConnectionState
    /// Bytes that were received and are not done with, from `inputStart` on.
    var input: [UInt8] = []
    var inputStart = 0
    var output = OutputQueue()
    /// What waits to be encrypted; empty in clear.
    var plain = PlainQueue()
    /// There may be bytes to receive; events are told once.
    var mayRead = false
    /// The end of the stream was told.
    var isHungUp = false
    /// The peer takes no more at present.
    var isBlocked = false
    /// What waits for it and is counted by the driver.
    var countedBytes = 0
    /// What was received of an unfinished request and is counted by the driver.
    var countedReceived = 0
    var isQueuedToSend = false
    var isQueuedToRead = false
    var isHandlerAtWork = false
    /// What the connection is secured with; `nil` in clear.
    var securityContext: TLSServerContext?
    /// The TLS session, from the client's first bytes on.
    var session: TLSServerSession?
    /// The handshake is counted as under way.
    var isCountedAsHandshake = false
    /// The client was told that we send no more.
    var hasTakenLeave = false
    /// Nothing can be encrypted any more, and a response was lost.
    var isSessionBroken = false
    /// The client has said by TLS that it sends no more; what it sent before comes first.
    var hasSaidEnd = false
    /// The certificate that the client has shown.
    var certificate: PeerCertificate?
    var task: Task<Void, Never>?
    var method = ""
    var startedNanoseconds: Int64 = 0

    init(_ accepted: AcceptedSocket, token: Poller.Token, state: ConnectionState) {
        self.accepted = accepted
        self.token = token
        self.state = state
    }

    var hasInput: Bool { inputStart < input.count }

    /// What waits for the peer, encrypted or not.
    var unsentBytes: Int { output.byteCount + plain.byteCount }

    /// What is kept of what was received, but for a request that is complete.
    var receivedBytes: Int { state.keptBytes + input.count - inputStart }

    /// Whether it can give way to another one; who may have sent something that was not read yet
    /// is not silent.
    var leave: ConnectionState.Leave {
        let leave = state.leave
        guard leave == .atOnce, hasInput || mayRead else { return leave }
        return .inNeed
    }

    /// Drops bytes that are done with.
    func dropInput(_ count: Int) {
        inputStart += count
        precondition(inputStart <= input.count, "more consumed than received")
        guard inputStart == input.count else { return }
        input.removeAll(keepingCapacity: input.capacity <= 4_096)
        inputStart = 0
    }

    /// Keeps bytes for later.
    func keepInput(_ bytes: ArraySlice<UInt8>) {
        if inputStart > 0 {
            input.removeFirst(inputStart)
            inputStart = 0
        }
        input.append(contentsOf: bytes)
    }
}
