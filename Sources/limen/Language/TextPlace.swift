import JSON

/// A place in a text as a person names it: line and column, both from one.
struct TextPlace: Equatable {
    let offset: Int
    let line: Int
    let column: Int

    /// Counts the lines before a byte; a column counts characters, not bytes.
    init(_ offset: Int, in bytes: [UInt8]) {
        let before = bytes.prefix(max(0, offset))
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        self.offset = offset
        line = before.reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
        // A byte that goes on with a character of UTF-8 does not begin a column.
        column = before[lineStart...].reduce(1) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
    }

    /// Writes the member `error`.
    func write(
        _ code: String,
        _ message: String,
        inputLine: Int? = nil,
        to writer: inout JSONWriter
    ) {
        writer.name("error")
        writer.beginObject()
        writer.member("code", code)
        writer.member("position", offset)
        writer.member("line", line)
        writer.member("column", column)
        writer.member("message", message)
        if let inputLine { writer.member("inputLine", inputLine) }
        writer.endObject()
    }
}

/// Why a line of a batch is no question that could be answered.
enum BatchFault: String, CaseIterable {
    case lineShape = "LIMEN-BATCH-001"
    case lineTooLong = "LIMEN-BATCH-002"

    /// One English sentence without any text of the line.
    var sentence: String {
        switch self {
        case .lineShape: "the line is no JSON object with the members that the command asks for"
        case .lineTooLong: "the line is longer than 32 MB"
        }
    }
}
