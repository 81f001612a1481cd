import Foundation
import Posix
import Testing

@Suite("lines of a file")
struct LineReaderTests {
    /// The lines of a text; `nil` stands for one that is too long.
    private func lines(_ text: String, bytesMax: Int) throws -> [String?] {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("limen-lines-\(UUID().uuidString)")
        try Data(text.utf8).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        var reader = try LineReader.open(path: url.path, lineBytesMax: bytesMax)
        var lines: [String?] = []
        while let line = try reader.next() {
            switch line {
            case .bytes(let bytes): lines.append(String(decoding: bytes, as: UTF8.self))
            case .tooLong: lines.append(nil)
            }
        }
        return lines
    }

    @Test(
        "each line comes once, the last one with or without its break",
        arguments: [
            ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\n\nb", ["a", "", "b"]),
            ("a\r\nb", ["a\r", "b"]),
        ]
    )
    func each(text: String, expected: [String]) throws {
        #expect(try lines(text, bytesMax: 8) == expected)
    }

    @Test("a line above the limit is passed over, one of just the limit is not")
    func tooLong() throws {
        #expect(try lines("12345678\n123456789\nx", bytesMax: 8) == ["12345678", nil, "x"])
        #expect(try lines("123456789", bytesMax: 8) == [nil])
    }

    @Test("lines longer than a piece of the file are put together")
    func pieces() throws {
        let long = String(repeating: "é", count: 100_000)
        #expect(try lines("a\n\(long)\nb\n", bytesMax: 1 << 20) == ["a", long, "b"])
        #expect(try lines("a\n\(long)\nb\n", bytesMax: 70_000) == ["a", nil, "b"])
        #expect(try lines("a\n\(long)", bytesMax: 70_000) == ["a", nil])
    }

    @Test("a file that is not there is a typed error")
    func absent() {
        #expect(throws: SystemError.self) {
            _ = try LineReader.open(path: "/nonexistent/lines", lineBytesMax: 1)
        }
    }
}
