/// Steps over the parts of a JSON text.
///
/// Each function takes a position and returns the next one, so that the scanner can keep its
/// position in a register.
enum JSONBytes {
    /// Eight bytes as one little-endian word, or `nil` when fewer are left.
    ///
    /// The load checks its bounds; what it does not check is the type, and any bits are a number.
    @inline(__always)
    static func word(_ start: Int, in bytes: Span<UInt8>) -> UInt64? {
        guard start >= 0, start <= bytes.count &- 8 else { return nil }
        let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)
        return UInt64(littleEndian: word)
    }

    /// The position of the first byte that is not white space.
    @inline(__always)
    static func skipSpace(_ start: Int, in bytes: Span<UInt8>) -> Int {
        if start < bytes.count, bytes[start] > 0x20 { return start }
        return skipSomeSpace(start, in: bytes)
    }

    private static func skipSomeSpace(_ start: Int, in bytes: Span<UInt8>) -> Int {
        var position = start
        while position < bytes.count {
            switch bytes[position] {
            case 0x0A, 0x0D, 0x09: position += 1
            case 0x20:
                position += 1
                // Indentation: eight blanks at a time, then as many as the next word starts with.
                while let word = word(position, in: bytes) {
                    let others = word ^ 0x2020_2020_2020_2020
                    position += others.trailingZeroBitCount >> 3
                    if others != 0 { break }
                }
            default: return position
            }
        }
        return position
    }

    /// The position of the first byte that is a quote, a backslash, a control or not ASCII.
    @inline(__always)
    static func skipPlainText(_ start: Int, in bytes: Span<UInt8>) -> Int {
        var position = start
        while let word = word(position, in: bytes) {
            // A byte's top bit is set where the byte stops the run; a borrow can set further bits
            // only above the first of them, and only the first one is used.
            let quote = (word ^ 0x2222_2222_2222_2222) &- 0x0101_0101_0101_0101
            let backslash = (word ^ 0x5C5C_5C5C_5C5C_5C5C) &- 0x0101_0101_0101_0101
            let control = word &- 0x2020_2020_2020_2020
            let stops = (quote | backslash | control | word) & 0x8080_8080_8080_8080
            if stops != 0 { return position &+ stops.trailingZeroBitCount >> 3 }
            position &+= 8
        }
        while position < bytes.count {
            let byte = bytes[position]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C || byte >= 0x80 { break }
            position += 1
        }
        return position
    }

    /// Steps to the closing quote of a string that holds escapes or text beyond ASCII.
    ///
    /// - Returns: whether there is an escape.
    @inline(never)
    static func skipUnusualText(
        _ position: inout Int,
        in bytes: Span<UInt8>
    ) throws(JSONError) -> Bool {
        var isEscaped = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") { return isEscaped }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                try skipEscape(&position, in: bytes)
            } else if byte < 0x20 {
                throw JSONError(code: .controlCharacter, offset: position)
            } else if byte >= 0x80 {
                try skipMultibyte(&position, in: bytes)
            } else {
                position = skipPlainText(position, in: bytes)
            }
        }
        throw JSONError(code: .unexpectedEnd, offset: position)
    }

    static func skipEscape(
        _ position: inout Int,
        in bytes: Span<UInt8>
    ) throws(JSONError) {
        let start = position
        guard position + 1 < bytes.count else {
            throw JSONError(code: .unexpectedEnd, offset: bytes.count)
        }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            let first = try hexQuad(at: position + 2, in: bytes)
            position += 6
            if first >= 0xDC00, first <= 0xDFFF {
                throw JSONError(code: .loneSurrogate, offset: start)
            }
            guard first >= 0xD800, first <= 0xDBFF else { return }
            guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            else {
                throw JSONError(code: .loneSurrogate, offset: start)
            }
            let second = try hexQuad(at: position + 2, in: bytes)
            guard second >= 0xDC00, second <= 0xDFFF else {
                throw JSONError(code: .loneSurrogate, offset: start)
            }
            position += 6
        default:
            throw JSONError(code: .invalidEscape, offset: start)
        }
    }

    private static func hexQuad(at start: Int, in bytes: Span<UInt8>) throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for index in start..<start + 4 {
            guard index < bytes.count else {
                throw JSONError(code: .unexpectedEnd, offset: bytes.count)
            }
            guard let digit = JSONText.hexDigit(bytes[index]) else {
                throw JSONError(code: .invalidEscape, offset: start - 2)
            }
            value = value << 4 | digit
        }
        return value
    }

    /// Steps over one character of two to four bytes (Unicode 15, table 3-7).
    private static func skipMultibyte(
        _ position: inout Int,
        in bytes: Span<UInt8>
    ) throws(JSONError) {
        let count: Int
        var low: UInt8 = 0x80
        var high: UInt8 = 0xBF
        switch bytes[position] {
        case 0xC2...0xDF: count = 2
        case 0xE0: (count, low) = (3, 0xA0)
        case 0xED: (count, high) = (3, 0x9F)
        case 0xE1...0xEF: count = 3
        case 0xF0: (count, low) = (4, 0x90)
        case 0xF4: (count, high) = (4, 0x8F)
        case 0xF1...0xF3: count = 4
        default: throw JSONError(code: .invalidUTF8, offset: position)
        }
        guard position + count <= bytes.count else {
            throw JSONError(code: .invalidUTF8, offset: position)
        }
        guard bytes[position + 1] >= low, bytes[position + 1] <= high else {
            throw JSONError(code: .invalidUTF8, offset: position)
        }
        for index in position + 2..<position + count where bytes[index] & 0xC0 != 0x80 {
            throw JSONError(code: .invalidUTF8, offset: position)
        }
        position += count
    }

    /// The position behind one or more digits.
    @inline(__always)
    static func skipDigits(_ start: Int, in bytes: Span<UInt8>) throws(JSONError) -> Int {
        var position = start
        while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position += 1 }
        guard position > start else {
            throw JSONError(
                code: position < bytes.count ? .invalidNumber : .unexpectedEnd,
                offset: position
            )
        }
        return position
    }

    /// The position behind a number (RFC 8259, section 6).
    @inline(__always)
    static func skipNumber(_ start: Int, in bytes: Span<UInt8>) throws(JSONError) -> Int {
        var cursor = start
        if bytes[cursor] == UInt8(ascii: "-") { cursor &+= 1 }
        let integerStart = cursor
        cursor = try skipDigits(cursor, in: bytes)
        if bytes[integerStart] == UInt8(ascii: "0"), cursor &- integerStart > 1 {
            throw JSONError(code: .invalidNumber, offset: start)
        }
        if cursor < bytes.count, bytes[cursor] == UInt8(ascii: ".") {
            cursor = try skipDigits(cursor &+ 1, in: bytes)
        }
        if cursor < bytes.count, bytes[cursor] | 0x20 == UInt8(ascii: "e") {
            cursor &+= 1
            if cursor < bytes.count,
                bytes[cursor] == UInt8(ascii: "+") || bytes[cursor] == UInt8(ascii: "-")
            {
                cursor &+= 1
            }
            cursor = try skipDigits(cursor, in: bytes)
        }
        return cursor
    }

    /// The position behind `true`, `false` or `null`.
    static func skipWord(
        _ kind: JSONKind,
        _ start: Int,
        in bytes: Span<UInt8>
    ) throws(JSONError) -> Int {
        // The bytes of the word, the first one lowest.
        let word: UInt64 =
            switch kind {
            case .true: 0x6575_7274
            case .false: 0x65_736C_6166
            case .null: 0x6C6C_756E
            case .number, .string, .array, .object:
                preconditionFailure("these are no words")
            }
        let end = start &+ (kind == .false ? 5 : 4)
        for position in start..<end {
            guard position < bytes.count else {
                throw JSONError(code: .unexpectedEnd, offset: position)
            }
            let wanted = UInt8(truncatingIfNeeded: word &>> UInt64(8 &* (position &- start)))
            guard bytes[position] == wanted else {
                throw JSONError(code: .unexpectedByte, offset: position)
            }
        }
        return end
    }
}
