/// A task that waits for an event or for a moment, whichever comes first.
///
/// `@unchecked Sendable`: made, resumed and read on the thread of its loop alone; a call from
/// elsewhere goes there first.
final class Waiter: @unchecked Sendable {
    /// When the waiting is over, in milliseconds of the clock that never goes back.
    let deadline: Int64
    private var continuation: CheckedContinuation<Bool, Never>?

    init(_ continuation: CheckedContinuation<Bool, Never>, until deadline: Int64) {
        self.continuation = continuation
        self.deadline = deadline
    }

    var isOver: Bool { continuation == nil }

    /// Lets the task go on: whether the event came.
    func resume(_ isMet: Bool) {
        guard let continuation else { return }
        self.continuation = nil
        continuation.resume(returning: isMet)
    }
}
