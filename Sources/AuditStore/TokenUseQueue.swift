import Basics
import JOSE
import Posix
import Synchronization

/// The uses that wait for the ledger's connection.
final class TokenUseQueue: Sendable {
    private struct State {
        var waiting: [PendingTokenUse] = []
        var isConnected = false
        var isClosing = false
    }

    private let state = Mutex(State())
    private let bell: Doorbell

    init(bell: Doorbell) {
        self.bell = bell
    }

    var isConnected: Bool { state.withLock { $0.isConnected && !$0.isClosing } }

    var isClosing: Bool { state.withLock { $0.isClosing } }

    /// Queues a use, or says why not: without a connection nobody waits for one.
    func submit(_ pending: PendingTokenUse) -> TokenLedgerError? {
        let problem = state.withLock { state -> TokenLedgerError? in
            guard state.isConnected, !state.isClosing else { return TokenLedgerError(.unavailable) }
            guard state.waiting.count < Limits.tokenUsesWaitingMax else {
                return TokenLedgerError(.overloaded)
            }
            state.waiting.append(pending)
            return nil
        }
        if problem == nil { bell.ring() }
        return problem
    }

    /// Takes what waits, so many at most.
    func take() -> [PendingTokenUse] {
        state.withLock { state in
            let batch = Array(state.waiting.prefix(Limits.tokenUsesInFlightMax))
            state.waiting.removeFirst(batch.count)
            return batch
        }
    }

    func wait(milliseconds: Int) { bell.wait(timeoutMilliseconds: milliseconds) }

    func connected() { state.withLock { $0.isConnected = true } }

    /// There is no connection: whoever waits is told.
    func disconnected() {
        let waiting = state.withLock { state in
            let waiting = state.waiting
            state.waiting = []
            state.isConnected = false
            return waiting
        }
        for pending in waiting { pending.resume(.failure(TokenLedgerError(.unavailable))) }
    }

    func close() {
        state.withLock { $0.isClosing = true }
        bell.ring()
    }
}
