package import Basics

/// Everything that the trail holds of one call: the decision, what was fetched for it, what ran
/// beside it, what clinicians said of its cards, and who read of it since.
///
/// It is told from events alone, so whoever has the events can check it.
package struct Story: Sendable {
    /// The `hookInstance` of the call; `nil` when the story is of one event without any.
    package let hookInstance: UUIDBytes?
    /// The events, the oldest first.
    package let events: [StoredEvent]
    /// Whether there are more events than were read.
    package let isCut: Bool

    /// Makes a story of events in any order.
    package init(hookInstance: UUIDBytes?, events: [StoredEvent], isCut: Bool = false) {
        self.hookInstance = hookInstance
        self.isCut = isCut
        self.events = events.sorted { left, right in
            let ranks = (Self.rank(left.record), Self.rank(right.record))
            guard left.record.startedAt == right.record.startedAt else {
                return left.record.startedAt < right.record.startedAt
            }
            guard ranks.0 == ranks.1 else { return ranks.0 < ranks.1 }
            return (left.record.eventID.high, left.record.eventID.low)
                < (right.record.eventID.high, right.record.eventID.low)
        }
    }

    /// The story line by line, the oldest first; feedback stands where it came.
    package var lines: [StoryLine] {
        var lines: [StoryLine] = []
        var told: Set<UUIDBytes> = []
        for event in events {
            told.insert(event.record.eventID)
            lines.append(
                StoryLine(
                    moment: event.record.startedAt,
                    eventID: event.record.eventID,
                    sentences: StoryTeller.sentences(of: event)
                )
            )
        }
        var titles: [UUIDBytes: String] = [:]
        for event in events {
            for card in StoryTeller.cards(of: event.record) {
                if let id = card.id { titles[id] = card.summary }
            }
        }
        for answer in events.flatMap(\.answers) where told.insert(answer.eventID).inserted {
            let same = events.flatMap(\.answers).filter { $0.eventID == answer.eventID }
            lines.append(
                StoryLine(
                    moment: answer.receivedAt,
                    eventID: answer.eventID,
                    sentences: same.map { StoryTeller.sentence(of: $0, titles: titles) }
                )
            )
        }
        return lines.enumerated().sorted {
            ($0.element.moment, $0.offset) < ($1.element.moment, $1.offset)
        }.map(\.element)
    }

    /// Events of one moment in the order in which they came about.
    private static func rank(_ record: AuditRecord) -> Int {
        switch record.kind {
        case .fetch: 0
        case .decision: record.arm == .shadow ? 2 : 1
        case .feedback, .rejectedRequest, .authenticationFailure, .configurationChange, .start,
            .stop, .auditRead, .evaluation, .modelChange, .auditExport, .auditReview, .erasure,
            .legalHold, .keyChange, .retention:
            3
        }
    }
}
