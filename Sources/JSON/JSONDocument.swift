import Basics

/// A JSON text (RFC 8259) that was scanned once into a flat tape of offsets.
///
///     {"a": [1, "b"]}     entry 0  object   next 5
///                         entry 1  string   "a"      next 2   (a member name)
///                         entry 2  array    next 5
///                         entry 3  number   1        next 4
///                         entry 4  string   "b"      next 5
///
/// Numbers keep their text, so 7.10 stays 7.10. Strings without escapes are never copied. Accepted
/// is what RFC 8259 allows and RFC 7493 (I-JSON) asks for: UTF-8 without a byte order mark, no
/// lone surrogates, no duplicate member names, nothing behind the value.
public struct JSONDocument: Sendable {
    /// The bytes and the values.
    public let tape: JSONTape

    /// Scans a text.
    ///
    /// - Throws: `JSONError` with the byte offset of the first fault.
    package init(parsing bytes: [UInt8]) throws(JSONError) {
        guard bytes.count <= Limits.jsonBytesMax else {
            throw JSONError(code: .tooLarge, offset: Limits.jsonBytesMax)
        }
        if let entries = JSONTapeBuilder.tape(of: bytes) {
            tape = JSONTape(bytes: bytes, entries: entries)
        } else {
            var scanner = JSONScanner()
            try scanner.scan(bytes)
            tape = JSONTape(bytes: bytes, entries: scanner.tape)
        }
    }

    /// Scans a text.
    package init(parsing text: String) throws(JSONError) {
        try self.init(parsing: Array(text.utf8))
    }

    /// The outermost value.
    public var root: JSONValue { JSONValue(tape: tape, index: 0) }

    /// How many values and member names were found.
    package var entryCount: Int { tape.entries.count }

    /// The text that was scanned.
    public var bytes: [UInt8] { tape.bytes }
}

/// The kinds of JSON value.
public enum JSONKind: UInt8, Sendable {
    case null, `true`, `false`, number, string, array, object
}
