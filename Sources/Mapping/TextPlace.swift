package import JSON

/// A place in a text file, as an editor counts: lines and columns from one.
package struct TextPlace: Sendable, Equatable {
    /// The byte offset, from zero.
    package let offset: Int
    /// The line, from one.
    package let line: Int
    /// The column in characters (Unicode scalars), from one.
    package let column: Int

    /// The start of a file.
    package static let start = TextPlace(offset: 0, line: 1, column: 1)

    private init(offset: Int, line: Int, column: Int) {
        self.offset = offset
        self.line = line
        self.column = column
    }

    /// The place of a byte of a text; beyond its end, the end.
    package init(_ offset: Int, in bytes: [UInt8]) {
        let end = min(offset, bytes.count)
        var line = 1
        var column = 1
        for byte in bytes[..<end] {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                // Bytes that continue a character are not counted.
                column += 1
            }
        }
        self.init(offset: end, line: line, column: column)
    }

    /// The place of a byte of a scanned document.
    package init(_ offset: Int, in tape: JSONTape) {
        self.init(offset, in: tape.text)
    }

    /// The place of the element that a path such as `differential.element[0].min` leads to, or of
    /// the last element on the way that is there.
    package init(path: String, in document: JSONDocument) {
        var value = document.root
        for step in path.split(whereSeparator: { $0 == "." || $0 == "[" || $0 == "]" }) {
            if let next = value[String(step)] {
                value = next
            } else if let position = Int(step), value.kind == .array,
                let next = value.elements.enumerated().first(where: { $0.offset == position })
            {
                value = next.element
            } else {
                break
            }
        }
        self.init(value.byteOffset, in: value.tape)
    }
}
