/// Writes comma-separated values (RFC 4180), line ends CRLF.
enum CSVWriter {
    /// One record with its line end.
    static func record(_ cells: some Sequence<String>) -> String {
        cells.map(cell).joined(separator: ",") + "\r\n"
    }

    /// One record of cells that are written already.
    static func record(escaped cells: [String]) -> String {
        cells.joined(separator: ",") + "\r\n"
    }

    /// A cell, in quotes where it must be.
    static func cell(_ text: String) -> String {
        let mustQuote = text.utf8.contains { byte in
            switch byte {
            case UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
                true
            default: false
            }
        }
        guard mustQuote else { return text }
        var quoted = "\""
        for character in text.unicodeScalars {
            if character == "\"" { quoted.unicodeScalars.append("\"") }
            quoted.unicodeScalars.append(character)
        }
        return quoted + "\""
    }
}
