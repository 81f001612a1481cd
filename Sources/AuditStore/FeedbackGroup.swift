/// How often cards of a group were shown, and what became of them.
package struct FeedbackGroup: Sendable, Equatable {
    /// What cards are grouped by.
    package enum Grouping: String, Sendable, CaseIterable {
        case service
        case card
        case client
        case hour
    }

    /// The group, such as the id of a service; empty when it was not recorded.
    package let name: String
    /// How many cards were shown.
    package let shown: Int
    /// How many were told in short, because they were shown before; they are none of the shown.
    package let suppressed: Int
    /// How many were last said to be accepted.
    package let accepted: Int
    /// How many were last said to be overridden, by reason; a reason left open has an empty name.
    package let overridden: [(reason: String, count: Int)]

    /// How many were overridden in all.
    package var overriddenCount: Int { overridden.reduce(0) { $0 + $1.count } }

    /// How many nobody said anything about.
    package var withoutResponse: Int { shown - accepted - overriddenCount }

    /// Whether two groups say the same.
    package static func == (one: FeedbackGroup, other: FeedbackGroup) -> Bool {
        one.name == other.name && one.shown == other.shown
            && one.suppressed == other.suppressed && one.accepted == other.accepted
            && one.overridden.map(\.reason) == other.overridden.map(\.reason)
            && one.overridden.map(\.count) == other.overridden.map(\.count)
    }
}
