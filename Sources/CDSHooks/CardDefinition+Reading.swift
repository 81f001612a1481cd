import Basics
import FHIRPath
import JSON

extension CardDefinition {
    /// Reads `limen.cards`.
    ///
    /// The standard cards follow those of the document.
    static func readAll(
        _ limen: HookDocumentReader,
        _ defaults: CardDefaults
    ) throws(HookServiceError) -> [CardDefinition] {
        guard let elements = try limen.array("cards"), !elements.isEmpty else {
            throw limen.error(.missing, "cards", "at least one card is expected")
        }
        guard elements.count <= Limits.hookCardsMax else {
            throw limen.error(.tooMany, "cards", "at most \(Limits.hookCardsMax) are allowed")
        }
        var cards: [CardDefinition] = []
        for (position, element) in elements.enumerated() {
            let path = limen.place("cards[\(position)]")
            let reader = HookDocumentReader(element, path: path)
            let card = try read(reader, defaults)
            guard !cards.contains(where: { $0.name == card.name }) else {
                throw reader.error(.duplicate, "name", "the name occurs twice")
            }
            cards.append(card)
        }
        for element in try standardCards() {
            let reader = HookDocumentReader(element, path: limen.place("standard cards"))
            let card = try read(reader, defaults)
            guard !cards.contains(where: { $0.name == card.name }) else {
                throw limen.error(.duplicate, "cards", "the name \(card.name) is taken")
            }
            cards.append(card)
        }
        return cards
    }

    private static func standardCards() throws(HookServiceError) -> [JSONValue] {
        do {
            return Array(try JSONDocument(parsing: StandardCards.cards).root.elements)
        } catch {
            throw HookServiceError(
                code: .malformed,
                path: "standard cards",
                sentence: "the standard cards are no JSON"
            )
        }
    }

    private static func read(
        _ reader: HookDocumentReader,
        _ defaults: CardDefaults
    ) throws(HookServiceError) -> CardDefinition {
        try reader.allow(["name", "when", "all", "card"])
        let name = try reader.text("name")
        guard FHIRIdentifier.isID(name) else {
            throw reader.error(.identifier, "name", "letters, digits, hyphens and dots are allowed")
        }
        let card = try reader.object("card")
        try card.allow([
            "summary", "indicator", "detail", "source", "links", "suggestions",
            "selectionBehavior", "overrideReasons", "extension",
        ])
        guard let indicator = Card.Indicator(rawValue: try card.text("indicator")) else {
            throw card.error(.valueSet, "indicator", "info, warning or critical is expected")
        }
        return CardDefinition(
            name: name,
            when: try condition(reader),
            continues: try reader.optionalFlag("all"),
            indicator: indicator,
            summary: try template(card, "summary", try card.text("summary"), .summary),
            detail: try card.optionalText("detail").map { (text) throws(HookServiceError) in
                try template(card, "detail", text, .detail)
            },
            frame: CardFrame(
                members: try members(card, defaults, indicator),
                suggestions: try suggestions(card)
            )
        )
    }

    private static func condition(
        _ reader: HookDocumentReader
    ) throws(HookServiceError) -> FHIRPathExpression? {
        guard let text = try reader.optionalText("when") else { return nil }
        do {
            let expression = try FHIRPathExpression(parsing: text)
            if let name = ExpressionNames.firstUnknown(in: expression) {
                throw reader.error(.unknownName, "when", "there is no such name: \(name)")
            }
            return expression
        } catch let error as FHIRPathError {
            throw reader.error(
                .expression,
                "when",
                "the expression cannot be read (\(error.code.rawValue))",
                offset: error.offset
            )
        } catch let error as HookServiceError {
            throw error
        } catch {
            throw reader.error(.expression, "when", "the expression cannot be read")
        }
    }

    private static func template(
        _ card: HookDocumentReader,
        _ name: String,
        _ text: String,
        _ place: CardTemplate.Place
    ) throws(HookServiceError) -> CardTemplate {
        let template: CardTemplate
        do {
            template = try CardTemplate(parsing: text, place: place)
        } catch {
            throw card.error(
                .template,
                name,
                "the template cannot be read (\(error.code.rawValue))",
                offset: error.offset
            )
        }
        for expression in template.expressions {
            if let unknown = ExpressionNames.firstUnknown(in: expression) {
                throw card.error(.unknownName, name, "there is no such name: \(unknown)")
            }
        }
        return template
    }

    /// Suggestions without their uuid, which is derived anew for each answer.
    private static func suggestions(
        _ card: HookDocumentReader
    ) throws(HookServiceError) -> [[RawMember]] {
        guard let elements = try card.array("suggestions") else { return [] }
        var suggestions: [[RawMember]] = []
        for (position, element) in elements.enumerated() {
            let reader = HookDocumentReader(element, path: card.place("suggestions[\(position)]"))
            try reader.allow(["label", "isRecommended", "actions", "extension"])
            let members = element.members.map {
                RawMember(name: $0.name.stringValue ?? "", $0.value)
            }
            try refuseTemplates(members, reader)
            suggestions.append(members)
        }
        return suggestions
    }

    private static func members(
        _ card: HookDocumentReader,
        _ defaults: CardDefaults,
        _ indicator: Card.Indicator
    ) throws(HookServiceError) -> [RawMember] {
        var members: [RawMember] = []
        func add(_ name: String, _ fallback: [UInt8]? = nil) {
            if let value = card.json[name] {
                members.append(RawMember(name: name, value))
            } else if let fallback {
                members.append(RawMember(name: name, value: fallback))
            }
        }
        add("source", defaults.source)
        add("links")
        add("selectionBehavior")
        // Information asks for nothing, so there is nothing to override.
        add("overrideReasons", indicator == .info ? nil : defaults.overrideReasons)
        add("extension")
        try refuseTemplates(members, card)
        return members
    }

    /// Only summary and detail are templates; braces elsewhere would be sent as they stand.
    private static func refuseTemplates(
        _ members: [RawMember],
        _ reader: HookDocumentReader
    ) throws(HookServiceError) {
        for member in members
        where String(decoding: member.value, as: UTF8.self).contains("{{") {
            throw reader.error(
                .template,
                member.name,
                "only summary and detail may hold expressions"
            )
        }
    }
}
