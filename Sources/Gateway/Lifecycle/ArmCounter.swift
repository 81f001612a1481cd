import Audit
import Lifecycle
import Synchronization

/// Counts what the arms of canaries do in this process.
final class ArmCounter: Sendable {
    private let totals = Mutex<[ArmKey: ArmTotals]>([:])

    /// What was counted so far.
    var all: [ArmKey: ArmTotals] { totals.withLock { $0 } }

    /// Counts one case.
    func add(_ key: ArmKey, _ outcome: AuditRecord.Outcome, isSlow: Bool) {
        let isRefused: Bool
        let isFailed: Bool
        switch outcome {
        case .incomplete, .refused: (isRefused, isFailed) = (true, false)
        case .failed: (isRefused, isFailed) = (false, true)
        case .cards, .noCards, .done: (isRefused, isFailed) = (false, false)
        // The request was at fault, whatever the version.
        case .rejected: return
        }
        totals.withLock { totals in
            totals[key, default: ArmTotals()]
                .add(isRefused: isRefused, isFailed: isFailed, isSlow: isSlow)
        }
    }

    /// Forgets what belongs to changes that are over.
    func keep(_ numbers: [String: Int]) {
        totals.withLock { totals in
            totals = totals.filter { key, _ in numbers[key.service] == key.number }
        }
    }
}
