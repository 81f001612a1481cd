import Basics
import FHIR

/// Cuts the text of an expression into tokens (FHIRPath 2.0, appendix B, grammar).
struct Lexer {
    private let bytes: [UInt8]
    private var position = 0

    struct Token {
        let kind: Kind
        let offset: Int
        /// The byte behind the token.
        let end: Int
    }

    enum Kind: Equatable {
        case identifier(String)
        case delimitedIdentifier(String)
        case string(String)
        case integer(Int)
        case decimal(DecimalNumber)
        case date(FHIRDateTime)
        case dateTime(FHIRDateTime)
        case time(FHIRTime)
        /// `$this`, `$index`, `$total`, without the sign.
        case special(String)
        case symbol(String)
        case end
    }

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// Reads all tokens; the last one is `.end`.
    mutating func tokens() throws(FHIRPathError) -> [Token] {
        var tokens: [Token] = []
        while true {
            try skipSpace()
            let offset = position
            let kind = try next()
            tokens.append(Token(kind: kind, offset: offset, end: position))
            if kind == .end { return tokens }
        }
    }

    private func byte(_ ahead: Int = 0) -> UInt8? {
        position + ahead < bytes.count ? bytes[position + ahead] : nil
    }

    private func fault(_ offset: Int? = nil) -> FHIRPathError {
        FHIRPathError(code: .syntax, offset: offset ?? position)
    }

    private mutating func skipSpace() throws(FHIRPathError) {
        while let current = byte() {
            if current == 0x20 || current == 0x09 || current == 0x0A || current == 0x0D {
                position += 1
            } else if current == UInt8(ascii: "/"), byte(1) == UInt8(ascii: "/") {
                while let inside = byte(), inside != 0x0A, inside != 0x0D { position += 1 }
            } else if current == UInt8(ascii: "/"), byte(1) == UInt8(ascii: "*") {
                try skipComment()
            } else {
                return
            }
        }
    }

    private mutating func skipComment() throws(FHIRPathError) {
        let start = position
        position += 2
        while let inside = byte() {
            if inside == UInt8(ascii: "*"), byte(1) == UInt8(ascii: "/") {
                position += 2
                return
            }
            position += 1
        }
        throw fault(start)
    }

    private mutating func next() throws(FHIRPathError) -> Kind {
        guard let current = byte() else { return .end }
        if isLetter(current) { return .identifier(word()) }
        if isDigit(current) { return try number() }
        switch current {
        case UInt8(ascii: "'"): return .string(try quoted(current))
        case UInt8(ascii: "`"): return .delimitedIdentifier(try quoted(current))
        case UInt8(ascii: "@"): return try moment()
        case UInt8(ascii: "$"):
            let start = position
            position += 1
            let name = word()
            guard name == "this" || name == "index" || name == "total" else { throw fault(start) }
            return .special(name)
        default: return .symbol(try symbol(current))
        }
    }

    private mutating func symbol(_ current: UInt8) throws(FHIRPathError) -> String {
        let pair = String(decoding: bytes[position..<min(position + 2, bytes.count)], as: UTF8.self)
        if ["<=", ">=", "!=", "!~"].contains(pair) {
            position += 2
            return pair
        }
        guard "()[]{}.,+-*/&|<>=~%".utf8.contains(current) else { throw fault() }
        position += 1
        return String(decoding: [current], as: UTF8.self)
    }

    private mutating func word() -> String {
        let start = position
        while let current = byte(), isLetter(current) || isDigit(current) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    // MARK: Numbers

    private mutating func number() throws(FHIRPathError) -> Kind {
        let start = position
        while let current = byte(), isDigit(current) { position += 1 }
        if byte() == UInt8(ascii: "."), let ahead = byte(1), isDigit(ahead) {
            position += 1
            while let current = byte(), isDigit(current) { position += 1 }
            guard let number = DecimalNumber(utf8: bytes[start..<position]) else {
                throw fault(start)
            }
            return .decimal(number)
        }
        let digits = String(decoding: bytes[start..<position], as: UTF8.self)
        // A Long literal of FHIRPath 3.0 is an integer here, which has 64 bits anyway.
        if byte() == UInt8(ascii: "L") { position += 1 }
        guard let number = Int(digits) else { throw fault(start) }
        return .integer(number)
    }

    // MARK: Dates and times

    /// Reads `@2015-02-04T14:34:28.123+10:00`, any shorter form of it, or `@T14:34`.
    private mutating func moment() throws(FHIRPathError) -> Kind {
        let start = position
        position += 1
        if byte() == UInt8(ascii: "T") {
            position += 1
            let textStart = position
            takeTime()
            guard let time = FHIRTime(utf8: bytes[textStart..<position]) else {
                throw fault(start)
            }
            return .time(time)
        }
        let textStart = position
        takeDigits()
        for _ in 0..<2 where byte() == UInt8(ascii: "-") && byte(1).map(isDigit) == true {
            position += 1
            takeDigits()
        }
        let dateEnd = position
        guard byte() == UInt8(ascii: "T") else {
            guard let date = FHIRDateTime(utf8: bytes[textStart..<dateEnd]) else {
                throw fault(start)
            }
            return .date(date)
        }
        position += 1
        guard byte().map(isDigit) == true else {
            guard let date = FHIRDateTime(utf8: bytes[textStart..<dateEnd]) else {
                throw fault(start)
            }
            return .dateTime(date)
        }
        takeTime()
        takeZone()
        guard let value = FHIRDateTime(utf8: bytes[textStart..<position]) else {
            throw fault(start)
        }
        return .dateTime(value)
    }

    private mutating func takeDigits() {
        while let current = byte(), isDigit(current) { position += 1 }
    }

    private mutating func takeTime() {
        takeDigits()
        for _ in 0..<2 where byte() == UInt8(ascii: ":") {
            position += 1
            takeDigits()
        }
        if byte() == UInt8(ascii: "."), byte(1).map(isDigit) == true {
            position += 1
            takeDigits()
        }
    }

    private mutating func takeZone() {
        if byte() == UInt8(ascii: "Z") {
            position += 1
        } else if byte() == UInt8(ascii: "+") || byte() == UInt8(ascii: "-") {
            // Only `+hh:mm` is a zone; anything else is arithmetic.
            guard byte(1).map(isDigit) == true, byte(2).map(isDigit) == true,
                byte(3) == UInt8(ascii: ":")
            else {
                return
            }
            position += 4
            takeDigits()
        }
    }

    // MARK: Strings

    private mutating func quoted(_ quote: UInt8) throws(FHIRPathError) -> String {
        let start = position
        position += 1
        var text: [UInt8] = []
        while let current = byte() {
            position += 1
            if current == quote { return String(decoding: text, as: UTF8.self) }
            if current == UInt8(ascii: "\\") {
                try unescape(into: &text)
            } else {
                text.append(current)
            }
        }
        throw fault(start)
    }

    private mutating func unescape(into text: inout [UInt8]) throws(FHIRPathError) {
        guard let kind = byte() else { throw fault() }
        position += 1
        switch kind {
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"), UInt8(ascii: "\\"),
            UInt8(ascii: "/"):
            text.append(kind)
        case UInt8(ascii: "u"): try appendScalar(to: &text)
        default: throw fault(position - 2)
        }
    }

    private mutating func appendScalar(to text: inout [UInt8]) throws(FHIRPathError) {
        let start = position - 2
        var value = try quad(start)
        if value >= 0xD800, value <= 0xDBFF, byte() == UInt8(ascii: "\\"),
            byte(1) == UInt8(ascii: "u")
        {
            position += 2
            let low = try quad(start)
            guard low >= 0xDC00, low <= 0xDFFF else { throw fault(start) }
            value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw fault(start) }
        text.append(contentsOf: Array(String(Character(scalar)).utf8))
    }

    private mutating func quad(_ start: Int) throws(FHIRPathError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw fault(start) }
        let digits = String(decoding: bytes[position..<position + 4], as: UTF8.self)
        guard digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
            let value = UInt32(digits, radix: 16)
        else {
            throw fault(start)
        }
        position += 4
        return value
    }
}

/// Whether a byte may begin an identifier.
private func isLetter(_ byte: UInt8) -> Bool {
    (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z"))
        || (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")) || byte == UInt8(ascii: "_")
}

private func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
}
