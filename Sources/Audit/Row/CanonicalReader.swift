package import Basics

/// Reads what a `CanonicalWriter` wrote, and refuses every other byte string.
package struct CanonicalReader: Sendable {
    private let bytes: [UInt8]
    private var offset = 0

    /// Reads from the first byte.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Refuses bytes that are left over.
    package func expectEnd() throws(CanonicalError) {
        guard offset == bytes.count else { throw failure() }
    }

    /// Reads one byte.
    package mutating func byte() throws(CanonicalError) -> UInt8 {
        guard offset < bytes.count else { throw failure() }
        defer { offset += 1 }
        return bytes[offset]
    }

    /// Reads a number of fixed width.
    package mutating func number<Number: FixedWidthInteger>() throws(CanonicalError) -> Number {
        var value: Number = 0
        for _ in 0..<(Number.bitWidth / 8) {
            value = value << 8 | Number(truncatingIfNeeded: try byte())
        }
        return value
    }

    /// Reads bytes whose length the format fixes.
    package mutating func fixed(_ count: Int) throws(CanonicalError) -> [UInt8] {
        guard count <= bytes.count - offset else { throw failure() }
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }

    /// Reads bytes with their length.
    package mutating func data() throws(CanonicalError) -> [UInt8] {
        let count: UInt32 = try number()
        return try fixed(Int(count))
    }

    /// Reads a text; bytes that are no UTF-8 are refused.
    package mutating func text() throws(CanonicalError) -> String {
        guard let text = String(validating: try data(), as: UTF8.self) else { throw failure() }
        return text
    }

    /// Reads a UUID.
    package mutating func uuid() throws(CanonicalError) -> UUIDBytes {
        UUIDBytes(high: try number(), low: try number())
    }

    /// Reads a moment.
    package mutating func instant() throws(CanonicalError) -> Instant {
        Instant(microseconds: try number())
    }

    /// Reads a list of texts.
    package mutating func texts() throws(CanonicalError) -> [String] {
        var values: [String] = []
        for _ in 0..<(try count(elementBytesMin: 4)) { values.append(try text()) }
        return values
    }

    /// Reads a count of elements that can still be there, so that a wrong one costs no memory.
    package mutating func count(elementBytesMin: Int) throws(CanonicalError) -> Int {
        let count: UInt32 = try number()
        guard Int(count) <= (bytes.count - offset) / elementBytesMin else { throw failure() }
        return Int(count)
    }

    /// Reads whether a value follows.
    package mutating func isPresent() throws(CanonicalError) -> Bool {
        switch try byte() {
        case 0: return false
        case 1: return true
        case let other:
            precondition(other > 1, "0 and 1 were read already")
            throw failure()
        }
    }

    /// Reads a text or its absence.
    package mutating func textIfPresent() throws(CanonicalError) -> String? {
        try isPresent() ? try text() : nil
    }

    /// Reads bytes or their absence.
    package mutating func dataIfPresent() throws(CanonicalError) -> [UInt8]? {
        try isPresent() ? try data() : nil
    }

    /// Reads a UUID or its absence.
    package mutating func uuidIfPresent() throws(CanonicalError) -> UUIDBytes? {
        try isPresent() ? try uuid() : nil
    }

    /// Reads a moment or its absence.
    package mutating func instantIfPresent() throws(CanonicalError) -> Instant? {
        try isPresent() ? try instant() : nil
    }

    /// Reads a number or its absence.
    package mutating func numberIfPresent<Number: FixedWidthInteger>()
        throws(CanonicalError) -> Number?
    {
        try isPresent() ? try number() : nil
    }

    /// What is wrong at the present place.
    package func failure() -> CanonicalError {
        CanonicalError(code: .unreadable, offset: offset)
    }
}

/// Why bytes are not the canonical form of anything.
package struct CanonicalError: Error, Equatable, Sendable {
    /// The kinds of fault.
    package enum Code: String, Sendable, CaseIterable {
        /// The bytes are no canonical form.
        case unreadable = "LIMEN-CANON-001"
        /// The bytes are of a version that this program does not know.
        case unknownVersion = "LIMEN-CANON-002"
    }

    /// What is wrong.
    package let code: Code
    /// The byte at which it was found.
    package let offset: Int

    /// Makes an error.
    package init(code: Code, offset: Int) {
        self.code = code
        self.offset = offset
    }
}
