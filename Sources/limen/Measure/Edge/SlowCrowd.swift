import Posix
import Synchronization

/// Many clients that are as slow as they can be, on a thread of their own.
///
/// A quarter drips a head, a quarter a body, a quarter the second half of a body, and a quarter
/// asks and does not read; over TLS a fifth each, and a fifth, or 400 when that is less, drips the
/// first words of a handshake. Whoever is thrown out comes again.
final class SlowCrowd: Sendable {
    private let target: EdgeTarget
    private let count: Int
    private let isOver = Atomic<Bool>(false)
    private let hasLeft = Atomic<Bool>(false)
    private let tooSlow = Atomic<Int>(0)
    private let unread = Atomic<Int>(0)
    private let otherwise = Atomic<Int>(0)
    private let cutOff = Atomic<Int>(0)
    private let been = Atomic<Int>(0)
    private let least = Atomic<Int>(0)
    /// How often each client moves a byte.
    private static let dripMilliseconds: Int64 = 500
    /// A server bounds how many handshakes of one address are under way (ours
    /// `Limits.httpHandshakesPerAddressMax`): those that are dripped, and those of who arrives.
    private static let handshakeCountMax = 400
    private static let arrivingCountMax = 64

    /// Makes a crowd; nobody comes yet.
    init(_ target: EdgeTarget, count: Int) {
        self.target = target
        self.count = count
    }

    /// How many have been there at all.
    var comeCount: Int { been.load(ordering: .relaxed) }

    /// How many were connected at least, since `watch` was called.
    var leastCount: Int { least.load(ordering: .relaxed) }

    /// Looks from now on how many are connected.
    func watch() { least.store(count, ordering: .relaxed) }

    /// How often somebody was told that it is too slow, and came again.
    var tooSlowCount: Int { tooSlow.load(ordering: .relaxed) }

    /// How often a handshake that was dripped was ended.
    var cutOffCount: Int { cutOff.load(ordering: .relaxed) }

    /// How often somebody who does not read was thrown out, and came again.
    var unreadCount: Int { unread.load(ordering: .relaxed) }

    /// How often somebody was thrown out for another reason than that it is slow.
    ///
    /// Such a client has cost the server nothing, and a drill with it shows nothing.
    var otherwiseCount: Int { otherwise.load(ordering: .relaxed) }

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

    private func note(_ end: SlowClient.End?) {
        switch end {
        case nil: break
        case .tooSlow: tooSlow.add(1, ordering: .relaxed)
        case .cutOff: cutOff.add(1, ordering: .relaxed)
        case .unread: unread.add(1, ordering: .relaxed)
        case .otherwise: otherwise.add(1, ordering: .relaxed)
        }
    }

    private func run(_ bell: Doorbell) {
        let start = Clock.monotonicMilliseconds()
        let kinds = SlowClient.Kind.allCases.filter { $0 != .handshake || target.security != nil }
        var clients = (0..<count).map { number in
            let kind = kinds[number % kinds.count]
            let isOneTooMany = kind == .handshake && number / kinds.count >= Self.handshakeCountMax
            return SlowClient(
                isOneTooMany ? .head : kind,
                target,
                // Spread over the time between two bytes.
                nextDrip: start + Int64(number) * Self.dripMilliseconds / Int64(count)
            )
        }
        while !isOver.load(ordering: .relaxed) {
            let now = Clock.monotonicMilliseconds()
            var arrivingCount = 0
            for client in clients where client.isArriving {
                note(client.arrive())
                if client.isArriving { arrivingCount += 1 }
            }
            for client in clients where now >= client.nextDrip && !client.isArriving {
                // It comes as soon as another has arrived.
                if !client.isOpen, arrivingCount >= Self.arrivingCountMax { continue }
                client.nextDrip = now + Self.dripMilliseconds
                let end = client.drip()
                note(end)
                // Who is thrown out comes again at the next look.
                if end != nil { client.nextDrip = now }
                if client.isArriving { arrivingCount += 1 }
            }
            been.store(clients.count { $0.hasBeen }, ordering: .relaxed)
            let open = clients.count { $0.isOpen }
            if open < leastCount { least.store(open, ordering: .relaxed) }
            // Nobody rings: it is the time between two looks.
            bell.wait(timeoutMilliseconds: 5)
        }
        clients = []
        hasLeft.store(true, ordering: .sequentiallyConsistent)
    }
}
