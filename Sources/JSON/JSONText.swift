/// Decoding and comparing the text of strings that the scanner has found sound.
enum JSONText {
    /// The string with its escapes resolved.
    static func decode(_ entry: TapeEntry, in bytes: Span<UInt8>) -> String {
        String(decoding: decodedBytes(entry, in: bytes), as: UTF8.self)
    }

    /// The UTF-8 bytes of the string with its escapes resolved.
    static func decodedBytes(_ entry: TapeEntry, in bytes: Span<UInt8>) -> [UInt8] {
        var position = Int(entry.offset)
        let end = position + Int(entry.length)
        var text: [UInt8] = []
        text.reserveCapacity(end - position)
        while position < end {
            let byte = bytes[position]
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                position += 1
                continue
            }
            let kind = bytes[position + 1]
            position += 2
            guard kind == UInt8(ascii: "u") else {
                text.append(plainEscape(kind))
                continue
            }
            var value = quad(at: position, in: bytes)
            position += 4
            if value >= 0xD800, value <= 0xDBFF {
                let low = quad(at: position + 2, in: bytes)
                position += 6
                value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(value), let encoded = UTF8.encode(scalar) else {
                preconditionFailure("the scanner lets no lone surrogate pass")
            }
            text.append(contentsOf: encoded)
        }
        return text
    }

    /// Compares two strings without escapes by length, then by bytes: negative, zero or positive.
    static func order(_ left: TapeEntry, _ right: TapeEntry, in bytes: Span<UInt8>) -> Int {
        guard left.length == right.length else { return left.length < right.length ? -1 : 1 }
        let first = Int(left.offset)
        let second = Int(right.offset)
        for index in 0..<Int(left.length) {
            let one = bytes[first + index]
            let other = bytes[second + index]
            if one != other { return one < other ? -1 : 1 }
        }
        return 0
    }

    /// Whether a string is just this text, byte by byte.
    ///
    /// JSON names are compared code point by code point (RFC 8259, section 8.3), so that é and
    /// e with a combining accent differ, which Swift's `==` on strings would call equal.
    static func equal(_ entry: TapeEntry, _ text: Span<UInt8>, in bytes: Span<UInt8>) -> Bool {
        if entry.isEscaped {
            let decoded = decodedBytes(entry, in: bytes)
            guard decoded.count == text.count else { return false }
            for index in 0..<decoded.count where decoded[index] != text[index] { return false }
            return true
        }
        guard Int(entry.length) == text.count else { return false }
        let start = Int(entry.offset)
        guard start + text.count <= bytes.count else { return false }
        return isEqual(start, in: bytes, to: text)
    }

    /// Compares eight bytes at a time, of which the last eight may overlap the ones before.
    @inline(__always)
    private static func isEqual(
        _ start: Int,
        in bytes: Span<UInt8>,
        to text: Span<UInt8>
    ) -> Bool {
        let count = text.count
        var index = 0
        if count >= 8 {
            while index < count {
                let place = min(index, count &- 8)
                guard JSONBytes.word(start &+ place, in: bytes) == JSONBytes.word(place, in: text)
                else { return false }
                index &+= 8
            }
            return true
        }
        while index < count {
            if bytes[start &+ index] != text[index] { return false }
            index &+= 1
        }
        return true
    }

    /// The value of a hexadecimal digit.
    static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }

    private static func quad(at start: Int, in bytes: Span<UInt8>) -> UInt32 {
        var value: UInt32 = 0
        for index in start..<start + 4 { value = value << 4 | (hexDigit(bytes[index]) ?? 0) }
        return value
    }

    private static func plainEscape(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: byte
        }
    }
}
