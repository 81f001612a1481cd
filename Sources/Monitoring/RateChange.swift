/// How a rate, such as that of missing values, differs from that of the reference.
package struct RateChange: Sendable, Equatable {
    /// The rate of the reference.
    package let reference: Double
    /// The rate now.
    package let current: Double
    /// How often a difference so large, up or down, is seen without a change (Fisher's exact test).
    package let probability: Double

    /// By how much the rate rose; negative when it fell.
    package var difference: Double { current - reference }

    /// Compares `events` of `count` now with those of the reference; `nil` when a side is empty or
    /// counts more events than cases.
    package init?(referenceEvents: Int, referenceCount: Int, events: Int, count: Int) {
        guard referenceCount > 0, count > 0 else { return nil }
        guard (0...referenceCount).contains(referenceEvents), (0...count).contains(events) else {
            return nil
        }
        reference = Double(referenceEvents) / Double(referenceCount)
        current = Double(events) / Double(count)
        probability = ExactTest.probability(
            referenceEvents: referenceEvents,
            referenceCount: referenceCount,
            events: events,
            count: count
        )
    }
}
