package import Basics
package import JSON

/// Rewrites the cards of an answer for a client that cannot show all of them.
///
/// The rules, in one sentence: what a client can show is shown, and what it cannot is said in
/// words on the same card. A suggestion that would mean something else there is never offered, an
/// indicator that becomes milder says so first, a text that is too long goes on elsewhere, and
/// only what carries no clinical content (a `uuid`, reasons for overriding, a topic) is left out.
/// Every change leaves its flag.
///
///     1.0:  { "suggestions": [ {...} ], "selectionBehavior": "any" }
///           becomes text: "**Suggestion:** Stop warfarin (Stop the order)"
package struct DialectAdapter {
    let dialect: ResponseDialect
    /// The uuid for a name; the same name always gives the same uuid.
    let identifier: (String) -> UUIDBytes
    private(set) var flags: Set<DialectFlag> = []

    /// The cards as they go out, and what was changed.
    package struct Result: Sendable {
        /// The `cards` array as JSON text.
        package let cards: [UInt8]
        /// The uuids of the cards, those that are not sent included.
        package let cardIDs: [UUIDBytes]
        /// What was changed, in a stable order; none when the text is the one that was given.
        package let flags: [DialectFlag]
    }

    /// Adapts the text of a `cards` array; `nil` when nothing has to be changed.
    ///
    /// - Parameters:
    ///   - cards: the array of an answer that keeps the rules of CDS Hooks.
    ///   - dialect: what the client can show.
    ///   - identifier: the uuid for a name, for cards that a long text goes on on.
    /// - Returns: the cards as they go out, and the flags.
    package static func adapt(
        _ cards: JSONValue,
        to dialect: ResponseDialect,
        identifier: @escaping (String) -> UUIDBytes
    ) -> Result? {
        var adapter = DialectAdapter(dialect: dialect, identifier: identifier)
        var adapted = cards.elements.map { adapter.card($0) }
        adapted = adapter.joined(adapted)
        for position in adapted.indices { adapter.makePlain(&adapted[position]) }
        adapted = adapter.continued(adapted)
        let ids = adapted.compactMap { $0.uuid.flatMap { UUIDBytes(text: $0) } }
        if !dialect.showsIDs {
            for position in adapted.indices where adapted[position].uuid != nil {
                adapted[position].uuid = nil
                adapter.flags.insert(.uuid)
            }
        }
        guard !adapter.flags.isEmpty else { return nil }
        var writer = JSONWriter(reservingBytes: cards.rawBytes.count + 1_024)
        writer.beginArray()
        for card in adapted { card.write(to: &writer) }
        writer.endArray()
        return Result(
            cards: writer.bytes,
            cardIDs: ids,
            flags: DialectFlag.allCases.filter(adapter.flags.contains)
        )
    }

    /// Notes that something was changed.
    mutating func note(_ flag: DialectFlag) { flags.insert(flag) }

    // MARK: One card

    private mutating func card(_ value: JSONValue) -> AdaptedCard {
        var card = AdaptedCard(
            uuid: value["uuid"]?.stringValue,
            summary: value["summary"]?.stringValue ?? "",
            indicator: value["indicator"]?.stringValue.flatMap(Card.Indicator.init) ?? .info,
            detail: value["detail"]?.stringValue,
            source: value["source"].map { RawMember(name: "source", $0).value } ?? Array("{}".utf8)
        )
        let known = [
            "uuid", "summary", "indicator", "detail", "source", "suggestions",
            "selectionBehavior", "overrideReasons", "links",
        ]
        for (name, member) in value.members {
            guard let name = name.stringValue, !known.contains(name) else { continue }
            card.others.append(RawMember(name: name, member))
        }
        adaptIndicator(&card)
        adaptSuggestions(of: value, &card)
        adaptLinks(of: value, &card)
        adaptSource(of: value, &card)
        if let reasons = value["overrideReasons"] {
            if dialect.showsOverrideReasons {
                card.overrideReasons = RawMember(name: "overrideReasons", reasons).value
            } else {
                note(.overrideReasons)
            }
        }
        shorten(&card)
        card.gatherText()
        return card
    }

    private mutating func makePlain(_ card: inout AdaptedCard) {
        guard dialect.detail == .plain, let detail = card.detail else { return }
        let plain = PlainText.text(ofMarkdown: detail)
        if plain != detail { note(.plainDetail) }
        card.detail = plain
    }

    /// The nearest indicator that is shown, rather a more urgent one than a milder one.
    private mutating func adaptIndicator(_ card: inout AdaptedCard) {
        let indicator = card.indicator
        guard !dialect.indicators.contains(indicator) else { return }
        let urgent = dialect.indicators.filter { $0.rank > indicator.rank }
        let milder = dialect.indicators.filter { $0.rank < indicator.rank }
        guard
            let nearest = urgent.min(by: { $0.rank < $1.rank })
                ?? milder.max(by: { $0.rank < $1.rank })
        else { return }
        note(.indicator)
        card.indicator = nearest
        card.leading.append("**Urgency as assessed: \(indicator.rawValue)**")
        if nearest.rank < indicator.rank {
            card.summary = indicator.rawValue.uppercased() + ": " + card.summary
        }
    }

    /// A summary that is too long ends in an ellipsis, and stands as a whole in the detail.
    private mutating func shorten(_ card: inout AdaptedCard) {
        let limit = dialect.summaryUnitsMax
        guard card.summary.utf16.count > limit else { return }
        note(.summary)
        card.leading.append("**" + CardMarkup.escaped(card.summary) + "**")
        card.summary = Self.shortened(card.summary, limit)
    }

    /// A text of at most so many UTF-16 units, cut between words where there is a blank.
    static func shortened(_ text: String, _ unitsMax: Int) -> String {
        guard text.utf16.count > unitsMax else { return text }
        var units = 0
        var end = text.startIndex
        var wordEnd: String.Index?
        for index in text.indices {
            let length = text[index].utf16.count
            guard units + length < unitsMax else { break }
            if text[index] == " " { wordEnd = index }
            units += length
            end = text.index(after: index)
        }
        if text[end] == " " { wordEnd = end }
        // A word longer than half of the room is cut.
        if let wordEnd, text.utf16.distance(from: text.startIndex, to: wordEnd) * 2 > unitsMax {
            end = wordEnd
        }
        return text[..<end] + "…"
    }

    // MARK: What carries no clinical content

    private mutating func adaptSource(of value: JSONValue, _ card: inout AdaptedCard) {
        guard let source = value["source"], let topic = source["topic"] else { return }
        var code: String?
        switch dialect.topic {
        case .coding:
            return
        case .alphanumeric:
            let text = topic["code"]?.stringValue ?? ""
            let plain = String(
                text.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(100)
            )
            if plain == text { return }
            code = plain.isEmpty ? nil : plain
        case .none:
            code = nil
        }
        note(.topic)
        var writer = JSONWriter()
        writer.beginObject()
        for (name, member) in source.members {
            guard let name = name.stringValue else { continue }
            guard name == "topic" else {
                writer.name(name)
                writer.value(member)
                continue
            }
            guard let code else { continue }
            writer.name(name)
            writer.beginObject()
            writer.member("code", code)
            for (inner, part) in topic.members {
                guard let inner = inner.stringValue, inner != "code" else { continue }
                writer.name(inner)
                writer.value(part)
            }
            writer.endObject()
        }
        writer.endObject()
        card.source = writer.bytes
    }
}
