/// Reads media types by the grammar of RFC 9110 sections 5.6.6 and 8.3.1, and not more laxly.
struct MediaTypeReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    /// The whole text as one media type.
    mutating func readWhole() -> MediaType? {
        guard let type = readType(), position == bytes.count else { return nil }
        return type
    }

    /// The members of a list; `nil` for each that is no media type.
    mutating func readList() -> [MediaType?] {
        var members: [MediaType?] = []
        while true {
            passBlanks()
            guard position < bytes.count else { return members }
            if take(0x2C) { continue }
            let start = position
            if let type = readType(), position == bytes.count || bytes[position] == 0x2C {
                members.append(type)
            } else {
                position = start
                passMember()
                members.append(nil)
            }
        }
    }

    /// `type "/" subtype *( OWS ";" OWS [ parameter ] )`, and blanks behind it.
    private mutating func readType() -> MediaType? {
        guard let type = readToken(), take(0x2F), let subtype = readToken() else { return nil }
        var parameters: [MediaType.Parameter] = []
        passBlanks()
        while take(0x3B) {
            passBlanks()
            guard let name = readToken() else { continue }
            guard take(0x3D), let value = readValue() else { return nil }
            parameters.append(MediaType.Parameter(name: name.lowercased(), value: value))
            passBlanks()
        }
        return MediaType(
            type: type.lowercased(),
            subtype: subtype.lowercased(),
            parameters: parameters
        )
    }

    private mutating func readToken() -> String? {
        let start = position
        while position < bytes.count, HTTPGrammar.isToken(bytes[position]) { position += 1 }
        guard position > start else { return nil }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// A token or a quoted string (RFC 9110 section 5.6.4).
    private mutating func readValue() -> String? {
        guard take(0x22) else { return readToken() }
        var text: [UInt8] = []
        while position < bytes.count {
            var byte = bytes[position]
            position += 1
            if byte == 0x22 { return String(decoding: text, as: UTF8.self) }
            if byte == 0x5C {
                guard position < bytes.count else { return nil }
                byte = bytes[position]
                position += 1
            }
            guard HTTPGrammar.isValue(byte) else { return nil }
            text.append(byte)
        }
        return nil
    }

    /// Passes over a member that is no media type, up to the comma that no quotes enclose.
    private mutating func passMember() {
        var isQuoted = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte == 0x2C, !isQuoted { return }
            if byte == 0x22 { isQuoted.toggle() }
            let isPair = byte == 0x5C && isQuoted && position + 1 < bytes.count
            position += isPair ? 2 : 1
        }
    }

    private mutating func passBlanks() {
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 {
            position += 1
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }
}
