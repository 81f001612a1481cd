package import Basics

import FHIRPath
import JSON

/// Why cards could not be made from a document that was found sound when it was loaded.
package struct CardError: Error, Equatable, Sendable {
    /// The name of the card.
    package let card: String
    /// The code of the fault.
    package let code: String
    /// The byte offset in the expression or template.
    package let offset: Int
}

extension HookService {
    /// The cards for an environment, the most urgent first.
    ///
    /// The first card whose condition holds wins; one marked `all` lets the search go on. A
    /// condition that gives an empty result does not hold.
    ///
    /// - Parameters:
    ///   - environment: what the expressions see.
    ///   - values: what the tokens of links and suggestions stand for; samples without a call.
    ///   - identifier: the uuid for a name; the same name must always give the same uuid.
    /// - Returns: the cards; none when no condition holds.
    /// - Throws: `CardError`.
    package func render(
        in environment: CardEnvironment,
        values: ContextValues? = nil,
        identifier: (String) -> UUIDBytes
    ) throws(CardError) -> [Card] {
        var rendered: [Card] = []
        for definition in cards {
            guard try holds(definition.when, of: definition.name, in: environment) else {
                continue
            }
            rendered.append(
                try card(definition, in: environment, values: values, identifier: identifier)
            )
            if !definition.continues { break }
        }
        guard rendered.count > 1 else { return rendered }
        // A stable order: by urgency, then as the document has them.
        return Card.Indicator.allCases.reversed().flatMap { indicator in
            rendered.filter { $0.indicator == indicator }
        }
    }

    func holds(
        _ when: FHIRPathExpression?,
        of name: String,
        in environment: CardEnvironment
    ) throws(CardError) -> Bool {
        guard let when else { return true }
        do {
            return try when.evaluateBoolean(in: environment.fhirPath) ?? false
        } catch {
            throw CardError(
                card: name,
                code: error.code.rawValue,
                offset: error.offset
            )
        }
    }

    /// A card of the document in a sample, whatever its condition.
    func sampleCard(
        _ definition: CardDefinition,
        in sample: CardEnvironment
    ) throws(CardError) -> Card {
        try card(definition, in: sample) { _ in UUIDBytes(high: 0x4000, low: 1 << 63) }
    }

    private func card(
        _ definition: CardDefinition,
        in environment: CardEnvironment,
        values: ContextValues? = nil,
        identifier: (String) -> UUIDBytes
    ) throws(CardError) -> Card {
        let frame = values.flatMap { definition.parts?.frame(for: $0) } ?? definition.frame
        do {
            return Card(
                name: definition.name,
                uuid: identifier(definition.name),
                summary: try definition.summary.render(in: environment),
                indicator: definition.indicator,
                detail: try definition.detail?.render(in: environment),
                suggestionIDs: frame.positions.map { identifier("\(definition.name)#\($0)") },
                frame: frame
            )
        } catch {
            throw CardError(
                card: definition.name,
                code: error.code.rawValue,
                offset: error.offset
            )
        }
    }

    /// Renders every card in every sample, whatever its condition, and checks what would be sent.
    ///
    /// The samples hold the worst the model can give: every input missing, the widest numbers.
    /// So a summary that could reach 140 characters is found here and not at the bedside.
    ///
    /// - Throws: `HookServiceError` with the path of the card.
    package func check(against samples: [CardEnvironment]) throws(HookServiceError) {
        for (position, definition) in cards.enumerated() {
            for sample in samples {
                let path = "limen.cards[\(position)]"
                let cards: [Card]
                // A number of its own for each card and suggestion; one may not name two.
                var number: UInt64 = 0x8000
                do {
                    _ = try holds(definition.when, of: definition.name, in: sample)
                    cards = [
                        try card(definition, in: sample) { _ in
                            number += 1
                            return UUIDBytes(high: number, low: 1 << 63)
                        }
                    ]
                } catch {
                    throw HookServiceError(
                        code: .template,
                        path: path,
                        sentence: "the card cannot be made in the worst case (\(error.code))",
                        offset: error.offset
                    )
                }
                let response = CDSResponse(cards: cards)
                guard
                    let text = try? JSONDocument(parsing: response.json(cards: response.cardsJSON))
                else {
                    throw HookServiceError(
                        code: .invalidCard,
                        path: path,
                        sentence: "the card is no JSON"
                    )
                }
                if let fault = CDSResponseChecker.violations(in: text).first {
                    throw HookServiceError(
                        code: .invalidCard,
                        path: path,
                        sentence: "the card breaks the rule \(fault.rule.rawValue)"
                            + " at \(fault.pointer)"
                    )
                }
            }
        }
    }
}
