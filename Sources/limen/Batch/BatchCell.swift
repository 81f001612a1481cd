import Basics
import JSON

/// One value of a result, as CSV and as JSON.
enum BatchCell: Sendable {
    case none
    case text(String)
    case number(Double)
    case decimal(DecimalNumber)
    case flag(Bool)
    case list([String])

    /// The cell of a table (RFC 4180).
    ///
    /// A text that a spreadsheet would take for a formula gets an apostrophe before it: ids and
    /// codes come from the data, and a table of results is opened by a double click.
    var csv: String {
        switch self {
        case .none: ""
        case .text(let text): CSVWriter.cell(Self.harmless(text))
        case .number(let number): Self.text(number)
        case .decimal(let number): number.text
        case .flag(let flag): flag ? "true" : "false"
        case .list(let words): CSVWriter.cell(Self.harmless(words.joined(separator: " ")))
        }
    }

    /// Writes the value as JSON.
    func write(to writer: inout JSONWriter) {
        switch self {
        case .none: writer.null()
        case .text(let text): writer.value(text)
        case .number(let number):
            if let whole = Int(exactly: number) {
                writer.value(whole)
            } else if number.isFinite {
                writer.value(number)
            } else {
                writer.null()
            }
        case .decimal(let number): writer.value(number)
        case .flag(let flag): writer.value(flag)
        case .list(let words):
            writer.beginArray()
            for word in words { writer.value(word) }
            writer.endArray()
        }
    }

    /// Whether there is nothing to say.
    var isNone: Bool {
        switch self {
        case .none: true
        case .text, .number, .decimal, .flag, .list: false
        }
    }

    private static func text(_ number: Double) -> String {
        Int(exactly: number).map { String($0) } ?? String(number)
    }

    private static func harmless(_ text: String) -> String {
        switch text.utf8.first {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"),
            UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
            "'" + text
        case .some, nil: text
        }
    }
}
