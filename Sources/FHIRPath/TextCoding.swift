/// `encode`, `decode`, `escape` and `unescape` (FHIRPath 2.0, section 5.6, STU functions).
enum TextCoding {
    /// Applies a function with its format; `nil` for an unknown format or text that is not in it.
    static func apply(_ function: FunctionName, _ format: String, to text: String) -> String? {
        let bytes = Array(text.utf8)
        if function == .encode {
            if format == "hex" { return hex(bytes) }
            if format == "base64" { return base64(bytes, alphabet: standard) }
            return format == "urlbase64" ? base64(bytes, alphabet: urlSafe) : nil
        }
        if function == .decode {
            if format == "hex" { return fromHex(bytes).flatMap(utf8) }
            if format == "base64" { return fromBase64(bytes, alphabet: standard).flatMap(utf8) }
            guard format == "urlbase64" else { return nil }
            return fromBase64(bytes, alphabet: urlSafe).flatMap(utf8)
        }
        if function == .escape {
            if format == "html" { return escapedHTML(text) }
            return format == "json" ? escapedJSON(text) : nil
        }
        if format == "html" { return unescapedHTML(text) }
        return format == "json" ? unescapedJSON(text) : nil
    }

    private static let standard = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )
    private static let urlSafe = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8
    )
    private static let hexDigits = Array("0123456789abcdef".utf8)

    private static func utf8(_ bytes: [UInt8]) -> String? {
        String(validating: bytes, as: UTF8.self)
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for byte in bytes { text += [hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }

    private static func fromHex(_ digits: [UInt8]) -> [UInt8]? {
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            let pair = digits[index...index + 1].map { $0 | 0x20 }
            guard let high = hexDigits.firstIndex(of: pair[0]),
                let low = hexDigits.firstIndex(of: pair[1])
            else {
                return nil
            }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }

    private static func base64(_ bytes: [UInt8], alphabet: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for byte in group { bits = bits << 8 | UInt32(byte) }
            bits <<= UInt32(8 * (3 - group.count))
            for position in 0..<4 {
                if position <= group.count {
                    text.append(alphabet[Int(bits >> UInt32(18 - 6 * position) & 63)])
                } else {
                    text.append(UInt8(ascii: "="))
                }
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func fromBase64(_ text: [UInt8], alphabet: [UInt8]) -> [UInt8]? {
        let digits = text.prefix { $0 != UInt8(ascii: "=") }
        let padding = text.dropFirst(digits.count)
        guard padding.count <= 2, padding.allSatisfy({ $0 == UInt8(ascii: "=") }) else {
            return nil
        }
        guard digits.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var bitCount: UInt32 = 0
        for digit in digits {
            guard let value = alphabet.firstIndex(of: digit) else { return nil }
            bits = (bits << 6 | UInt32(value)) & 0xFF_FFFF
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(bits >> bitCount & 0xFF))
            }
        }
        return bytes
    }

    private static let entities = [
        ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#39;"),
    ]

    private static func escapedHTML(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            let plain = String(Character(scalar))
            result += entities.first { $0.0 == plain }?.1 ?? plain
        }
        return result
    }

    private static func unescapedHTML(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let ampersand = rest.firstIndex(of: "&") {
            result += rest[..<ampersand]
            rest = rest[ampersand...]
            if let entity = entities.first(where: { rest.hasPrefix($0.1) }) {
                result += entity.0
                rest = rest.dropFirst(entity.1.count)
            } else {
                result += "&"
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    private static func escapedJSON(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{8}": result += "\\b"
            case "\u{c}": result += "\\f"
            default:
                if scalar.value < 0x20 {
                    let digits = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }

    /// A JSON string without its quotes; text that is none gives `nil`.
    private static func unescapedJSON(_ text: String) -> String? {
        var quoted = Array("\"".utf8)
        var isEscaped = false
        for byte in text.utf8 {
            // A quote that is not escaped is taken as it stands.
            if byte == UInt8(ascii: "\""), !isEscaped { quoted.append(UInt8(ascii: "\\")) }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
            quoted.append(byte)
        }
        quoted.append(UInt8(ascii: "\""))
        return jsonString(quoted)
    }
}
