import Basics
import JSON
import SQLOnFHIR

/// Sets the rows of a table in columns for a terminal.
///
/// The widths are those of the first rows; later cells that are wider are cut, so that memory does
/// not grow with the table. Who needs the whole text takes another format.
struct TableText {
    private static let sampleRows = 200
    private static let cellWidthMax = 40
    private(set) var bytes: [UInt8] = []
    private var sample: [[String]] = []
    private var widths: [Int]?

    init(columns: [String]) {
        sample = [columns, columns.map { String(repeating: "-", count: $0.count) }]
    }

    mutating func append(_ row: [String]) {
        guard let widths else {
            sample.append(row)
            if sample.count >= Self.sampleRows { settle() }
            return
        }
        bytes += Self.line(row, widths).utf8
    }

    mutating func end() {
        if widths == nil { settle() }
    }

    mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    private mutating func settle() {
        let count = sample.first?.count ?? 0
        let widths = (0..<count).map { column in
            min(sample.map { $0[column].count }.max() ?? 0, Self.cellWidthMax)
        }
        for row in sample { bytes += Self.line(row, widths).utf8 }
        sample = []
        self.widths = widths
    }

    private static func line(_ row: [String], _ widths: [Int]) -> String {
        var line = ""
        for (cell, width) in zip(row, widths) {
            let shown = cell.count <= width ? cell : cell.prefix(max(width - 1, 0)) + "\u{2026}"
            line += shown + String(repeating: " ", count: width - shown.count + 2)
        }
        while line.last == " " { line.removeLast() }
        return line + "\n"
    }

    /// The text of a cell; nothing for null, and no control characters.
    static func text(_ cell: ViewCell) -> String {
        switch cell {
        case .null: return ""
        case .boolean(let flag): return flag ? "true" : "false"
        case .integer(let number): return String(number)
        case .decimal(let number): return number.text
        case .text(let text): return printable(text)
        case .element(let json):
            return printable(
                json.stringValue ?? String(decoding: json.rawBytes, as: UTF8.self)
            )
        case .list(let cells): return cells.map { text($0) }.joined(separator: ", ")
        }
    }

    /// Text of a resource must not steer the terminal.
    private static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { isControl($0) }) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            result.append(isControl(scalar) ? "\u{B7}" : scalar)
        }
        return String(result)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
