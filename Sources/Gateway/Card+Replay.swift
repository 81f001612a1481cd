import Basics
import CDSHooks

extension Card {
    /// The card with the moment it holds for at the top, so that nobody takes it for today's.
    func asOf(_ moment: Instant) -> Card {
        // It is about then, and not a showing of today's result.
        let line = "As of " + moment.text + " (replay)"
        return Card(
            name: name,
            uuid: uuid,
            summary: summary,
            indicator: indicator,
            detail: detail.map { line + "\n\n" + $0 } ?? line,
            suggestionIDs: suggestionIDs,
            frame: frame
        )
    }
}
