package import Basics
package import JSON

/// One card, ready to be written.
package struct Card: Sendable {
    /// The three indicators (CDS Hooks 2.0, card attributes), in ascending urgency.
    package enum Indicator: String, Sendable, CaseIterable {
        case info
        case warning
        case critical

        /// How urgent it is, for ordering.
        package var rank: Int {
            switch self {
            case .info: 0
            case .warning: 1
            case .critical: 2
            }
        }
    }

    /// The name of the card in the hook document; it is not sent.
    package let name: String
    /// The identifier that feedback refers to.
    package let uuid: UUIDBytes
    /// The one sentence.
    package let summary: String
    /// How urgent it is.
    package let indicator: Indicator
    /// The Markdown below the sentence.
    package let detail: String?
    /// The identifiers of its suggestions, in the order of the frame.
    package let suggestionIDs: [UUIDBytes]
    /// What it says alike in every answer.
    package let frame: CardFrame
    /// What makes it the same card in another answer: its name, or more than that; `nil` for a card
    /// that is shown each time.
    package var repeatKey: String?

    /// Makes a card.
    package init(
        name: String,
        uuid: UUIDBytes,
        summary: String,
        indicator: Indicator,
        detail: String?,
        suggestionIDs: [UUIDBytes] = [],
        frame: CardFrame
    ) {
        precondition(
            suggestionIDs.count == frame.suggestions.count,
            "one identifier for each suggestion"
        )
        self.name = name
        self.uuid = uuid
        self.summary = summary
        self.indicator = indicator
        self.detail = detail
        self.suggestionIDs = suggestionIDs
        self.frame = frame
        repeatKey = name
    }

    /// Writes the card.
    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("uuid", uuid.text)
        writer.member("summary", summary)
        writer.member("indicator", indicator.rawValue)
        writer.member("detail", ifPresent: detail)
        if !suggestionIDs.isEmpty {
            writer.name("suggestions")
            writer.beginArray()
            for (uuid, members) in zip(suggestionIDs, frame.suggestions) {
                writer.beginObject()
                writer.member("uuid", uuid.text)
                writer.rawMembers(members)
                writer.endObject()
            }
            writer.endArray()
        }
        writer.rawMembers(frame.members)
        writer.endObject()
    }
}
