import JSON

/// The answer to a hook call.
package struct CDSResponse: Sendable {
    /// The cards, the most urgent first.
    package var cards: [Card]
    /// What the client is asked to do at once, each an action as JSON text.
    package var systemActions: [[UInt8]]
    /// The grounds of the cards as JSON text, when the client asked for them.
    package var explanation: [UInt8]?

    /// Makes an answer.
    package init(
        cards: [Card],
        systemActions: [[UInt8]] = [],
        explanation: [UInt8]? = nil
    ) {
        self.cards = cards
        self.systemActions = systemActions
        self.explanation = explanation
    }

    /// The text of the `cards` array.
    package var cardsJSON: [UInt8] {
        var writer = JSONWriter(reservingBytes: 6_144 * cards.count + 16)
        writer.beginArray()
        for card in cards { card.write(to: &writer) }
        writer.endArray()
        return writer.bytes
    }

    /// The text of the `systemActions` array.
    package var systemActionsJSON: [UInt8] {
        [UInt8(ascii: "[")] + systemActions.joined(separator: [UInt8(ascii: ",")])
            + [UInt8(ascii: "]")]
    }

    /// The text of the answer around the text of its cards.
    package func json(cards: [UInt8]) -> [UInt8] {
        var writer = JSONWriter(reservingBytes: cards.count + (explanation?.count ?? 0) + 64)
        writer.beginObject()
        writer.name("cards")
        writer.rawValue(cards)
        if !systemActions.isEmpty {
            // CDS Hooks 2.0: absent, and not empty, when there are none.
            writer.name("systemActions")
            writer.rawValue(systemActionsJSON)
        }
        if let explanation {
            writer.name("extension")
            writer.beginObject()
            writer.name(HookRequest.explainExtension)
            writer.rawValue(explanation)
            writer.endObject()
        }
        writer.endObject()
        return writer.bytes
    }
}
