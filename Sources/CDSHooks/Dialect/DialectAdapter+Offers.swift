import JSON

/// What a card offers to do: suggestions and links.
extension DialectAdapter {
    // MARK: Suggestions

    mutating func adaptSuggestions(of value: JSONValue, _ card: inout AdaptedCard) {
        let suggestions = value["suggestions"].map { Array($0.elements) } ?? []
        let behavior = value["selectionBehavior"]?.stringValue
        guard !suggestions.isEmpty else {
            card.selectionBehavior = behavior
            return
        }
        var shown: [JSONValue] = []
        var told: [JSONValue] = []
        for suggestion in suggestions {
            if canShow(suggestion) { shown.append(suggestion) } else { told.append(suggestion) }
        }
        let selection = selection(behavior, count: suggestions.count)
        if selection == nil {
            told = suggestions
            shown = []
        } else if behavior == "at-most-one", !told.isEmpty, !shown.isEmpty {
            // One of several ways: with a part of them on buttons the others would be overlooked.
            told = suggestions
            shown = []
        }
        if !told.isEmpty {
            note(.suggestion)
            if told.count > 1, behavior == "at-most-one" {
                card.trailing.append("At most one of these suggestions is to be taken:")
            }
            card.trailing += told.map(Self.words)
        }
        guard !shown.isEmpty, let selection else { return }
        card.selectionBehavior = selection
        if selection != behavior { note(.selection) }
        if behavior == "any", selection == "at-most-one", shown.count > 1 {
            card.trailing.append("More than one of the suggestions may be taken.")
        }
        card.offers += shown.map(Self.words)
        card.suggestions = shown.map { text(of: $0, &card) }
    }

    /// The behaviour under which the suggestions mean the same; `nil` when there is none.
    ///
    /// Alternatives of which one is to be taken are never offered for free choice: two doses of
    /// the same drug would be two orders.
    private func selection(_ behavior: String?, count: Int) -> String? {
        guard let behavior = behavior.flatMap(ResponseDialect.SelectionBehavior.init) else {
            return nil
        }
        if dialect.selectionBehaviors.contains(behavior) { return behavior.rawValue }
        switch behavior {
        case .any: return ResponseDialect.SelectionBehavior.atMostOne.rawValue
        case .atMostOne:
            return count == 1 ? ResponseDialect.SelectionBehavior.any.rawValue : nil
        }
    }

    private func canShow(_ suggestion: JSONValue) -> Bool {
        guard dialect.showsSuggestions else { return false }
        let actions = suggestion["actions"].map { Array($0.elements) } ?? []
        // The actions of a suggestion belong together (2.0: all of them are taken).
        if let most = dialect.actionsMax, actions.count > most { return false }
        let isKnown = actions.allSatisfy { action in
            dialect.actions.contains { action["type"]?.isString($0.rawValue) ?? false }
        }
        guard isKnown else { return false }
        guard let behavior = suggestion["actionSelectionBehavior"] else { return true }
        return dialect.hasActionSelection || behavior.isString("all")
    }

    /// A suggestion in words.
    private static func words(_ suggestion: JSONValue) -> String {
        let isRecommended = suggestion["isRecommended"]?.boolValue ?? false
        var text = isRecommended ? "**Suggestion (recommended):** " : "**Suggestion:** "
        text += CardMarkup.escaped(suggestion["label"]?.stringValue ?? "")
        let actions = suggestion["actions"].map { Array($0.elements) } ?? []
        let steps = actions.compactMap { $0["description"]?.stringValue }
        guard !steps.isEmpty else { return text }
        return text + " (" + steps.map(CardMarkup.escaped).joined(separator: "; ") + ")"
    }

    /// A suggestion that is shown, as JSON text.
    private mutating func text(of suggestion: JSONValue, _ card: inout AdaptedCard) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, member) in suggestion.members {
            guard let name = name.stringValue else { continue }
            switch name {
            case "isRecommended" where !dialect.showsRecommendations:
                note(.recommended)
                guard member.boolValue == true else { continue }
                let label = suggestion["label"]?.stringValue ?? ""
                card.trailing.append("Recommended: " + CardMarkup.escaped(label))
            case "actionSelectionBehavior" where !dialect.hasActionSelection:
                note(.actionSelection)
            case "actions" where !dialect.hasResourceID:
                writer.name(name)
                writer.beginArray()
                for action in member.elements { write(action, to: &writer) }
                writer.endArray()
            default:
                writer.name(name)
                writer.compactValue(member)
            }
        }
        writer.endObject()
        return writer.bytes
    }

    /// An action as 1.0 has it: the id of a delete stands in `resource`.
    private mutating func write(_ action: JSONValue, to writer: inout JSONWriter) {
        writer.beginObject()
        for (name, member) in action.members {
            guard let name = name.stringValue else { continue }
            if name == "resourceId" {
                guard action["resource"] == nil else { continue }
                note(.resourceID)
                writer.name("resource")
            } else {
                writer.name(name)
            }
            writer.compactValue(member)
        }
        writer.endObject()
    }

    // MARK: Links

    mutating func adaptLinks(of value: JSONValue, _ card: inout AdaptedCard) {
        for link in value["links"].map({ Array($0.elements) }) ?? [] {
            guard canShow(link: link) else {
                note(.link)
                card.trailing.append(Self.linkText(link))
                continue
            }
            card.offers.append(Self.linkText(link))
            guard link["autolaunchable"] != nil, !dialect.hasAutolaunch else {
                card.links.append(RawMember(name: "links", link).value)
                continue
            }
            note(.autolaunch)
            var writer = JSONWriter()
            writer.beginObject()
            for (name, member) in link.members where !name.isString("autolaunchable") {
                writer.name(name.stringValue ?? "")
                writer.compactValue(member)
            }
            writer.endObject()
            card.links.append(writer.bytes)
        }
    }

    /// A link in words.
    private static func linkText(_ link: JSONValue) -> String {
        let label = CardMarkup.escaped(link["label"]?.stringValue ?? "")
        let url = CardMarkup.escaped(link["url"]?.stringValue ?? "")
        let kind = link["type"]?.isString("smart") ?? false ? "App" : "Link"
        return "\(kind): \(label) (\(url))"
    }

    private func canShow(link: JSONValue) -> Bool {
        let isKnown = dialect.links.contains { link["type"]?.isString($0.rawValue) ?? false }
        guard isKnown else { return false }
        guard let prefixes = dialect.linkPrefixes else { return true }
        let url = link["url"]?.stringValue ?? ""
        return prefixes.contains { url.hasPrefix($0) }
    }
}
