/// Makes text safe to stand inside a card, whose reader may render Markdown and raw HTML.
///
/// CDS Hooks 3.0 warns of raw HTML in GitHub-flavoured Markdown; clients in the field render it.
package enum CardMarkup {
    /// The members of `%explain`: Markdown that is written and escaped by the gateway itself.
    package enum Name: String, Sendable, CaseIterable {
        /// The inputs as a table.
        case table
        /// The missing inputs with their reasons.
        case missingList
        /// How many resources were not used, by reason.
        case rejected
        /// What else a reader must know.
        case notes
        /// The earlier result beside the present one, when the profile asks for it.
        case earlier
    }

    /// Text for `detail`, which is GitHub-flavoured Markdown.
    ///
    /// What would begin markup where it stands becomes a character reference, which Markdown and
    /// HTML both show as the character and never take for markup (CommonMark 0.31, section 2.5);
    /// what is inert there, such as a parenthesis or a lone bracket, stays readable. Line ends
    /// become spaces, so that a value can break neither a table nor a paragraph.
    package static func escaped(_ text: String) -> String {
        isPlain(text) ? text : MarkupEscaper.detail(text)
    }

    /// Text for `summary`, which is one line of plain text that some clients put into HTML.
    package static func plain(_ text: String) -> String {
        isPlain(text) ? text : MarkupEscaper.summary(text)
    }

    /// Whether no byte can begin markup or be part of a character that hides.
    private static func isPlain(_ text: String) -> Bool {
        let bytes = text.utf8.span
        guard !bytes.isEmpty else { return true }
        // At the start of a line a hyphen would begin a list.
        guard bytes[0] != UInt8(ascii: "-") else { return false }
        for index in bytes.indices where !isPlain(bytes[index]) { return false }
        return true
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: " "), UInt8(ascii: ","), UInt8(ascii: "-"), UInt8(ascii: "%"),
            UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
