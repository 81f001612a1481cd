package import FHIRPath

/// One card of a hook document: when it is shown, and its text.
///
/// An object, so that looking through the cards copies none of them.
package final class CardDefinition: Sendable {
    /// The name, unique in its document; the card's uuid is derived from it.
    package let name: String
    /// The condition; without one the card always matches.
    package let when: FHIRPathExpression?
    /// Whether cards behind this one are still looked at when it matches.
    package let continues: Bool
    /// How urgent the card is.
    package let indicator: Card.Indicator
    /// The one sentence.
    package let summary: CardTemplate
    /// The Markdown below it.
    package let detail: CardTemplate?
    /// What the card says alike in every answer, tried out with samples of the context.
    package let frame: CardFrame
    /// What it is made of anew when it names something of the call.
    package let parts: CardFrameParts?

    /// Makes a definition.
    init(
        name: String,
        when: FHIRPathExpression?,
        continues: Bool,
        indicator: Card.Indicator,
        summary: CardTemplate,
        detail: CardTemplate?,
        parts: CardFrameParts,
        names: [String]
    ) {
        self.name = name
        self.when = when
        self.continues = continues
        self.indicator = indicator
        self.summary = summary
        self.detail = detail
        frame = parts.frame(for: .sample(names))
        self.parts = parts.isFixed ? nil : parts
    }
}
