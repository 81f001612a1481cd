import Basics
package import JSON

/// Writes a view's table, row by row.
///
///     id,family,given              {"id":"p1","family":"Chalmers","given":["Peter"]}
///     p1,Chalmers,"[""Peter""]"
///
/// In CSV (RFC 4180) a cell without a value is empty, and a string without characters is `""`,
/// so that the two stay apart. Lists and structures are JSON in their cell.
package struct ViewTableWriter {
    /// The forms a table can have.
    package enum Format: String, Sendable, CaseIterable {
        case csv, ndjson, json
    }

    /// What was written and not yet taken.
    package private(set) var bytes: [UInt8] = []
    private let format: Format
    private let columns: [ViewColumn]
    private var rowCount = 0

    /// Starts a table; CSV begins with the names of the columns.
    package init(format: Format, columns: [ViewColumn]) {
        self.format = format
        self.columns = columns
        switch format {
        case .csv: bytes += columns.map(\.name).joined(separator: ",").utf8 + Self.lineEnd
        case .ndjson: break
        case .json: bytes.append(UInt8(ascii: "["))
        }
    }

    /// Writes a row.
    package mutating func append(_ row: ArraySlice<ViewCell>) {
        precondition(row.count == columns.count, "a row is as wide as its table")
        switch format {
        case .csv: appendCSV(row)
        case .ndjson:
            appendJSON(row)
            bytes.append(UInt8(ascii: "\n"))
        case .json:
            bytes += (rowCount == 0 ? "\n" : ",\n").utf8
            appendJSON(row)
        }
        rowCount += 1
    }

    /// Ends the table.
    package mutating func end() {
        switch format {
        case .csv, .ndjson: break
        case .json: bytes += "\n]\n".utf8
        }
    }

    /// Hands over what was written.
    package mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    // MARK: JSON

    private mutating func appendJSON(_ row: ArraySlice<ViewCell>) {
        var writer = JSONWriter()
        writer.beginObject()
        for (column, cell) in zip(columns, row) {
            writer.name(column.name)
            cell.write(to: &writer)
        }
        writer.endObject()
        bytes += writer.bytes
    }

    // MARK: CSV

    /// RFC 4180, section 2, rule 1.
    private static let lineEnd: [UInt8] = [0x0D, 0x0A]

    private mutating func appendCSV(_ row: ArraySlice<ViewCell>) {
        for (position, cell) in row.enumerated() {
            if position > 0 { bytes.append(UInt8(ascii: ",")) }
            appendCSV(cell)
        }
        // A line of one empty cell would be an empty line.
        bytes += Self.lineEnd
    }

    private mutating func appendCSV(_ cell: ViewCell) {
        switch cell {
        case .null: break
        case .boolean(let flag): bytes += (flag ? "true" : "false").utf8
        case .integer(let number): bytes += String(number).utf8
        case .decimal(let number): bytes += number.text.utf8
        case .text(let text): appendQuoted(text.utf8)
        case .element(let json): appendCSV(json)
        case .list:
            var writer = JSONWriter()
            cell.write(to: &writer)
            appendQuoted(writer.bytes)
        }
    }

    private mutating func appendCSV(_ json: JSONValue) {
        switch json.kind {
        case .null: break
        case .true, .false, .number: bytes += json.rawBytes
        case .string:
            let raw = json.rawBytes
            if raw.contains(UInt8(ascii: "\\")) {
                appendQuoted((json.stringValue ?? "").utf8)
            } else {
                appendQuoted(raw)
            }
        case .array, .object: appendQuoted(json.rawBytes)
        }
    }

    /// RFC 4180, section 2, rules 5 to 7: quotes around a comma, a quote or a line end.
    ///
    /// Quotes also stand around a blank at an end, which some readers cut off, and around nothing.
    private mutating func appendQuoted(_ text: some BidirectionalCollection<UInt8>) {
        let blank = UInt8(ascii: " ")
        let needsQuotes =
            text.isEmpty || text.first == blank || text.last == blank
            || text.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
        guard needsQuotes else {
            bytes += text
            return
        }
        bytes.append(0x22)
        for byte in text {
            if byte == 0x22 { bytes.append(0x22) }
            bytes.append(byte)
        }
        bytes.append(0x22)
    }
}

extension ViewCell {
    /// Writes the cell as a JSON value.
    package func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .boolean(let flag): writer.value(flag)
        case .integer(let number): writer.value(number)
        case .decimal(let number): writer.value(number)
        case .text(let text): writer.value(text)
        case .element(let json): writer.value(json)
        case .list(let cells):
            writer.beginArray()
            for cell in cells { cell.write(to: &writer) }
            writer.endArray()
        }
    }
}
