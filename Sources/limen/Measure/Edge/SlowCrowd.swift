import HTTPMessages
import Posix
import Synchronization

/// Many clients that are as slow as they can be, on a thread of their own.
///
/// A third drips a head, a third drips a body, and a third asks and does not read. Whoever is
/// thrown out comes again.
final class SlowCrowd: Sendable {
    private let address: SocketAddress
    private let count: Int
    private let isOver = Atomic<Bool>(false)
    private let hasLeft = Atomic<Bool>(false)
    private let open = Atomic<Int>(0)
    private let reopened = Atomic<Int>(0)
    /// How often each client moves a byte.
    private static let dripMilliseconds: Int64 = 500

    /// A socket in a place where it can be replaced.
    private final class Open {
        let socket: Socket

        init(_ socket: consuming Socket) {
            self.socket = socket
        }
    }

    private final class Client {
        let kind: Int
        var open: Open?
        var sent = 0
        var nextDrip: Int64

        init(kind: Int, nextDrip: Int64) {
            self.kind = kind
            self.nextDrip = nextDrip
        }
    }

    /// Makes a crowd; nobody comes yet.
    init(_ address: SocketAddress, count: Int) {
        self.address = address
        self.count = count
    }

    /// How many are connected at present.
    var openCount: Int { open.load(ordering: .relaxed) }

    /// How often somebody was thrown out and came again.
    var reopenedCount: Int { reopened.load(ordering: .relaxed) }

    /// Lets all come.
    func start() throws(CommandError) {
        do {
            let bell = try Doorbell()
            try WorkerThread.start(name: "slow") { self.run(bell) }
        } catch {
            throw CommandError(.unavailable, "no thread can be started: \(error.text)")
        }
    }

    /// Lets all go, and waits until they have.
    func end() async {
        isOver.store(true, ordering: .sequentiallyConsistent)
        while !hasLeft.load(ordering: .sequentiallyConsistent) {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    private func run(_ bell: Doorbell) {
        let start = Clock.monotonicMilliseconds()
        var clients = (0..<count).map { number in
            // Spread over the time between two bytes.
            Client(
                kind: number % 3,
                nextDrip: start + Int64(number) * Self.dripMilliseconds / Int64(count)
            )
        }
        while !isOver.load(ordering: .relaxed) {
            let now = Clock.monotonicMilliseconds()
            for client in clients where now >= client.nextDrip {
                client.nextDrip = now + Self.dripMilliseconds
                drip(client)
            }
            open.store(clients.count { $0.open != nil }, ordering: .relaxed)
            // Nobody rings: it is the time between two looks.
            bell.wait(timeoutMilliseconds: 5)
        }
        clients = []
        hasLeft.store(true, ordering: .sequentiallyConsistent)
    }

    private func drip(_ client: Client) {
        do throws(SystemError) {
            guard let open = client.open else {
                client.open = Open(try Socket.connect(address))
                client.sent = 0
                return
            }
            let bytes = Self.bytes(client.kind, client.sent)
            if case .moved(let count) = try open.socket.send(bytes) { client.sent += count }
            if client.kind != 2, try hasEnded(open) { throw SystemError.connectionReset }
        } catch {
            client.open = nil
            reopened.add(1, ordering: .relaxed)
        }
    }

    /// Whether the server has said its last word.
    private func hasEnded(_ open: Open) throws(SystemError) -> Bool {
        var piece = [UInt8](repeating: 0, count: 1_024)
        switch try open.socket.receive(into: &piece) {
        case .moved: return true
        case .wouldBlock: return false
        }
    }

    /// The next bytes of a client.
    private static func bytes(_ kind: Int, _ sent: Int) -> [UInt8] {
        switch kind {
        case 0:
            let start = Array("GET /livez HTTP/1.1\r\nHost: a\r\nX-Slow: ".utf8)
            return sent < start.count ? [start[sent]] : [UInt8(ascii: "a")]
        case 1:
            let head =
                "POST /cds-services/news2 HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"
            return sent == 0 ? Array(head.utf8) : [UInt8(ascii: " ")]
        default:
            // Answers that nobody reads fill the buffers of both kernels, then the server waits.
            let request = "GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n"
            return (0..<8).flatMap { _ in Array(request.utf8) }
        }
    }
}
