public import Basics

/// A scanned text: its bytes and the flat list of its values.
///
/// A `JSONValue` holds its tape, so that every copy of it counts a reference. Who looks at many
/// values of one document holds the tape once and names them by `JSONPlace`, which counts nothing.
public final class JSONTape: Sendable {
    @usableFromInline let bytes: [UInt8]
    @usableFromInline let entries: [TapeEntry]

    init(bytes: [UInt8], entries: [TapeEntry]) {
        self.bytes = bytes
        self.entries = entries
    }

    /// The kind of a value.
    @inlinable
    public func kind(_ place: JSONPlace) -> JSONKind { entries[Int(place.index)].kind }

    /// The bytes of the text, for telling the line of an offset.
    package var text: [UInt8] { bytes }

    // MARK: Members and elements

    /// The member of that name, or `nil` when the value is no object or has none.
    ///
    /// Names are compared by fingerprint first, then byte by byte.
    public func member(_ name: JSONName, of place: JSONPlace) -> JSONPlace? {
        find(name.fingerprint, from: Int(place.index)) { candidate, bytes in
            name.isText(of: candidate, in: bytes)
        }.map { JSONPlace($0) }
    }

    /// The same, where a member that is null counts as none; FHIR knows no null in objects.
    @inlinable
    public func present(_ name: JSONName, of place: JSONPlace) -> JSONPlace? {
        guard let found = member(name, of: place), kind(found) != .null else { return nil }
        return found
    }

    /// The members of an object whose names are in a table, found in one walk; nulls left out.
    public func members(of place: JSONPlace, in names: JSONNameTable) -> JSONMembers {
        var found = JSONMembers()
        let entry = entries[Int(place.index)]
        guard entry.kind == .object else { return found }
        var position = Int(place.index) + 1
        let end = Int(entry.next)
        let bytes = bytes
        while position < end {
            let name = entries[position]
            let value = entries[position + 1]
            if value.kind != .null, let slot = names.slot(of: name, in: bytes.span) {
                found.indices[slot] = UInt32(truncatingIfNeeded: position + 1)
            }
            position = Int(value.next)
        }
        return found
    }

    /// The first member that is not null and whose name goes on after a stem, and how many do.
    ///
    /// This is how FHIR writes choice elements, such as `valueQuantity` (R4, section 2.6.2.3).
    public func members(
        of place: JSONPlace,
        withStem stem: JSONName
    ) -> (name: JSONPlace, value: JSONPlace, count: Int)? {
        let entry = entries[Int(place.index)]
        guard entry.kind == .object else { return nil }
        var position = Int(place.index) + 1
        var first = 0
        var count = 0
        let end = Int(entry.next)
        let bytes = bytes
        while position < end {
            let name = entries[position]
            let value = entries[position + 1]
            if value.kind != .null, stem.isStem(of: name, in: bytes.span) {
                if count == 0 { first = position }
                count += 1
            }
            position = Int(value.next)
        }
        return count == 0 ? nil : (JSONPlace(first), JSONPlace(first + 1), count)
    }

    /// The first element of an array, or `nil`.
    @inlinable
    public func firstElement(of place: JSONPlace) -> JSONPlace? {
        let entry = entries[Int(place.index)]
        guard entry.kind == .array, entry.next > place.index + 1 else { return nil }
        return JSONPlace(Int(place.index) + 1)
    }

    /// The element of an array that follows another one, or `nil`.
    @inlinable
    public func element(after element: JSONPlace, of place: JSONPlace) -> JSONPlace? {
        let next = entries[Int(element.index)].next
        return next < entries[Int(place.index)].next ? JSONPlace(Int(next)) : nil
    }

    /// The tape index of the value of a member, or `nil`.
    @inline(__always)
    func find(
        _ fingerprint: UInt32,
        from index: Int,
        where isWanted: (TapeEntry, Span<UInt8>) -> Bool
    ) -> Int? {
        let entry = entries[index]
        guard entry.kind == .object else { return nil }
        var position = index + 1
        let end = Int(entry.next)
        let bytes = bytes
        while position < end {
            let print = entries[position].next
            if print == fingerprint || print == JSONName.escapedFingerprint,
                isWanted(entries[position], bytes.span)
            {
                return position + 1
            }
            position = Int(entries[position + 1].next)
        }
        return nil
    }

    // MARK: Leaves

    /// Whether the value is a string of just these bytes, its escapes resolved.
    public func isString(_ place: JSONPlace, _ text: [UInt8]) -> Bool {
        let entry = entries[Int(place.index)]
        guard entry.kind == .string else { return false }
        let bytes = bytes
        return JSONText.equal(entry, text.span, in: bytes.span)
    }

    /// Whether the value is a string of just the bytes in a range, its escapes resolved.
    public func isString(_ place: JSONPlace, _ text: [UInt8], in range: Range<Int>) -> Bool {
        let entry = entries[Int(place.index)]
        guard entry.kind == .string else { return false }
        let bytes = bytes
        return JSONText.equal(entry, text.span.extracting(range), in: bytes.span)
    }

    /// Whether the value is a string of just this text, its escapes resolved.
    public func isString(_ place: JSONPlace, _ text: String) -> Bool {
        let entry = entries[Int(place.index)]
        guard entry.kind == .string else { return false }
        let bytes = bytes
        return JSONText.equal(entry, text.utf8.span, in: bytes.span)
    }

    /// Whether the value is a string of at least one byte.
    @inlinable
    public func isNonEmptyString(_ place: JSONPlace) -> Bool {
        let entry = entries[Int(place.index)]
        return entry.kind == .string && entry.length > 0
    }

    /// Lends the bytes of a string, its escapes resolved; `nil` when the value is none.
    ///
    /// Nothing is copied unless the string holds an escape.
    @inlinable
    public func withText<Result>(
        _ place: JSONPlace,
        _ body: (Span<UInt8>) -> Result
    ) -> Result? {
        let entry = entries[Int(place.index)]
        guard entry.kind == .string else { return nil }
        guard !entry.isEscaped else {
            let decoded = decodedBytes(place)
            return body(decoded.span)
        }
        let bytes = bytes
        let start = Int(entry.offset)
        return body(bytes.span.extracting(start..<start + Int(entry.length)))
    }

    /// The bytes of a string with its escapes resolved; empty when the value is none.
    public func decodedBytes(_ place: JSONPlace) -> [UInt8] {
        let entry = entries[Int(place.index)]
        guard entry.kind == .string else { return [] }
        let bytes = bytes
        return JSONText.decodedBytes(entry, in: bytes.span)
    }

    /// The text of a string, or `nil` when the value is none.
    public func string(_ place: JSONPlace) -> String? {
        let entry = entries[Int(place.index)]
        guard entry.kind == .string else { return nil }
        let bytes = bytes
        if entry.isEscaped { return JSONText.decode(entry, in: bytes.span) }
        let start = Int(entry.offset)
        return String(decoding: bytes[start..<start + Int(entry.length)], as: UTF8.self)
    }

    /// The number exactly, or `nil` when the value is none or has too many digits to keep.
    public func decimal(_ place: JSONPlace) -> DecimalNumber? {
        let entry = entries[Int(place.index)]
        guard entry.kind == .number else { return nil }
        let bytes = bytes
        let start = Int(entry.offset)
        return DecimalNumber(utf8: bytes.span.extracting(start..<start + Int(entry.length)))
    }

    /// A hash of the text of a string that goes on from another one; see `JSONName.hash`.
    public func hash(_ place: JSONPlace, seed: UInt64) -> UInt64 {
        withText(place) { text in JSONName.hash(text, seed: seed) } ?? seed
    }
}

/// The place of a value on its tape.
///
/// It says nothing without the tape, and is not to be used with another one.
public struct JSONPlace: Sendable, Hashable {
    @usableFromInline let index: UInt32

    @inlinable
    init(_ index: Int) { self.index = UInt32(truncatingIfNeeded: index) }
}

/// One value on the tape: where its text lies and where the next value begins.
@usableFromInline
struct TapeEntry: Sendable, Equatable {
    /// The first byte of the value; of a string, the byte behind the opening quote.
    @usableFromInline var offset: UInt32
    /// How many bytes of text; of a string, without the quotes.
    @usableFromInline var length: UInt32
    /// The index of the entry behind this value and all it holds.
    ///
    /// Behind a member name comes its value, always; there the field holds the fingerprint of
    /// the name, see `JSONName`.
    @usableFromInline var next: UInt32
    @usableFromInline var kind: JSONKind
    /// Whether a string holds an escape, so that its text must be decoded.
    @usableFromInline var isEscaped: Bool
}
