import JSON

/// The parts of a frame that name something of the call: links and suggestions.
///
/// A part whose token has no value in a call is left out of that answer, and the audit row says
/// so: a link or an order for nobody is worse than none.
package struct CardFrameParts: Sendable {
    /// The members that are the same in every answer.
    let members: [RawMember]
    /// The links, each an object.
    let links: [ContextText]
    /// The suggestions, each an object without its uuid.
    let suggestions: [ContextText]

    /// Whether every answer has the same parts.
    var isFixed: Bool {
        !links.contains(where: \.hasTokens) && !suggestions.contains(where: \.hasTokens)
    }

    /// The frame of a call.
    package func frame(for values: ContextValues) -> CardFrame {
        let links = self.links.compactMap { $0.filled(with: values) }
        let kept = suggestions.enumerated().compactMap { position, text in
            text.filled(with: values).map { (position, $0) }
        }
        var members = self.members
        if kept.isEmpty, !suggestions.isEmpty {
            members.removeAll { $0.name == "selectionBehavior" }
        }
        if !links.isEmpty {
            let list = links.joined(separator: [UInt8(ascii: ",")])
            members.append(
                RawMember(
                    name: "links",
                    value: [UInt8(ascii: "[")] + list + [UInt8(ascii: "]")]
                )
            )
        }
        return CardFrame(
            members: members,
            suggestionTexts: kept.map { Array($0.1.dropFirst().dropLast()) },
            positions: kept.map(\.0),
            leftOutCount: self.links.count - links.count + suggestions.count - kept.count
        )
    }
}
