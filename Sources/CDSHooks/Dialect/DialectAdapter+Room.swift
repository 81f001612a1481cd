import Basics

/// Cards and texts that do not fit into the room a client has.
extension DialectAdapter {
    // MARK: Too many cards

    /// Puts the least urgent cards together on one when there are too many.
    mutating func joined(_ cards: [AdaptedCard]) -> [AdaptedCard] {
        guard let most = dialect.cardsMax, cards.count > most else { return cards }
        note(.joined)
        let rest = cards.suffix(cards.count - most + 1)
        var joined = AdaptedCard(
            uuid: rest.first?.uuid,
            summary: "\(rest.count) further results; see the text below",
            indicator: rest.map(\.indicator).max { $0.rank < $1.rank } ?? .info,
            source: rest.first?.source ?? Array("{}".utf8)
        )
        for card in rest {
            joined.trailing.append("**" + CardMarkup.escaped(card.summary) + "**")
            if let detail = card.detail { joined.trailing.append(detail) }
            if !card.suggestions.isEmpty { note(.suggestion) }
            if !card.links.isEmpty { note(.link) }
            joined.trailing += card.offers
        }
        joined.gatherText()
        return cards.prefix(most - 1) + [joined]
    }

    // MARK: Long texts

    /// Lets a detail that is too long go on on further cards.
    mutating func continued(_ cards: [AdaptedCard]) -> [AdaptedCard] {
        guard let unitsMax = dialect.detailUnitsMax else { return cards }
        var result: [AdaptedCard] = []
        // How many more cards there may be than there are.
        var room = dialect.cardsMax.map { max(0, $0 - cards.count) } ?? Limits.continuedCardsMax
        room = min(room, Limits.continuedCardsMax)
        for card in cards {
            guard let detail = card.detail, detail.utf16.count > unitsMax else {
                result.append(card)
                continue
            }
            var parts = Self.parts(of: detail, unitsMax: unitsMax)
            if parts.count - 1 > room {
                note(.cut)
                parts = Array(parts.prefix(room + 1))
                parts[parts.count - 1] = Self.cut(parts[parts.count - 1], unitsMax)
            }
            room -= parts.count - 1
            if parts.count > 1 { note(.continued) }
            for (position, part) in parts.enumerated() {
                guard position > 0 else {
                    var first = card
                    first.detail = part
                    result.append(first)
                    continue
                }
                let name = (card.uuid ?? "") + "#continued-\(position)"
                let number = "(\(position + 1)/\(parts.count)) "
                result.append(
                    AdaptedCard(
                        uuid: identifier(name).text,
                        summary: Self.shortened(number + card.summary, dialect.summaryUnitsMax),
                        indicator: card.indicator,
                        detail: part,
                        source: card.source
                    )
                )
            }
        }
        return result
    }

    private static let cutNote = "\n\n**The text is longer than can be shown here.**"

    private static func cut(_ part: String, _ unitsMax: Int) -> String {
        shortened(part, unitsMax - cutNote.utf16.count) + cutNote
    }

    /// Cuts a text into parts between its lines; a table goes on under its head.
    static func parts(of text: String, unitsMax: Int) -> [String] {
        var parts: [String] = []
        var part = ""
        var head: [Substring] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let isRow = line.hasPrefix("|")
            if !isRow { head = [] }
            if isRow, head.count < 2 { head.append(line) }
            for piece in pieces(of: line, unitsMax: unitsMax) {
                let separator = part.isEmpty ? "" : "\n"
                if part.utf16.count + separator.utf16.count + piece.utf16.count <= unitsMax {
                    part += separator + piece
                    continue
                }
                parts.append(part)
                let start = isRow && head.count == 2 ? head.joined(separator: "\n") + "\n" : ""
                let isHead = head.contains { $0 == line }
                let fits = start.utf16.count + piece.utf16.count <= unitsMax
                part = (isHead || !fits ? "" : start) + piece
            }
        }
        if !part.isEmpty { parts.append(part) }
        return parts.filter { $0.contains { !$0.isWhitespace } }
    }

    /// A line that is longer than a whole part is cut where it must be.
    private static func pieces(of line: Substring, unitsMax: Int) -> [Substring] {
        guard line.utf16.count > unitsMax else { return [line] }
        var pieces: [Substring] = []
        var start = line.startIndex
        var units = 0
        for index in line.indices {
            let length = line[index].utf16.count
            if units + length > unitsMax {
                pieces.append(line[start..<index])
                start = index
                units = 0
            }
            units += length
        }
        pieces.append(line[start...])
        return pieces
    }
}
