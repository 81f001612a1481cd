import JSON

/// What a card says alike in every answer: its source, links, override reasons and suggestions.
///
/// The text is written once, when the document is loaded, and held against the rules then; an
/// answer copies it and repeats the verdict.
package struct CardFrame: Sendable {
    /// The members of the card as JSON text without the braces, such as `"source":{"label":"L"}`.
    let members: [UInt8]
    /// The members of each suggestion but its uuid, as JSON text without the braces.
    let suggestions: [[UInt8]]
    /// Where each suggestion stands among those of the document; its uuid is derived from it.
    let positions: [Int]
    /// How many links and suggestions were left out, because the call does not say whom they are
    /// about.
    package let leftOutCount: Int
    /// What the checker finds in it, with pointers from the card on.
    let violations: [CDSResponseChecker.Violation]

    /// Writes the text and checks it on a card that has nothing else to object to.
    package init(members: [RawMember], suggestions: [[RawMember]] = []) {
        self.init(
            members: members,
            suggestionTexts: suggestions.map(Self.text),
            positions: Array(suggestions.indices),
            leftOutCount: 0
        )
    }

    /// Checks texts that are written already.
    init(
        members: [RawMember],
        suggestionTexts: [[UInt8]],
        positions: [Int],
        leftOutCount: Int
    ) {
        self.members = Self.text(of: members)
        suggestions = suggestionTexts
        self.positions = positions
        self.leftOutCount = leftOutCount
        violations = Self.violations(self.members, suggestions)
    }

    private static func text(of members: [RawMember]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.members(members)
        writer.endObject()
        return Array(writer.bytes.dropFirst().dropLast())
    }

    private static func violations(
        _ members: [UInt8],
        _ suggestions: [[UInt8]]
    ) -> [CDSResponseChecker.Violation] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("cards")
        writer.beginArray()
        writer.beginObject()
        writer.member("summary", "S")
        writer.member("indicator", "info")
        if !suggestions.isEmpty {
            writer.name("suggestions")
            writer.beginArray()
            for suggestion in suggestions {
                writer.beginObject()
                writer.rawMembers(suggestion)
                writer.endObject()
            }
            writer.endArray()
        }
        writer.rawMembers(members)
        writer.endObject()
        writer.endArray()
        writer.endObject()
        guard let document = try? JSONDocument(parsing: writer.bytes) else {
            return [.init(rule: .wrongType, pointer: "")]
        }
        return CDSResponseChecker.violations(in: document).map {
            .init(rule: $0.rule, pointer: String($0.pointer.dropFirst("/cards/0".count)))
        }
    }
}
