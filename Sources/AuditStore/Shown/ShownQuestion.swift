import Audit
import Basics
import Synchronization

/// A question what was shown last, with the task that waits for it; resumed once.
final class ShownQuestion: Sendable {
    typealias Answer = Result<[UInt8]?, AuditError>

    let tenant: String
    let subject: [UInt8]
    let since: Instant
    /// When nobody waits for it any more, on the monotonic clock.
    let endNanoseconds: Int64
    private let continuation: Mutex<CheckedContinuation<Answer, Never>?>

    init(
        tenant: String,
        subject: [UInt8],
        since: Instant,
        endNanoseconds: Int64,
        continuation: CheckedContinuation<Answer, Never>
    ) {
        self.tenant = tenant
        self.subject = subject
        self.since = since
        self.endNanoseconds = endNanoseconds
        self.continuation = Mutex(continuation)
    }

    /// Resumes the task; without effect when it was resumed before.
    func resume(_ answer: Answer) {
        continuation.withLock { $0.take() }?.resume(returning: answer)
    }
}
