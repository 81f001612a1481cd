package import Audit
import Synchronization

/// An audit sink that keeps its records in memory, or fails as it is told.
package final class InMemoryAuditSink: AuditSink {
    private struct State {
        var records: [AuditRecord] = []
        var failure: AuditError?
        /// Which records fail; `nil` for all of them.
        var isFailing: (@Sendable (AuditRecord) -> Bool)?
        /// Whether what fails is kept all the same, as by a store whose answer is lost.
        var keepsFailed = false
        var onAppend: (@Sendable () -> Void)?
    }

    private let state: Mutex<State>

    /// Makes a sink that keeps records, or one that always fails.
    package init(failing failure: AuditError? = nil) {
        state = Mutex(State(failure: failure))
    }

    /// The records so far.
    package var records: [AuditRecord] { state.withLock { $0.records } }

    /// Lets later records fail, or go through again.
    package func fail(
        with failure: AuditError?,
        keeping keepsFailed: Bool = false,
        where isFailing: (@Sendable (AuditRecord) -> Bool)? = nil
    ) {
        state.withLock { state in
            state.failure = failure
            state.isFailing = isFailing
            state.keepsFailed = keepsFailed
        }
    }

    /// Lets something happen while each later record becomes durable.
    package func whileAppending(_ work: (@Sendable () -> Void)?) {
        state.withLock { $0.onAppend = work }
    }

    /// Forgets the records.
    package func removeAll() {
        state.withLock { $0.records.removeAll(keepingCapacity: true) }
    }

    /// Keeps a record.
    package func append(_ record: AuditRecord) async throws(AuditError) {
        state.withLock { $0.onAppend }?()
        let failure = state.withLock { state -> AuditError? in
            if let failure = state.failure, state.isFailing?(record) ?? true {
                if state.keepsFailed { state.records.append(record) }
                return failure
            }
            state.records.append(record)
            return nil
        }
        if let failure { throw failure }
    }

    /// Nothing ever waits.
    package var queuedCount: Int { 0 }

    /// Whether records go through.
    package var isWritable: Bool { state.withLock { $0.failure == nil } }
}
