import Audit
import Basics
import CDSHooks

/// An answer whose row became durable only behind its deadline, as when the database is slow.
struct Lateness: Sendable {
    /// The service, or the model that was evaluated.
    let service: String
    /// Until when the answer should have left, counted from when its request was complete.
    let deadlineMicroseconds: Int
}

extension HookGateway {
    /// Whether an answer that is durable now is late; `nil` when it is in time or has no deadline.
    ///
    /// It is given all the same. Until its row is written a late answer is refused, and the row says
    /// so (`checkDeadline`). Once the row is durable it says what was answered: to answer anything
    /// else would make the trail wrong, and would withhold a warning that was computed, checked and
    /// recorded from a client that still waits. Who has gone has closed the connection, which the
    /// server counts. So what is late leaves, is counted and logged, and counts as perhaps not
    /// seen. How late it can be is bounded: an append that takes too long fails, and then nothing
    /// is given.
    func lateness(_ exchange: Exchange, _ now: Instant) -> Lateness? {
        // Feedback and whatever else has no service with a deadline is waited for by nobody.
        guard exchange.record.kind == .decision, let service = exchange.service else { return nil }
        let deadline = exchange.deadlineMicroseconds(of: service)
        guard exchange.elapsedMicroseconds(now) > deadline else { return nil }
        return Lateness(service: service.hook.id, deadlineMicroseconds: deadline)
    }
}
