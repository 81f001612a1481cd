/// The little Markdown that cards hold, set as plain lines for a terminal.
///
/// No control character reaches the terminal, the ones that a character reference stands for included.
enum MarkdownText {
    /// The text as lines: tables set in columns, emphasis and escapes taken off.
    static func plain(_ markdown: String) -> [String] {
        var lines: [String] = []
        var table = TextTable()
        var isInTable = false
        for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("|") {
                isInTable = true
                let isRule = line.allSatisfy { "|-: ".contains($0) }
                if !isRule { table.append(cells(line)) }
                continue
            }
            if isInTable {
                lines += table.lines()
                table = TextTable()
                isInTable = false
            }
            lines.append(TextStyle.safe(unescaped(line)))
        }
        return lines + (isInTable ? table.lines() : [])
    }

    /// The cells of a table row; an escaped bar belongs to its cell.
    private static func cells(_ line: Substring) -> [String] {
        var cells: [String] = []
        var cell = ""
        var isEscaped = false
        for character in line.dropFirst() {
            if character == "|", !isEscaped {
                cells.append(unescaped(Substring(cell)).trimmed)
                cell = ""
            } else {
                cell.append(character)
            }
            isEscaped = character == "\\" && !isEscaped
        }
        let rest = unescaped(Substring(cell)).trimmed
        if !rest.isEmpty { cells.append(rest) }
        return cells
    }

    /// The text without emphasis marks, with its escapes and entities resolved.
    private static func unescaped(_ text: Substring) -> String {
        var result = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                result.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character != "*" && character != "`" {
                result.append(character)
            }
        }
        return resolved(result)
    }

    /// The text with its character references resolved: the named five, and decimal ones.
    private static func resolved(_ text: String) -> String {
        let names = ["lt": "<", "gt": ">", "quot": "\"", "amp": "&"]
        let parts = text.split(separator: "&", omittingEmptySubsequences: false)
        var result = String(parts[0])
        for part in parts.dropFirst() {
            guard let end = part.firstIndex(of: ";") else {
                result += "&" + part
                continue
            }
            let name = part[..<end]
            let rest = part[part.index(after: end)...]
            if let character = names[String(name)] {
                result += character + rest
            } else if name.first == "#", let number = UInt32(name.dropFirst()),
                let scalar = Unicode.Scalar(number)
            {
                result += String(scalar) + rest
            } else {
                result += "&" + part
            }
        }
        return result
    }
}
