import Posix

/// How text is set for its reader: width, colour, and what a data text may not do to a terminal.
struct TextStyle {
    /// The colours that have a meaning here.
    enum Colour: String {
        case strong = "1"
        case faint = "2"
        case alarm = "1;31"
        case fine = "32"
        case notice = "33"
        case information = "34"
    }

    /// How many columns there are; `nil` where lines are not wrapped, as in a pipe.
    let columns: Int?
    /// Whether to use the terminal's colours.
    let usesColour: Bool

    /// The style for standard output: `COLUMNS` wins over the terminal's width, and colours are
    /// for terminals only, without `NO_COLOR` (no-color.org).
    static var output: TextStyle {
        let isTerminal = Terminal.isOutputTerminal
        let asked = Terminal.environment("COLUMNS").flatMap { Int($0) }
        let columns = (asked ?? Terminal.outputColumns).map { max($0, columnsMin) }
        let isPlain =
            Terminal.environment("NO_COLOR") != nil || Terminal.environment("TERM") == "dumb"
        return TextStyle(columns: columns, usesColour: isTerminal && !isPlain)
    }

    /// Narrower than this no table can be read.
    private static let columnsMin = 40

    /// The text in a colour.
    func text(_ text: String, _ colour: Colour) -> String {
        usesColour && !text.isEmpty ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// The text in lines that fit, broken at spaces; every line but the first is set in.
    func lines(_ text: String, indent: Int, hanging: Int? = nil) -> [String] {
        let first = String(repeating: " ", count: indent)
        let rest = String(repeating: " ", count: hanging ?? indent + 2)
        guard let columns else { return [first + text] }
        var lines: [String] = []
        var line = first
        var isEmpty = true
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            let needed = Self.width(line) + (isEmpty ? 0 : 1) + Self.width(word)
            if needed > columns, !isEmpty {
                while line.last == " " { line.removeLast() }
                lines.append(line)
                line = rest
                isEmpty = true
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return lines + [line]
    }

    /// How many columns a text takes on a terminal.
    ///
    /// Marks that combine take none, and the wide characters of East Asian scripts and emoji two
    /// (Unicode Standard Annex 11).
    static func width(_ text: some StringProtocol) -> Int {
        text.reduce(0) { sum, character in
            guard let scalar = character.unicodeScalars.first else { return sum }
            return sum
                + (isWide(scalar)
                    ? 2 : scalar.properties.generalCategory == .nonspacingMark ? 0 : 1)
        }
    }

    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF,
            0x20000...0x3FFFD:
            true
        default: false
        }
    }

    /// A text of the data as it may be printed: no control character reaches the terminal.
    static func safe(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isControl(scalar) {
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A text of several lines, of which each may be printed.
    static func safeLines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { safe(String($0)) }.joined(separator: "\n")
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// The text filled with spaces to a width.
    static func padded(_ text: String, to columns: Int) -> String {
        text + String(repeating: " ", count: max(0, columns - width(text)))
    }
}
