/// Header fields in their order; names compare without regard to case.
///
/// Names and values lie in one array of bytes, and each field is four offsets into it: a parsed
/// head is taken over as it came, and texts are made only for the fields somebody asks for.
package struct HTTPFields: Sendable, ExpressibleByDictionaryLiteral {
    private var bytes: [UInt8] = []
    private var index: [Place] = []

    /// Where a field lies in `bytes`.
    package struct Place: Sendable {
        /// The first byte of the name.
        package var nameStart: UInt32
        /// Behind the last byte of the name.
        package var nameEnd: UInt32
        /// The first byte of the value.
        package var valueStart: UInt32
        /// Behind the last byte of the value.
        package var valueEnd: UInt32

        /// Makes a place.
        package init(name: Range<Int>, value: Range<Int>) {
            nameStart = UInt32(name.lowerBound)
            nameEnd = UInt32(name.upperBound)
            valueStart = UInt32(value.lowerBound)
            valueEnd = UInt32(value.upperBound)
        }

        /// The bytes of the name.
        var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
        /// The bytes of the value.
        var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
    }

    /// Makes no fields.
    package init() {}

    /// Makes fields from a literal.
    package init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { append(name, value) }
    }

    /// Takes over the bytes of a parsed head and the places of its fields.
    init(bytes: [UInt8], index: [Place]) {
        self.bytes = bytes
        self.index = index
    }

    /// Names and values in order; makes texts of all of them.
    package var entries: [(name: String, value: String)] {
        index.map { (name: text($0.name), value: text($0.value)) }
    }

    /// How many fields there are.
    package var count: Int { index.count }

    /// The value of the first field of that name; bytes that are no UTF-8 come as U+FFFD.
    package subscript(name: String) -> String? {
        for place in index where isSame(place.name, name) { return text(place.value) }
        return nil
    }

    /// The values of all fields of that name in order.
    package func values(_ name: String) -> [String] {
        index.filter { isSame($0.name, name) }.map { text($0.value) }
    }

    /// The members of all fields of that name as one list of tokens, without empty ones (RFC 9110
    /// sections 5.3 and 5.6.1.2).
    package func members(_ name: String) -> [String] {
        var members: [String] = []
        for place in index where isSame(place.name, name) {
            for member in bytes[place.value].split(separator: 0x2C) {
                guard let first = member.firstIndex(where: { $0 != 0x20 && $0 != 0x09 }),
                    let last = member.lastIndex(where: { $0 != 0x20 && $0 != 0x09 })
                else { continue }
                members.append(text(first..<last + 1))
            }
        }
        return members
    }

    /// Whether more than one field of that name is there; makes no text.
    package func repeats(_ name: String) -> Bool {
        var isThere = false
        for place in index where isSame(place.name, name) {
            if isThere { return true }
            isThere = true
        }
        return false
    }

    /// Whether a field of that name is there; makes no text.
    package func contains(_ name: String) -> Bool {
        index.contains { isSame($0.name, name) }
    }

    /// Whether the first field of that name has this value without regard to case; makes no text.
    package func has(_ name: String, equalTo value: StaticString) -> Bool {
        let wanted = value.description
        for place in index where isSame(place.name, name) { return isSame(place.value, wanted) }
        return false
    }

    /// Adds a field.
    ///
    /// Line ends and NUL in a value become blanks (RFC 9110 section 5.5): a value can never begin
    /// a field or a message of its own.
    package mutating func append(_ name: String, _ value: String) {
        precondition(name.utf8.allSatisfy(HTTPGrammar.isToken), "a field name is a token")
        precondition(!name.isEmpty, "a field has a name")
        let start = bytes.count
        bytes.append(contentsOf: name.utf8)
        let middle = bytes.count
        for byte in value.utf8 {
            bytes.append(byte == 0x0D || byte == 0x0A || byte == 0 ? 0x20 : byte)
        }
        index.append(Place(name: start..<middle, value: middle..<bytes.count))
    }

    /// Puts a field in the place of all others of that name.
    package mutating func set(_ name: String, _ value: String) {
        remove(name)
        append(name, value)
    }

    /// Removes all fields of that name.
    package mutating func remove(_ name: String) {
        index = index.filter { !isSame($0.name, name) }
    }

    /// Writes the fields as lines, leaving out those that only the server may write.
    func write(to output: inout [UInt8]) {
        for place in index {
            if isReserved(place.name) { continue }
            output.append(contentsOf: bytes[place.name])
            output.append(0x3A)
            output.append(0x20)
            output.append(contentsOf: bytes[place.value])
            output.append(0x0D)
            output.append(0x0A)
        }
    }

    /// Whether the field frames the message, which is the serializer's business alone.
    private func isReserved(_ name: Range<Int>) -> Bool {
        switch name.count {
        case 4: isSame(name, "date")
        case 10: isSame(name, "connection") || isSame(name, "keep-alive")
        case 14: isSame(name, "content-length")
        case 17: isSame(name, "transfer-encoding")
        default: false
        }
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    private func isSame(_ range: Range<Int>, _ name: String) -> Bool {
        let wanted = name.utf8
        guard range.count == wanted.count else { return false }
        var position = range.lowerBound
        for byte in wanted {
            guard HTTPGrammar.lower(bytes[position]) == HTTPGrammar.lower(byte) else {
                return false
            }
            position += 1
        }
        return true
    }
}
