import JSON

/// Where in a file a fault lies, as an editor counts: lines and columns from one.
struct FindingPlace: Equatable {
    let line: Int
    let column: Int

    /// A place that is known already.
    init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The line and column of a byte.
    init(offset: Int, in bytes: [UInt8]) {
        let before = bytes.prefix(max(0, offset))
        let newline = UInt8(ascii: "\n")
        let start = before.lastIndex(of: newline).map { $0 + 1 } ?? 0
        line = 1 + before.count { $0 == newline }
        // Columns count characters, so the bytes that go on with one are left out.
        column = 1 + before[start...].count { $0 & 0xC0 != 0x80 }
    }

    /// The place of an element path, such as `inputs[2].from[0].code`, of `byte 120`, or of an
    /// element of XML, such as `DataField, line 12`.
    ///
    /// Where the last steps of the path are not there, the place of the nearest element above.
    ///
    /// - Returns: `nil` when the file is no JSON, or the path says nothing of it.
    static func locate(_ path: String, in bytes: [UInt8]) -> FindingPlace? {
        if path.hasPrefix("byte "), let offset = Int(path.dropFirst(5)) {
            return FindingPlace(offset: offset, in: bytes)
        }
        let parts = path.split(separator: ", ")
        if parts.count > 1, let last = parts.last, last.hasPrefix("line "),
            let line = Int(last.dropFirst(5))
        {
            return FindingPlace(line: line, column: 1)
        }
        guard let document = try? JSONDocument(parsing: bytes), !path.contains("#") else {
            return nil
        }
        let element = path.split(separator: ",").first ?? ""
        var value = document.root
        for step in element.split(whereSeparator: { $0 == "." || $0 == "[" || $0 == "]" }) {
            let next: JSONValue?
            if let index = Int(step) {
                next = value.elements.dropFirst(index).first { _ in true }
            } else {
                next = value[String(step)]
            }
            guard let next else { break }
            value = next
        }
        return FindingPlace(offset: value.byteOffset, in: bytes)
    }
}
