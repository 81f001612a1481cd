/// Lines of text set in columns.
///
/// A cell is one line, whatever stands in it: names and reasons are written by others, and a sequence
/// of control characters would let them hide a row or make one up.
struct TextTable {
    private var rows: [[String]] = []

    /// Adds a row.
    mutating func append(_ cells: [String]) {
        rows.append(cells.map(TextStyle.safe))
    }

    /// The rows as lines, each column as wide as its widest cell, two spaces between columns.
    func lines(indent: String = "") -> [String] {
        let columnCount = rows.map(\.count).max() ?? 0
        let widths = (0..<columnCount).map { column in
            rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            var line = indent
            for (column, cell) in row.enumerated() {
                line += cell
                guard column < row.count - 1 else { continue }
                line += String(repeating: " ", count: widths[column] - cell.count + 2)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}

/// Ages and spans as a reader says them.
enum Age {
    /// Such as `2h14m`, `3d4h` or `40s`.
    static func text(seconds: Int) -> String {
        let sign = seconds < 0 ? "-" : ""
        let seconds = abs(seconds)
        if seconds < 60 { return "\(sign)\(seconds)s" }
        if seconds < 3_600 { return "\(sign)\(seconds / 60)m" }
        if seconds < 86_400 {
            let minutes = seconds / 60 % 60
            return "\(sign)\(seconds / 3_600)h" + (minutes == 0 ? "" : "\(minutes)m")
        }
        let hours = seconds / 3_600 % 24
        return "\(sign)\(seconds / 86_400)d" + (hours == 0 ? "" : "\(hours)h")
    }
}
