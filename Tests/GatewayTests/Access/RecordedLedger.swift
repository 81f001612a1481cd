import JOSE
import Synchronization

/// A ledger that is there or away as it is told.
final class RecordedLedger: TokenLedger {
    private struct State {
        var uses: Set<TokenUse> = []
        var isAvailable = true
        var failure: TokenLedgerError?
    }

    private let state = Mutex(State())

    /// Says that it is away, or fails when it is asked.
    func set(isAvailable: Bool, failure: TokenLedgerError? = nil) {
        state.withLock { state in
            state.isAvailable = isAvailable
            state.failure = failure
        }
    }

    /// How many tokens were used up.
    var count: Int { state.withLock { $0.uses.count } }

    func remember(_ use: TokenUse) async throws(TokenLedgerError) -> Bool {
        if let failure = state.withLock({ $0.failure }) { throw failure }
        return state.withLock { $0.uses.insert(use).inserted }
    }

    var isAvailable: Bool { state.withLock { $0.isAvailable } }
}
