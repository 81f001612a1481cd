import Testing

@testable import limen

@Suite("Tables of inputs")
struct CSVTests {
    /// The records of a text that arrives in pieces of one size.
    private static func records(_ text: String, pieces: Int = 1) throws -> [[String]] {
        var reader = CSVReader()
        var records: [[String]] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            try reader.consume(Array(bytes[start..<min(start + pieces, bytes.count)])) { record in
                records.append(record)
            }
        }
        try reader.finish { record in records.append(record) }
        return records
    }

    @Test("are read alike however the bytes arrive", arguments: [1, 2, 3, 7, 1000])
    func pieces(size: Int) throws {
        let text = "age,ward\r\n71,\"a, \"\"b\"\"\"\r\n,\"two\r\nlines\"\n4,"
        #expect(
            try Self.records(text, pieces: size) == [
                ["age", "ward"], ["71", "a, \"b\""], ["", "two\r\nlines"], ["4", ""],
            ]
        )
    }

    @Test("may lack the last line end, and keep an empty line as one empty cell")
    func lineEnds() throws {
        #expect(try Self.records("a\r\n\r\nb") == [["a"], [""], ["b"]])
        #expect(try Self.records("a\nb\n") == [["a"], ["b"]])
        #expect(try Self.records("").isEmpty)
        #expect(try Self.records("\"\"") == [[""]])
    }

    @Test("lose a byte order mark at the start and nowhere else")
    func byteOrderMark() throws {
        #expect(
            try Self.records("\u{FEFF}a,b\n\u{FEFF}1,2\n") == [["a", "b"], ["\u{FEFF}1", "2"]]
        )
    }

    @Test(
        "are refused with the number of the record when they are not RFC 4180",
        arguments: [
            ("a,b\n1,x\"y\n", 2), ("a\n\"b\"c\n", 2), ("a\n\"open", 2), ("a\rb", 1), ("a\r", 1),
        ]
    )
    func faults(text: String, record: Int) {
        let error = #expect(throws: CommandError.self) { try Self.records(text) }
        #expect(error?.exitCode == .badInput)
        #expect(error?.sentence.contains("record \(record) ") == true)
    }

    @Test("are refused when a cell is not UTF-8 or a record has no end")
    func limits() {
        #expect(throws: CommandError.self) {
            var reader = CSVReader()
            try reader.consume([0x61, 0xFF, 0x0A]) { _ in }
        }
        #expect(throws: CommandError.self) {
            var reader = CSVReader()
            let bytes = [UInt8](repeating: 0x61, count: CSVReader.recordBytesMax + 1)
            try reader.consume(bytes) { _ in }
        }
    }

    @Test(
        "are written with quotes only where they must be",
        arguments: [
            ("plain", "plain"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""),
            ("", ""), ("\r\n", "\"\r\n\""),
        ]
    )
    func writing(text: String, written: String) throws {
        #expect(CSVWriter.cell(text) == written)
        #expect(try Self.records(CSVWriter.record(["x", text, "y"])) == [["x", text, "y"]])
    }
}
