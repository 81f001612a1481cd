import Basics
import Posix
import Synchronization

/// Since when the tree is not signed, and why.
final class LedgerStanding: Sendable {
    private struct Failure {
        let sinceMilliseconds: Int64
        var reason: String
    }

    private let failure = Mutex<Failure?>(nil)

    /// A turn failed, or was refused.
    func fails(_ reason: String, at milliseconds: Int64 = Clock.monotonicMilliseconds()) {
        failure.withLock { failure in
            if failure == nil {
                failure = Failure(sinceMilliseconds: milliseconds, reason: reason)
            }
            failure?.reason = reason
        }
    }

    /// The tree was signed, here or by another gateway.
    func works() { failure.withLock { $0 = nil } }

    /// What an operator should see; `nil` while all is well, or one turn was lost.
    func note(at milliseconds: Int64 = Clock.monotonicMilliseconds()) -> String? {
        guard let failure = failure.withLock({ $0 }) else { return nil }
        let age = milliseconds - failure.sinceMilliseconds
        guard age >= Limits.ledgerFailureMillisecondsMax else { return nil }
        return "has not signed the audit trail for \(age / 1_000) s (\(failure.reason))"
    }
}
