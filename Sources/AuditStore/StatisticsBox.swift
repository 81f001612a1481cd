import Synchronization

/// The statistics that the writers share.
final class StatisticsBox: Sendable {
    private let value = Mutex(AuditStatistics())

    init() {}

    /// The statistics at this moment.
    var current: AuditStatistics { value.withLock { $0 } }

    /// Changes the statistics.
    func update(_ change: (inout AuditStatistics) -> Void) {
        value.withLock { change(&$0) }
    }
}
