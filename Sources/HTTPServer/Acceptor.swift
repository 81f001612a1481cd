import Basics
import Posix

/// A listening socket on its loop: accepts, and gives each connection to the loop with the fewest.
///
/// Unless the port is shared there is one, on the first loop: with SO_REUSEPORT the kernel's hash
/// leaves 16 connections 11 to 5, a closing listener resets what waits in its queue, and a second
/// server on the same port goes unnoticed. Processes that share a port have one for each loop, so
/// that the kernel's hash spreads connections over processes by their number of loops.
final class Acceptor {
    /// The listener's registration.
    static let token = Poller.Token(slot: .max - 1, generation: 0)
    private let listener: ListeningSocket
    private let loops: [LoopHandle]
    /// The loop that it is on.
    private let number: Int
    /// When to look at the listener again after the descriptors ran out.
    private var pausedUntil: Int64?

    init(_ listener: ListeningSocket, _ loops: [LoopHandle], number: Int) {
        self.listener = listener
        self.number = number
        self.loops = loops
    }

    func start(_ loop: EventLoop) throws(SystemError) {
        try loop.watch(listener.socket.descriptor, Self.token, .readable)
    }

    /// Accepts all who wait, as the kernel resets who is left when the listener closes.
    func acceptRest(
        _ loop: EventLoop,
        _ shared: ServerShared,
        at now: Int64,
        _ adopt: (AcceptedSocket) -> Void
    ) {
        // Twice those who can wait: others come meanwhile, and not all of them can be waited for.
        let turns = 2 * Limits.httpWaitingConnectionCountMax / Limits.httpEventsPerTurnMax
        for _ in 0..<turns { guard acceptAll(loop, shared, at: now, adopt) else { return } }
    }

    /// Accepts those who wait, a bounded number at a time; `adopt` takes those for this loop.
    ///
    /// - Returns: Whether others may still wait.
    @discardableResult
    func acceptAll(
        _ loop: EventLoop,
        _ shared: ServerShared,
        at now: Int64,
        _ adopt: (AcceptedSocket) -> Void
    ) -> Bool {
        for _ in 0..<Limits.httpEventsPerTurnMax {
            do {
                switch try listener.socket.accept() {
                case .wouldBlock: return false
                case .accepted(let socket, let address):
                    place(AcceptedSocket(socket, peer: address.host), shared, adopt)
                }
            } catch {
                // ECONNABORTED and its like concern one peer. Without descriptors the listener
                // would be reported again and again: look away until the next turn.
                if error.isOutOfResources {
                    stop(loop)
                    pausedUntil = now + Int64(Limits.httpAcceptPauseMilliseconds)
                    Shortage(loops: loops, accepting: number, shared: shared).end()
                    return false
                }
            }
        }
        return true
    }

    private func place(
        _ accepted: AcceptedSocket,
        _ shared: ServerShared,
        _ adopt: (AcceptedSocket) -> Void
    ) {
        switch shared.census.open(accepted.origin) {
        case .refused: shared.turnAway(accepted)
        case .displacing(let origins, let first):
            Newcomer(
                accepted: accepted,
                origins: origins,
                loops: loops,
                first: first,
                shared: shared
            )
            .ask()
        case .taken(let chosen) where chosen == number: adopt(accepted)
        case .taken(let chosen): loops[chosen].run { $0.adopt(accepted) }
        }
    }

    /// Looks at the listener again when the pause is over.
    func resumeIfPaused(_ loop: EventLoop, at now: Int64) {
        guard let pausedUntil, now >= pausedUntil else { return }
        self.pausedUntil = nil
        do {
            try start(loop)
        } catch {
            self.pausedUntil = pausedUntil + Int64(Limits.httpAcceptPauseMilliseconds)
        }
    }

    /// Looks at the listener again before the pause is over.
    func resume(_ loop: EventLoop) {
        guard pausedUntil != nil else { return }
        resumeIfPaused(loop, at: .max)
    }

    /// Looks at the listener no more.
    func stop(_ loop: EventLoop) {
        guard pausedUntil == nil else { return }
        do {
            try loop.unwatch(listener.socket.descriptor)
        } catch {
            preconditionFailure("the listener was not watched")
        }
    }
}
