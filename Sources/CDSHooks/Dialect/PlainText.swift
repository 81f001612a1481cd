/// Writes the Markdown of a card as text that is shown as it stands.
///
///     "**NEWS2 7**\n\n| Input | Value |\n|---|---|\n| pulse | 130 &#47; min |"
///     becomes "NEWS2 7\n\nInput: Value\npulse: 130 / min"
///
/// It knows the Markdown that cards of the gateway are made of; other marks stay as they are, so
/// that no word is lost.
enum PlainText {
    /// The text of Markdown.
    static func text(ofMarkdown markdown: String) -> String {
        var lines: [String] = []
        for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("|") {
                if let row = row(line) { lines.append(row) }
                continue
            }
            var text = line[...]
            while text.first == "#" { text = text.dropFirst() }
            if text.count < line.count, text.first == " " { text = text.dropFirst() }
            lines.append(plain(text))
        }
        return lines.joined(separator: "\n")
    }

    /// A row of a table; none for the line between its head and its body.
    private static func row(_ line: Substring) -> String? {
        var cells = line.split(separator: "|", omittingEmptySubsequences: false).map(trimmed)
        if cells.first?.isEmpty ?? false { cells.removeFirst() }
        if cells.last?.isEmpty ?? false { cells.removeLast() }
        let isRule = cells.allSatisfy { cell in
            !cell.isEmpty && cell.allSatisfy { $0 == "-" || $0 == ":" }
        }
        guard !isRule, !cells.isEmpty else { return nil }
        let texts = cells.map { plain($0[...]) }
        guard texts.count > 1 else { return texts[0] }
        return texts[0] + ": " + texts[1...].filter { !$0.isEmpty }.joined(separator: ", ")
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0 == " " }
        guard let last = start.lastIndex(where: { $0 != " " }) else { return "" }
        return String(start[...last])
    }

    /// The text without emphasis, and with the characters that references stand for.
    private static func plain(_ text: Substring) -> String {
        var result = ""
        var rest = text
        while let character = rest.first {
            if rest.hasPrefix("**") {
                rest = rest.dropFirst(2)
                continue
            }
            if character == "&", let (decoded, length) = reference(rest) {
                result.append(decoded)
                rest = rest.dropFirst(length)
                continue
            }
            result.append(character)
            rest = rest.dropFirst()
        }
        return result
    }

    /// The character of a reference (CommonMark 0.31, section 2.5), and its length.
    private static func reference(_ text: Substring) -> (Character, Int)? {
        let named: [(String, Character)] = [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")]
        for (name, character) in named where text.hasPrefix(name) {
            return (character, name.count)
        }
        guard text.hasPrefix("&#") else { return nil }
        let digits = text.dropFirst(2).prefix { $0.isASCII && $0.isNumber }
        guard digits.count <= 3, let number = UInt8(digits), number >= 0x20, number < 0x7F,
            text.dropFirst(2 + digits.count).first == ";"
        else { return nil }
        return (Character(Unicode.Scalar(number)), 3 + digits.count)
    }
}
