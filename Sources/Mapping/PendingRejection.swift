import Basics

/// A rejection before it is turned into text.
///
/// A class, because a record may be rejected for several inputs and moments, and most rejections
/// are only counted.
final class PendingRejection: Sendable {
    let finding: Finding
    /// The rule it failed; `nil` when no rule asks for the resource.
    let rule: Int?
    /// How old it might have been and still be taken.
    let windowSeconds: Int
    let resourceIndex: Int
    let resource: ResourceFields
    let path: String
    /// What was read all the same, where only its time bars it.
    let reading: MappingReport.Value?

    init(
        _ finding: Finding,
        rule: Int?,
        windowSeconds: Int,
        at resourceIndex: Int,
        _ resource: ResourceFields,
        _ path: String,
        reading: MappingReport.Value? = nil
    ) {
        self.finding = finding
        self.rule = rule
        self.windowSeconds = windowSeconds
        self.resourceIndex = resourceIndex
        self.resource = resource
        self.path = path
        self.reading = reading
    }
}

extension MappingReport {
    /// The rejections of a report; the text of one is made when it is read.
    ///
    /// A request may hold hundreds of old records. All of them are counted and few are listed.
    package struct Rejections: RandomAccessCollection, Sendable, ExpressibleByArrayLiteral {
        private let content: Content

        private enum Content: Sendable {
            case told([Rejection])
            case pending([PendingRejection], ProfilePlan, now: Instant)
        }

        /// Holds rejections whose text is known.
        package init(arrayLiteral elements: Rejection...) {
            content = .told(elements)
        }

        init(_ items: [PendingRejection], plan: ProfilePlan, now: Instant) {
            content = .pending(items, plan, now: now)
        }

        /// The first position.
        package var startIndex: Int { 0 }

        /// The position behind the last one.
        package var endIndex: Int {
            switch content {
            case .told(let items): items.count
            case .pending(let items, _, _): items.count
            }
        }

        /// The rejection at a position, with its texts.
        package subscript(position: Int) -> Rejection {
            switch content {
            case .told(let items): items[position]
            case .pending(let items, let plan, let now):
                Rejection(pending: items[position], plan: plan, now: now)
            }
        }

        /// How many there are for each reason, by the place of the reason in the order of testing.
        var counts: [Int] {
            var counts = Array(repeating: 0, count: RejectionReason.allCases.count)
            switch content {
            case .told(let items):
                for item in items { counts[item.reason.rank] += 1 }
            case .pending(let items, _, _):
                for item in items { counts[item.finding.rank] += 1 }
            }
            return counts
        }
    }
}
