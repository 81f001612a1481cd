import JOSE
import Synchronization

/// A use of a token on its way, with the task that waits for it; resumed once.
final class PendingTokenUse: Sendable {
    let use: TokenUse
    /// When it was asked, on the monotonic clock.
    let queuedNanoseconds: Int64
    private let continuation: Mutex<CheckedContinuation<Result<Bool, TokenLedgerError>, Never>?>

    init(
        use: TokenUse,
        queuedNanoseconds: Int64,
        continuation: CheckedContinuation<Result<Bool, TokenLedgerError>, Never>
    ) {
        self.use = use
        self.queuedNanoseconds = queuedNanoseconds
        self.continuation = Mutex(continuation)
    }

    /// Resumes the task; without effect when it was resumed before.
    func resume(_ result: Result<Bool, TokenLedgerError>) {
        let waiting = continuation.withLock { slot in
            let waiting = slot
            slot = nil
            return waiting
        }
        waiting?.resume(returning: result)
    }
}
