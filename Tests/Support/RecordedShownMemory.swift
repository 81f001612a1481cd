package import Audit
package import Basics
import Synchronization

/// Looks up what was shown in the records of a sink in memory, or fails as it is told.
package final class RecordedShownMemory: ShownMemory {
    private let sink: InMemoryAuditSink
    private let failure = Mutex<AuditError?>(nil)
    private let waits = Mutex<[Int]>([])

    /// Makes a memory over a sink.
    package init(_ sink: InMemoryAuditSink) {
        self.sink = sink
    }

    /// Lets later questions fail, or go through again.
    package func fail(with error: AuditError?) { failure.withLock { $0 = error } }

    /// How many microseconds each question had.
    package var microseconds: [Int] { waits.withLock { $0 } }

    /// The state of the last answer for a subject.
    package func last(
        _ subject: [UInt8],
        of tenant: String,
        since: Instant,
        within microseconds: Int
    ) async throws(AuditError) -> [UInt8]? {
        waits.withLock { $0.append(microseconds) }
        if let failure = failure.withLock({ $0 }) { throw failure }
        return sink.records.last {
            $0.tenant == tenant && $0.shown?.subject == subject && $0.startedAt >= since
        }?.shown?.state
    }
}
