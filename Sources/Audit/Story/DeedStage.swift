/// How far a deed came that an event tells of: a hold, an erasure, a policy, a month that is dropped.
///
/// An order stands in the trail before anything is done, and its ending in an event of its own that
/// names the order. Which of the two an event is, its flags and its outcome say; an order by itself
/// says nothing of what came of it.
package enum DeedStage: Sendable, Equatable {
    /// It was ordered; what came of it, a later event says.
    case ordered
    /// It was done.
    case done
    /// It was refused or failed, and nothing was changed.
    case refused

    /// The flag of an event that orders.
    package static let orderedFlag = "ordered"
    /// The flag of an event that says that it was done.
    package static let doneFlag = "done"
    /// The flag of an event that says that it was refused.
    package static let refusedFlag = "refused"

    /// Reads an event.
    ///
    /// Rows of earlier versions have one event for lifting a hold, for a policy and for a month,
    /// which was written before the deed: it is an order.
    package init(_ record: AuditRecord) {
        let flags = record.flags
        switch record.outcome {
        case .refused, .rejected, .failed, .incomplete:
            self = .refused
        case .done, .cards, .noCards:
            if flags.contains(Self.refusedFlag) {
                self = .refused
            } else if flags.contains(Self.doneFlag)
                || flags == ["set"] || flags == ["follow"] || flags == ["dropped"]
            {
                self = .done
            } else {
                self = .ordered
            }
        }
    }
}
