package import Audit
import Synchronization

/// A sink that keeps nothing, so that what durable rows cost can be told.
///
/// It is part of the measurements only: nothing that `limen` can be configured with makes one.
package final class DroppingSink: AuditSink {
    private let counter = Atomic<Int>(0)

    /// Makes a sink.
    package init() {}

    /// How many records were dropped.
    package var count: Int { counter.load(ordering: .relaxed) }

    /// Counts a record and drops it.
    package func append(_ record: AuditRecord) async throws(AuditError) {
        counter.add(1, ordering: .relaxed)
    }

    /// Nothing ever waits.
    package var queuedCount: Int { 0 }

    /// It takes everything.
    package var isWritable: Bool { true }
}
