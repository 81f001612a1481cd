import Crypto
import HTTPMessages
import Posix

/// A connection to a server: the socket, the TLS session over it, and the parser behind both.
///
/// Lives on the thread of its loop alone.
final class OutboundConnection {
    let socket: Socket
    let token: Poller.Token
    let destination: OutboundDestination
    var session: TLSSession?
    var parser: ResponseParser
    /// Bytes that were received and decrypted and are not done with.
    var input: [UInt8] = []
    /// There may be bytes to receive; events are told once.
    var mayRead = false
    /// There may be room to send.
    var mayWrite = false
    /// Who waits for one of them.
    var waiter: Waiter?
    /// Whether it waits in the pool for its next request.
    var isIdle = false
    var idleSince: Int64 = 0
    var requestCount = 0
    /// Whether any byte of the present response came.
    var hasReceived = false
    /// Whether the peer has ended the stream properly.
    var isEnded = false

    init(_ socket: consuming Socket, token: Poller.Token, to destination: OutboundDestination) {
        self.socket = socket
        self.token = token
        self.destination = destination
        parser = ResponseParser()
    }

    /// Takes what the poller tells.
    func note(_ event: Poller.Event) {
        if event.isReadable || event.isHungUp || event.isBroken { mayRead = true }
        if event.isWritable || event.isBroken { mayWrite = true }
        waiter?.resume(true)
    }
}
