import AuditStore
import Synchronization

/// What a sink told of itself, in its order.
final class SinkStates: Sendable {
    private let list = Mutex<[AuditStoreError?]>([])

    var all: [AuditStoreError?] { list.withLock { $0 } }

    func add(_ problem: AuditStoreError?) { list.withLock { $0.append(problem) } }
}
