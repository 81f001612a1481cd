package import Basics

/// Writes values so that no two lists of values give the same bytes.
///
///     text "ab"      00 00 00 02 61 62      length, then the bytes
///     none           00                     before a value that is there stands 01
///     number 7       00 00 00 07            fixed width, most significant byte first
///     list           00 00 00 02 ...        count, then the elements
package struct CanonicalWriter: Sendable {
    /// What was written.
    package private(set) var bytes: [UInt8] = []

    /// Starts with no bytes and room for so many.
    package init(reservingBytes capacity: Int = 1_024) {
        bytes.reserveCapacity(capacity)
    }

    /// Writes one byte.
    package mutating func byte(_ value: UInt8) {
        bytes.append(value)
    }

    /// Writes a number of fixed width.
    package mutating func number(_ value: some FixedWidthInteger) {
        var shift = value.bitWidth
        while shift > 0 {
            shift -= 8
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// Writes a text with its length.
    package mutating func text(_ value: String) {
        let utf8 = value.utf8
        number(UInt32(utf8.count))
        bytes.append(contentsOf: utf8)
    }

    /// Writes bytes with their length.
    package mutating func data(_ value: [UInt8]) {
        number(UInt32(value.count))
        bytes.append(contentsOf: value)
    }

    /// Writes bytes whose length the format fixes.
    package mutating func fixed(_ value: [UInt8]) {
        bytes.append(contentsOf: value)
    }

    /// Writes a UUID.
    package mutating func uuid(_ value: UUIDBytes) {
        number(value.high)
        number(value.low)
    }

    /// Writes a moment in microseconds.
    package mutating func instant(_ value: Instant) {
        number(value.microseconds)
    }

    /// Writes a list of texts.
    package mutating func texts(_ values: [String]) {
        number(UInt32(values.count))
        for value in values { text(value) }
    }

    /// Writes a text or its absence.
    package mutating func text(ifPresent value: String?) {
        guard let value else { return byte(0) }
        byte(1)
        text(value)
    }

    /// Writes bytes or their absence.
    package mutating func data(ifPresent value: [UInt8]?) {
        guard let value else { return byte(0) }
        byte(1)
        data(value)
    }

    /// Writes a UUID or its absence.
    package mutating func uuid(ifPresent value: UUIDBytes?) {
        guard let value else { return byte(0) }
        byte(1)
        uuid(value)
    }

    /// Writes a moment or its absence.
    package mutating func instant(ifPresent value: Instant?) {
        guard let value else { return byte(0) }
        byte(1)
        instant(value)
    }

    /// Writes a number or its absence.
    package mutating func number(ifPresent value: (some FixedWidthInteger)?) {
        guard let value else { return byte(0) }
        byte(1)
        number(value)
    }
}
