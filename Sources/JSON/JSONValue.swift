public import Basics

/// A view on one value of a `JSONDocument`.
///
/// Reading a member costs a walk over its siblings; nothing is copied until text is asked for.
public struct JSONValue: Sendable {
    /// The document it stands in.
    public let tape: JSONTape
    @usableFromInline let index: Int

    @usableFromInline
    init(tape: JSONTape, index: Int) {
        self.tape = tape
        self.index = index
    }

    /// Makes a view on a place of a tape.
    @inlinable
    public init(_ tape: JSONTape, _ place: JSONPlace) {
        self.tape = tape
        index = Int(place.index)
    }

    /// The place of the value on its tape.
    @inlinable public var place: JSONPlace { JSONPlace(index) }

    @usableFromInline var entry: TapeEntry { tape.entries[index] }

    /// Which kind of value this is.
    @inlinable public var kind: JSONKind { tape.entries[index].kind }

    /// Whether the value is the literal null.
    @inlinable public var isNull: Bool { kind == .null }

    /// The byte offset of the value in its document; of a string, of its opening quote.
    public var byteOffset: Int {
        let entry = entry
        return Int(entry.offset) - (entry.kind == .string ? 1 : 0)
    }

    /// The place of the value on the tape; equal identities mean the same place of a document.
    package var identity: Int { index }

    /// Whether both are the same place of the same document.
    package func isSamePlace(as other: JSONValue) -> Bool {
        tape === other.tape && index == other.index
    }

    /// The text of a string, or `nil` when the value is none.
    public var stringValue: String? { tape.string(place) }

    /// Whether the value is a string of just this text, compared without making a `String`.
    public func isString(_ text: String) -> Bool { tape.isString(place, text) }

    /// The boolean, or `nil` when the value is none.
    public var boolValue: Bool? {
        switch kind {
        case .true: true
        case .false: false
        case .null, .number, .string, .array, .object: nil
        }
    }

    /// The text of a number just as it was written, or `nil` when the value is none.
    public var numberText: String? {
        kind == .number ? rawText : nil
    }

    /// The number exactly, or `nil` when the value is none or has too many digits to keep.
    public var decimalValue: DecimalNumber? { tape.decimal(place) }

    /// The number as an integer, or `nil` when it is none.
    public var integerValue: Int? { decimalValue?.integerValue }

    /// The value as it stands in the document; of a string, without its quotes.
    public var rawBytes: ArraySlice<UInt8> {
        let entry = entry
        let start = Int(entry.offset)
        return tape.bytes[start..<start + Int(entry.length)]
    }

    private var rawText: String { String(decoding: rawBytes, as: UTF8.self) }

    /// The member of that name, or `nil` when the value is no object or has none.
    ///
    /// Names are compared by fingerprint first, then byte by byte.
    public subscript(name: String) -> JSONValue? {
        let wanted = name.utf8.span
        let found = tape.find(JSONName.fingerprint(wanted), from: index) { candidate, bytes in
            JSONText.equal(candidate, wanted, in: bytes)
        }
        guard let found else { return nil }
        return JSONValue(tape: tape, index: found)
    }

    /// The members of an object in their order; empty for any other value.
    public var members: Members { Members(owner: self) }

    /// The elements of an array in their order; empty for any other value.
    public var elements: Elements { Elements(owner: self) }

    /// The members of an object.
    public struct Members: Sequence, Sendable {
        let owner: JSONValue

        /// Steps through name and value.
        public struct Iterator: IteratorProtocol {
            let tape: JSONTape
            var position: Int
            let end: Int

            /// The next name and value.
            public mutating func next() -> (name: JSONValue, value: JSONValue)? {
                guard position < end else { return nil }
                let name = JSONValue(tape: tape, index: position)
                let value = JSONValue(tape: tape, index: position + 1)
                position = Int(tape.entries[position + 1].next)
                return (name, value)
            }
        }

        /// Starts at the first member.
        public func makeIterator() -> Iterator {
            let isObject = owner.kind == .object
            return Iterator(
                tape: owner.tape,
                position: owner.index + 1,
                end: isObject ? Int(owner.entry.next) : owner.index
            )
        }
    }

    /// The elements of an array.
    public struct Elements: Sequence, Sendable {
        let owner: JSONValue

        /// Steps through the elements.
        public struct Iterator: IteratorProtocol {
            let tape: JSONTape
            var position: Int
            let end: Int

            /// The next element.
            public mutating func next() -> JSONValue? {
                guard position < end else { return nil }
                let value = JSONValue(tape: tape, index: position)
                position = Int(tape.entries[position].next)
                return value
            }
        }

        /// Starts at the first element.
        public func makeIterator() -> Iterator {
            let isArray = owner.kind == .array
            return Iterator(
                tape: owner.tape,
                position: owner.index + 1,
                end: isArray ? Int(owner.entry.next) : owner.index
            )
        }
    }
}
