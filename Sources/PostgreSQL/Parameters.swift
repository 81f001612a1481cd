package import Basics

/// The bound values of one statement, in PostgreSQL's binary format.
///
///     var parameters = Parameters()
///     parameters.add(text: "st-anna")
///     parameters.add(instant: startedAt)
///
/// Text is sent with its length, so a NUL byte is refused by the server and never cuts a value.
package struct Parameters: Sendable {
    /// All values, one behind the other.
    var bytes: [UInt8] = []
    /// Where each value lies; `nil` is NULL.
    var ranges: [Range<Int>?] = []
    /// The type of each value.
    var types: [UInt32] = []

    /// The types that occur, by their object identifiers in the catalogue (`pg_type.dat`).
    enum TypeID: UInt32 {
        case bool = 16
        case bytea = 17
        case int8 = 20
        case int4 = 23
        case text = 25
        case json = 114
        case textArray = 1009
        case timestamptz = 1184
        case uuid = 2950
        case uuidArray = 2951
    }

    /// Makes an empty list.
    package init() {}

    /// How many values there are.
    package var count: Int { ranges.count }

    /// How many bytes the values take.
    package var byteCount: Int { bytes.count }

    /// Adds a text.
    package mutating func add(text: String?) {
        add(.text, text) { bytes, text in bytes.append(contentsOf: text.utf8) }
    }

    /// Adds JSON text in UTF-8; the server checks it.
    package mutating func add(json: [UInt8]?) {
        add(.json, json) { bytes, json in bytes.append(contentsOf: json) }
    }

    /// Adds a byte string.
    package mutating func add(bytes value: [UInt8]?) {
        add(.bytea, value) { bytes, value in bytes.append(contentsOf: value) }
    }

    /// Adds a boolean.
    package mutating func add(bool: Bool?) {
        add(.bool, bool) { bytes, bool in bytes.append(bool ? 1 : 0) }
    }

    /// Adds an integer of 32 bits.
    package mutating func add(int32: Int32?) {
        add(.int4, int32) { bytes, value in Self.append(UInt32(bitPattern: value), to: &bytes) }
    }

    /// Adds an integer of 64 bits.
    package mutating func add(int64: Int64?) {
        add(.int8, int64) { bytes, value in Self.append(UInt64(bitPattern: value), to: &bytes) }
    }

    /// Adds a moment as `timestamptz`.
    package mutating func add(instant: Instant?) {
        add(.timestamptz, instant) { bytes, value in
            let sinceEpoch = value.advanced(byMicroseconds: -Self.epochOffsetMicroseconds)
            Self.append(UInt64(bitPattern: sinceEpoch.microseconds), to: &bytes)
        }
    }

    /// Adds a UUID.
    package mutating func add(uuid: UUIDBytes?) {
        add(.uuid, uuid) { bytes, value in
            Self.append(value.high, to: &bytes)
            Self.append(value.low, to: &bytes)
        }
    }

    /// Adds an array of texts.
    package mutating func add(texts: [String]) {
        add(.textArray, texts) { bytes, texts in
            Self.appendArrayHead(count: texts.count, of: .text, to: &bytes)
            for text in texts {
                Self.append(UInt32(text.utf8.count), to: &bytes)
                bytes.append(contentsOf: text.utf8)
            }
        }
    }

    /// Adds an array of texts in PostgreSQL's array notation, as a text for the server to cast.
    package mutating func add(arrayText texts: [String]) {
        var notation: [UInt8] = [UInt8(ascii: "{")]
        for (index, text) in texts.enumerated() {
            if index > 0 { notation.append(UInt8(ascii: ",")) }
            notation.append(UInt8(ascii: "\""))
            for byte in text.utf8 {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                    notation.append(UInt8(ascii: "\\"))
                }
                notation.append(byte)
            }
            notation.append(UInt8(ascii: "\""))
        }
        notation.append(UInt8(ascii: "}"))
        add(.text, notation) { bytes, notation in bytes.append(contentsOf: notation) }
    }

    /// Adds an array of UUIDs.
    package mutating func add(uuids: [UUIDBytes]) {
        add(.uuidArray, uuids) { bytes, uuids in
            Self.appendArrayHead(count: uuids.count, of: .uuid, to: &bytes)
            for uuid in uuids {
                Self.append(UInt32(16), to: &bytes)
                Self.append(uuid.high, to: &bytes)
                Self.append(uuid.low, to: &bytes)
            }
        }
    }

    /// PostgreSQL counts from 2000-01-01T00:00:00Z.
    static let epochOffsetMicroseconds: Int64 = 946_684_800_000_000

    private mutating func add<Value>(
        _ type: TypeID,
        _ value: Value?,
        _ encode: (inout [UInt8], Value) -> Void
    ) {
        types.append(type.rawValue)
        guard let value else {
            ranges.append(nil)
            return
        }
        let start = bytes.count
        encode(&bytes, value)
        ranges.append(start..<bytes.count)
    }

    private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        var shift = value.bitWidth
        while shift > 0 {
            shift -= 8
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// Dimensions, NULL flag, element type, and, when not empty, size and lower bound.
    private static func appendArrayHead(
        count: Int,
        of element: TypeID,
        to bytes: inout [UInt8]
    ) {
        append(UInt32(count == 0 ? 0 : 1), to: &bytes)
        append(UInt32(0), to: &bytes)
        append(element.rawValue, to: &bytes)
        guard count > 0 else { return }
        append(UInt32(count), to: &bytes)
        append(UInt32(1), to: &bytes)
    }
}
