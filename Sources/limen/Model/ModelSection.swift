import JSON

/// One part of what is said about a model: a title, and a table or lines below it.
///
/// A page is made of sections once, and then written for a reader or for a program.
struct ModelSection {
    /// One cell of a table.
    enum Cell: ExpressibleByStringLiteral, Equatable {
        case text(String)
        /// A number of which every digit counts, such as a border.
        case exact(Double)
        /// A number that is an estimate: six digits for a reader, all of them for a program.
        case estimate(Double)
        case none

        init(stringLiteral text: String) { self = .text(text) }

        /// A text, or an empty cell.
        init(_ text: String?) { self = text.map { .text($0) } ?? .none }

        /// The cell for a reader.
        var shown: String {
            switch self {
            case .text(let text): TextStyle.safe(text)
            case .exact(let number): NumberText.exact(number)
            case .estimate(let number): NumberText.rounded(number)
            case .none: ""
            }
        }

        /// Whether it is set to the right.
        var isNumber: Bool {
            switch self {
            case .exact, .estimate: true
            case .text, .none: false
            }
        }
    }

    /// What it is about.
    let title: String
    /// The names of the columns.
    var columns: [String] = []
    /// The rows of the table.
    var rows: [[Cell]] = []
    /// What is shown instead of the table, when it reads better.
    var lines: [String] = []
    /// Sentences behind it.
    var notes: [String] = []

    /// The section as JSON: each row as an object with the names of the columns.
    func writeJSON(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("title", title)
        writer.name("rows")
        writer.beginArray()
        for row in rows {
            writer.beginObject()
            for (name, cell) in zip(columns, row) {
                writer.name(name)
                switch cell {
                case .text(let text): writer.value(text)
                case .exact(let number), .estimate(let number):
                    if number.isFinite {
                        writer.rawValue(NumberText.exact(number).utf8)
                    } else {
                        writer.null()
                    }
                case .none: writer.null()
                }
            }
            writer.endObject()
        }
        writer.endArray()
        writer.name("notes")
        writer.beginArray()
        for note in notes { writer.value(note) }
        writer.endArray()
        writer.endObject()
    }

    /// The section for a reader.
    func text(_ style: TextStyle) -> [String] {
        var result = [style.text(TextStyle.safe(title), .strong)]
        if !lines.isEmpty {
            result += lines.map { "  " + TextStyle.safe($0) }
        } else {
            result += table(style)
        }
        for note in notes { result += style.lines(TextStyle.safe(note), indent: 2) }
        return result
    }

    private func table(_ style: TextStyle) -> [String] {
        guard !rows.isEmpty else { return [] }
        let cells = rows.map { $0.map(\.shown) }
        // A column without a cell says nothing.
        let used = columns.indices.filter { column in cells.contains { !$0[column].isEmpty } }
        let widths = columns.indices.map { column in
            max(
                TextStyle.width(columns[column]),
                cells.map { TextStyle.width($0[column]) }.max() ?? 0
            )
        }
        var result: [String] = []
        for block in blocks(used, widths, style) {
            result += lines(block, widths, cells, style)
        }
        return result
    }

    /// The columns in blocks that fit; each block starts with the first column.
    private func blocks(_ used: [Int], _ widths: [Int], _ style: TextStyle) -> [[Int]] {
        guard let columns = style.columns, let first = used.first else { return [used] }
        // The last column may wrap, when what stands before it leaves room for it.
        let before = used.dropLast().reduce(2) { $0 + widths[$1] + 2 }
        if before + 24 <= columns { return [used] }
        var blocks: [[Int]] = []
        var block = [first]
        var width = 2 + widths[first]
        for column in used.dropFirst() {
            if block.count > 1, width + 2 + widths[column] > columns {
                blocks.append(block)
                block = [first]
                width = 2 + widths[first]
            }
            block.append(column)
            width += 2 + widths[column]
        }
        return blocks + [block]
    }

    private func lines(
        _ block: [Int],
        _ widths: [Int],
        _ cells: [[String]],
        _ style: TextStyle
    ) -> [String] {
        let isRight = columns.indices.map { column in
            rows.contains { $0[column].isNumber }
                && rows.allSatisfy { $0[column].isNumber || $0[column].shown.isEmpty }
        }
        func line(_ texts: [String]) -> [String] {
            var start = "  "
            for column in block.dropLast() {
                let space = String(
                    repeating: " ",
                    count: widths[column] - TextStyle.width(texts[column])
                )
                start += (isRight[column] ? space + texts[column] : texts[column] + space) + "  "
            }
            guard let last = block.last else { return [] }
            let room = style.columns.map { $0 - TextStyle.width(start) }
            var text = texts[last]
            if isRight[last] {
                text = String(repeating: " ", count: widths[last] - TextStyle.width(text)) + text
            }
            guard let room, room >= 16, TextStyle.width(text) > room else {
                return [Self.trimmed(start + text)]
            }
            let part = TextStyle(columns: room, usesColour: false)
            let wrapped = part.lines(text, indent: 0)
            let indent = String(repeating: " ", count: TextStyle.width(start))
            return wrapped.enumerated().map { ($0 == 0 ? start : indent) + $1 }
        }
        let isNamed = block.contains { !columns[$0].isEmpty }
        var result = isNamed ? line(columns).map { style.text($0, .faint) } : []
        for row in cells { result += line(row) }
        return result
    }

    private static func trimmed(_ line: String) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return line
    }
}
