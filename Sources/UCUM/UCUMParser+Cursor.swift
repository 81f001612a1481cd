import Basics

extension UCUMParser {
    /// A place in the text of a unit expression.
    struct Cursor {
        let bytes: [UInt8]
        private(set) var position = 0

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        /// The byte at the place, or `nil` at the end.
        var current: UInt8? { position < bytes.count ? bytes[position] : nil }

        private var next: UInt8? { position + 1 < bytes.count ? bytes[position + 1] : nil }

        /// Steps over a byte if it stands here.
        mutating func take(_ byte: UInt8) -> Bool {
            guard current == byte else { return false }
            position += 1
            return true
        }

        /// Takes an annotation with its braces: printable ASCII without braces (section 6).
        mutating func annotation() throws(UCUMError) -> String? {
            guard current == UInt8(ascii: "{") else { return nil }
            let start = position
            position += 1
            while let byte = current, byte != UInt8(ascii: "}") {
                guard byte >= 0x21, byte <= 0x7E, byte != UInt8(ascii: "{") else {
                    throw UCUMError(code: .syntax, offset: position)
                }
                position += 1
            }
            guard take(UInt8(ascii: "}")), position - start > 2 else {
                throw UCUMError(code: .syntax, offset: start)
            }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }

        /// Takes an integer factor; `nil` for the unit `10*` or anything but digits.
        mutating func factor() -> String? {
            let start = position
            while let byte = current, Self.isDigit(byte) { position += 1 }
            let isPowerOfTen =
                bytes[start..<position].elementsEqual("10".utf8)
                && (current == UInt8(ascii: "*") || current == UInt8(ascii: "^"))
            if isPowerOfTen { position = start }
            guard position > start else { return nil }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }

        /// Takes the letters and signs of a unit, up to an operator, exponent or annotation.
        mutating func symbol() -> String {
            let start = position
            if current == UInt8(ascii: "1"), next == UInt8(ascii: "0") {
                position += 3
                return String(decoding: bytes[start..<position], as: UTF8.self)
            }
            var isBracketed = false
            while let byte = current {
                if !isBracketed, !Self.isSymbol(byte) { break }
                // Digits and signs belong to the unit between square brackets: [m/s2/Hz^(1/2)].
                guard byte >= 0x21, byte <= 0x7E else { break }
                if byte == UInt8(ascii: "[") { isBracketed = true }
                position += 1
                if byte == UInt8(ascii: "]") { isBracketed = false }
            }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }

        /// Takes an exponent with or without sign.
        mutating func exponent() throws(UCUMError) -> Int? {
            let start = position
            let isNegative = current == UInt8(ascii: "-")
            if isNegative || current == UInt8(ascii: "+") { position += 1 }
            let digitStart = position
            var value = 0
            while let byte = current, Self.isDigit(byte) {
                value = value * 10 + Int(byte - UInt8(ascii: "0"))
                guard value <= Limits.ucumExponentMax else {
                    throw UCUMError(code: .outOfRange, offset: start)
                }
                position += 1
            }
            if position == start { return nil }
            guard position > digitStart else { throw UCUMError(code: .syntax, offset: start) }
            return isNegative ? -value : value
        }

        private static func isDigit(_ byte: UInt8) -> Bool {
            byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
        }

        private static func isSymbol(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "%"), UInt8(ascii: "'"),
                UInt8(ascii: "_"):
                true
            default:
                false
            }
        }
    }
}
