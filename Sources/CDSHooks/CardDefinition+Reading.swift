import Basics
import FHIRPath
import JSON

extension CardDefinition {
    /// Reads `limen.cards`.
    ///
    /// The standard cards follow those of the document.
    static func readAll(
        _ limen: HookDocumentReader,
        _ defaults: CardDefaults,
        names: [String]
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
            let card = try read(reader, defaults, names)
            guard !cards.contains(where: { $0.name == card.name }) else {
                throw reader.error(.duplicate, "name", "the name occurs twice")
            }
            cards.append(card)
        }
        for element in try standardCards() {
            let reader = HookDocumentReader(element, path: limen.place("standard cards"))
            let card = try read(reader, defaults, names)
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
        _ defaults: CardDefaults,
        _ names: [String]
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
            parts: CardFrameParts(
                members: try members(card, defaults, indicator),
                links: try texts(
                    card,
                    "links",
                    [
                        "label", "url", "type", "appContext",
                        "autolaunchable", "extension",
                    ],
                    names
                ),
                suggestions: try texts(
                    card,
                    "suggestions",
                    [
                        "label", "isRecommended", "actionSelectionBehavior", "actions",
                        "extension",
                    ],
                    names
                )
            ),
            names: names
        )
    }

    static func condition(
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

    /// Links, and suggestions without their uuid, which is derived anew for each answer.
    private static func texts(
        _ card: HookDocumentReader,
        _ name: String,
        _ allowed: [String],
        _ names: [String]
    ) throws(HookServiceError) -> [ContextText] {
        guard let elements = try card.array(name) else { return [] }
        guard !elements.isEmpty else {
            throw card.error(.missing, name, "an empty array is left out")
        }
        var texts: [ContextText] = []
        for (position, element) in elements.enumerated() {
            let reader = HookDocumentReader(element, path: card.place("\(name)[\(position)]"))
            try reader.allow(allowed)
            texts.append(try contextText(element, reader, names))
        }
        return texts
    }

    /// A value whose strings may hold tokens of the context.
    static func contextText(
        _ value: JSONValue,
        _ reader: HookDocumentReader,
        _ names: [String]
    ) throws(HookServiceError) -> ContextText {
        do {
            return try ContextText(RawMember(name: "", value).value, names: names)
        } catch {
            let known = names.map { "{{context.\($0)}}" }.joined(separator: ", ")
            throw HookServiceError(
                code: .template,
                path: reader.path,
                sentence: "only these tokens may stand here: \(known)"
            )
        }
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
                "only summary and detail may hold expressions, links and suggestions tokens"
            )
        }
    }
}
