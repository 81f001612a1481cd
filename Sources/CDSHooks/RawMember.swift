package import JSON

/// A member of an object whose value is passed on as it stands in a checked document.
package struct RawMember: Sendable {
    /// The name.
    package let name: String
    /// The value as JSON text.
    package let value: [UInt8]

    /// Makes a member.
    package init(name: String, value: [UInt8]) {
        self.name = name
        self.value = value
    }

    /// Makes a member from a value of a document.
    package init(name: String, _ value: JSONValue) {
        var writer = JSONWriter()
        writer.value(value)
        self.init(name: name, value: Self.compact(writer.bytes))
    }

    /// The same JSON without the blanks between its tokens: they would go out with every answer.
    private static func compact(_ json: [UInt8]) -> [UInt8] {
        var compact: [UInt8] = []
        compact.reserveCapacity(json.count)
        var isInString = false
        var isEscaped = false
        for byte in json {
            if isInString {
                compact.append(byte)
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            isInString = byte == UInt8(ascii: "\"")
            if byte > 0x20 { compact.append(byte) }
        }
        return compact
    }
}

extension JSONWriter {
    /// Writes members that are passed on as they stand.
    mutating func members(_ members: [RawMember]) {
        for member in members {
            name(member.name)
            rawValue(member.value)
        }
    }
}
