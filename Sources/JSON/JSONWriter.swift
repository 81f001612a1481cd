public import Basics

/// Writes JSON straight into a byte buffer.
///
///     var writer = JSONWriter()
///     writer.beginObject()
///     writer.name("score"); writer.value(7)
///     writer.endObject()          // {"score":7}
///
/// Optional members are left out by the caller, never written as null (CDS Hooks, JSON rules).
/// Strings are escaped so that the text is safe inside a log line too: C0, DEL, C1, U+2028 and
/// U+2029 and the bidirectional controls are written as \u escapes.
public struct JSONWriter: Sendable {
    /// The text written so far.
    public private(set) var bytes: [UInt8] = []
    /// The innermost container that is open, kept by itself because every value looks at it.
    private var level = Level(kind: .root)
    private var outerLevels: [Level] = []
    private var isAfterName = false

    /// A container that is open, or the root.
    private struct Level {
        var kind: Kind
        var needsComma = false
    }

    private enum Kind {
        case root, object, array
    }

    /// Makes an empty writer.
    public init(reservingBytes capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
    }

    /// The text written so far, as a string.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Opens an object.
    public mutating func beginObject() { open(UInt8(ascii: "{"), .object) }

    /// Closes the innermost object.
    public mutating func endObject() { close(UInt8(ascii: "}"), .object) }

    /// Opens an array.
    public mutating func beginArray() { open(UInt8(ascii: "["), .array) }

    /// Closes the innermost array.
    public mutating func endArray() { close(UInt8(ascii: "]"), .array) }

    /// Writes a member name; a value must follow.
    public mutating func name(_ name: String) {
        precondition(level.kind == .object, "a name stands outside an object")
        precondition(!isAfterName, "a name follows a name")
        comma()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        isAfterName = true
    }

    /// Writes a string.
    public mutating func value(_ text: String) {
        separate()
        quote(text)
    }

    /// Writes an integer.
    public mutating func value(_ number: Int) {
        separate()
        bytes.append(contentsOf: String(number).utf8)
    }

    /// Writes a boolean.
    public mutating func value(_ flag: Bool) {
        separate()
        bytes.append(contentsOf: (flag ? "true" : "false").utf8)
    }

    /// Writes a decimal with its scale kept.
    public mutating func value(_ number: DecimalNumber) {
        separate()
        bytes.append(contentsOf: number.text.utf8)
    }

    /// Writes a double in its shortest exact form; a value that is not finite becomes null.
    public mutating func value(_ number: Double) {
        separate()
        bytes.append(contentsOf: (number.isFinite ? number.description : "null").utf8)
    }

    /// Writes null.
    public mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
    }

    /// Copies a value of a document as it stands.
    public mutating func value(_ value: JSONValue) {
        separate()
        if value.kind == .string { bytes.append(UInt8(ascii: "\"")) }
        bytes.append(contentsOf: value.rawBytes)
        if value.kind == .string { bytes.append(UInt8(ascii: "\"")) }
    }

    /// Copies text that is JSON already.
    public mutating func rawValue(_ json: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    /// Copies an array of bytes that is JSON already.
    public mutating func rawValue(_ json: [UInt8]) {
        separate()
        bytes.append(contentsOf: json)
    }

    /// Copies members, separated by commas, that are JSON already; nothing when there are none.
    public mutating func rawMembers(_ json: [UInt8]) {
        precondition(level.kind == .object, "members stand outside an object")
        precondition(!isAfterName, "a member has no value")
        guard !json.isEmpty else { return }
        comma()
        bytes.append(contentsOf: json)
    }

    /// Writes a member with a string.
    public mutating func member(_ name: String, _ text: String) {
        self.name(name)
        value(text)
    }

    /// Writes a member with a string, or nothing when there is none.
    public mutating func member(_ name: String, ifPresent text: String?) {
        guard let text else { return }
        member(name, text)
    }

    /// Writes a member with an integer.
    public mutating func member(_ name: String, _ number: Int) {
        self.name(name)
        value(number)
    }

    /// Writes a member with a boolean.
    public mutating func member(_ name: String, _ flag: Bool) {
        self.name(name)
        value(flag)
    }

    private mutating func open(_ byte: UInt8, _ kind: Kind) {
        separate()
        bytes.append(byte)
        outerLevels.append(level)
        level = Level(kind: kind)
    }

    private mutating func close(_ byte: UInt8, _ kind: Kind) {
        precondition(!isAfterName, "a member has no value")
        precondition(level.kind == kind, "a container is closed as the other kind")
        // The root is no container, so an outer level there is.
        if let outer = outerLevels.popLast() { level = outer }
        bytes.append(byte)
    }

    private mutating func separate() {
        if isAfterName {
            isAfterName = false
            return
        }
        precondition(level.kind != .object, "a value in an object has no name")
        comma()
    }

    private mutating func comma() {
        if level.needsComma { bytes.append(UInt8(ascii: ",")) }
        level.needsComma = true
    }

    private mutating func quote(_ text: String) {
        let source = text.utf8.span
        if quotePlain(source) { return }
        bytes.append(UInt8(ascii: "\""))
        append(source, plainEnd: Self.plainEnd(from: 0, in: source))
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a text in quotes when nothing in it needs a further look; else writes nothing.
    ///
    /// Most strings are short: room is made once, and each word is looked at and stored in one go.
    private mutating func quotePlain(_ source: Span<UInt8>) -> Bool {
        let count = source.count
        var position = 0
        bytes.append(addingCapacity: count &+ 2) { (output: inout OutputSpan<UInt8>) in
            output.append(repeating: UInt8(ascii: "\""), count: count &+ 2)
            var room = output.mutableSpan
            var target = unsafe room.mutableBytes
            let first = target.byteCount &- count &- 1
            while let word = JSONBytes.word(position, in: source), Self.stops(word) == 0 {
                // Any bits are a number; the bounds are checked.
                target.storeBytes(
                    of: word.littleEndian,
                    toByteOffset: first &+ position,
                    as: UInt64.self
                )
                position &+= 8
            }
            while position < count, Self.isPlain(source[position]) {
                target.storeBytes(
                    of: source[position],
                    toByteOffset: first &+ position,
                    as: UInt8.self
                )
                position &+= 1
            }
            if position < count { output.removeLast(count &+ 2) }
        }
        return position == count
    }

    /// Copies a text run by run, with what may not stand in it escaped in between.
    private mutating func append(_ source: Span<UInt8>, plainEnd: Int) {
        bytes.reserveCapacity(bytes.count + source.count + source.count / 16 + 16)
        var start = 0
        var end = plainEnd
        while end < source.count {
            let (length, escaped) = Self.unusual(at: end, in: source)
            if let escaped {
                copy(source.extracting(start..<end))
                appendEscaped(escaped)
                start = end + length
            }
            end = Self.plainEnd(from: end + length, in: source)
        }
        copy(source.extracting(start..<end))
    }

    private mutating func copy(_ run: Span<UInt8>) {
        bytes.append(addingCapacity: run.count) { (output: inout OutputSpan<UInt8>) in
            for index in run.indices { output.append(run[index]) }
        }
    }

    /// The position of the first byte that may need an escape: a quote, a backslash, a control
    /// (DEL among them) or not ASCII.
    private static func plainEnd(from start: Int, in bytes: Span<UInt8>) -> Int {
        var position = start
        while let word = JSONBytes.word(position, in: bytes) {
            let stops = stops(word)
            if stops != 0 { return position &+ stops.trailingZeroBitCount >> 3 }
            position &+= 8
        }
        while position < bytes.count, isPlain(bytes[position]) { position &+= 1 }
        return position
    }

    /// The top bits of the bytes of a word that may need an escape; above the first of them,
    /// further bits may be set.
    ///
    /// As in `JSONBytes.skipPlainText`, and DEL too.
    @inline(__always)
    private static func stops(_ word: UInt64) -> UInt64 {
        let quote = (word ^ 0x2222_2222_2222_2222) &- 0x0101_0101_0101_0101
        let backslash = (word ^ 0x5C5C_5C5C_5C5C_5C5C) &- 0x0101_0101_0101_0101
        let control = word &- 0x2020_2020_2020_2020
        let delete = (word ^ 0x7F7F_7F7F_7F7F_7F7F) &- 0x0101_0101_0101_0101
        return (quote | backslash | control | delete | word) & 0x8080_8080_8080_8080
    }

    @inline(__always)
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x22 && byte != 0x5C && byte < 0x7F
    }

    /// The length of the character at a byte that is not plain, and its scalar if it is escaped.
    private static func unusual(
        at place: Int,
        in bytes: Span<UInt8>
    ) -> (length: Int, escaped: UInt32?) {
        let first = bytes[place]
        guard first >= 0x80 else { return (1, UInt32(first)) }
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        // No other lead byte begins a character that is escaped.
        guard first == 0xC2 || first == 0xD8 || first == 0xE2 || first == 0xEF else {
            return (length, nil)
        }
        var scalar = UInt32(first) & (length == 3 ? 0x0F : 0x1F)
        for index in 1..<length { scalar = scalar << 6 | UInt32(bytes[place + index]) & 0x3F }
        switch scalar {
        case 0x80..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0x61C, 0xFEFF:
            return (length, scalar)
        default:
            return (length, nil)
        }
    }

    private mutating func appendEscaped(_ scalar: UInt32) {
        switch scalar {
        case 0x22, 0x5C:
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(UInt8(truncatingIfNeeded: scalar))
        case 0x0A: bytes.append(contentsOf: "\\n".utf8)
        case 0x0D: bytes.append(contentsOf: "\\r".utf8)
        case 0x09: bytes.append(contentsOf: "\\t".utf8)
        default:
            bytes.append(contentsOf: "\\u".utf8)
            for shift in [12, 8, 4, 0] as [UInt32] {
                let digit = UInt8(truncatingIfNeeded: scalar >> shift & 15)
                bytes.append(
                    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                )
            }
        }
    }
}
