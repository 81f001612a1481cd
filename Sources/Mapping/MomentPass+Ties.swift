import Basics
import JSON

/// Settles what happened at nearly one moment.
extension MomentPass {
    /// Lets the value that wins ties win over a measurement of another kind shortly after.
    ///
    /// An oxygen flow of zero says nothing of a mask at 40 % ten minutes ago.
    mutating func settleNearTies() {
        guard plan.inputs.contains(where: { $0.tieSeconds != nil }) else { return }
        for (position, candidate) in candidates.enumerated() {
            let input = plan.inputs[candidate.input]
            let leader = candidates[best[candidate.input]]
            guard let wanted = input.onTie, let seconds = input.tieSeconds,
                candidate.reading.value == wanted, leader.reading.value != wanted,
                candidate.position != leader.position, !input.selection.isAggregate,
                plan.rules[candidate.rule].threshold != nil,
                plan.rules[leader.rule].threshold != nil,
                abs(leader.order(now).microseconds(since: candidate.order(now)))
                    <= Int64(seconds) * 1_000_000
            else { continue }
            best[candidate.input] = position
        }
    }
}
