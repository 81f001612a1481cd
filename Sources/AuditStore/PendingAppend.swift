import Audit
import Synchronization

/// A row on its way, with the task that waits for it.
///
/// The task is resumed once: by the commit, by the refusal, or by the deadline, whichever is first.
final class PendingAppend: Sendable {
    let row: EncodedRow
    /// When it was appended, on the monotonic clock.
    let queuedNanoseconds: Int64
    private let continuation: Mutex<CheckedContinuation<Result<Landing, AuditError>, Never>?>

    /// How a row comes to be durable.
    enum Landing: Sendable {
        /// It was written, with the keys that it was sealed with.
        case written
        /// A row of its key stood there already, under keys of its own.
        case standing
    }

    init(
        row: EncodedRow,
        queuedNanoseconds: Int64,
        continuation: CheckedContinuation<Result<Landing, AuditError>, Never>
    ) {
        self.row = row
        self.queuedNanoseconds = queuedNanoseconds
        self.continuation = Mutex(continuation)
    }

    /// Resumes the task with its result; `false` when it had one already.
    @discardableResult
    func resume(_ result: Result<Landing, AuditError>) -> Bool {
        let waiting = continuation.withLock { slot in
            let waiting = slot
            slot = nil
            return waiting
        }
        waiting?.resume(returning: result)
        return waiting != nil
    }

    /// Whether the task was resumed.
    var isResumed: Bool { continuation.withLock { $0 == nil } }
}
