/// A member name, prepared for being looked up again and again.
///
/// The scanner writes a fingerprint of each name on the tape, so that a look-up passes over other
/// names without reading their text. It is only a hint: where it agrees, the bytes are compared.
/// The bytes lie in the value itself, so that handing it on counts no reference.
public struct JSONName: Sendable {
    let fingerprint: UInt32
    let length: Int
    /// The bytes, eight a word, zeros behind the end.
    private var words: InlineArray<4, UInt64>

    /// The longest name that can be prepared, in bytes.
    public static let byteCountMax = 32

    /// Prepares a name of at most 32 bytes.
    public init(_ text: String) {
        let bytes = text.utf8.span
        precondition(bytes.count <= Self.byteCountMax, "a prepared name has at most 32 bytes")
        length = bytes.count
        fingerprint = Self.fingerprint(bytes)
        words = InlineArray(repeating: 0)
        for index in words.indices where index * 8 < bytes.count {
            words[index] = Self.prefix(index * 8, length: bytes.count - index * 8, in: bytes)
        }
    }

    /// Whether it is the text of a name on the tape.
    @inline(__always)
    func isText(of name: TapeEntry, in bytes: Span<UInt8>) -> Bool {
        guard !name.isEscaped else {
            let decoded = JSONText.decodedBytes(name, in: bytes)
            return decoded.count == length && starts(decoded.span, at: 0)
        }
        return Int(name.length) == length && starts(bytes, at: Int(name.offset))
    }

    /// Whether a name on the tape goes on behind it.
    @inline(__always)
    func isStem(of name: TapeEntry, in bytes: Span<UInt8>) -> Bool {
        guard !name.isEscaped else {
            let decoded = JSONText.decodedBytes(name, in: bytes)
            return decoded.count > length && starts(decoded.span, at: 0)
        }
        return Int(name.length) > length && starts(bytes, at: Int(name.offset))
    }

    @inline(__always)
    private func starts(_ bytes: Span<UInt8>, at start: Int) -> Bool {
        var done = 0
        while done < length {
            let word = Self.prefix(start &+ done, length: length &- done, in: bytes)
            if word != words[done >> 3] { return false }
            done &+= 8
        }
        return true
    }

    /// Stands on the tape for a name with escapes, whose text must be decoded to be compared.
    static let escapedFingerprint: UInt32 = 0

    /// The fingerprint of a name by its first eight bytes and its length; odd, so never zero.
    @inline(__always)
    static func fingerprint(prefix: UInt64, length: Int) -> UInt32 {
        let mixed = (prefix &+ UInt64(truncatingIfNeeded: length)) &* 0x9E37_79B9_7F4A_7C15
        return UInt32(truncatingIfNeeded: mixed >> 32) | 1
    }

    @inline(__always)
    static func fingerprint(_ text: Span<UInt8>) -> UInt32 {
        fingerprint(prefix: prefix(0, length: text.count, in: text), length: text.count)
    }

    /// The first bytes of a name, at most eight, the first byte lowest and zeros behind the end.
    @inline(__always)
    static func prefix(_ start: Int, length: Int, in bytes: Span<UInt8>) -> UInt64 {
        if let word = JSONBytes.word(start, in: bytes) {
            return length >= 8 ? word : word & ((1 &<< UInt64(length &* 8)) &- 1)
        }
        var prefix: UInt64 = 0
        for index in 0..<min(length, 8) {
            prefix |= UInt64(bytes[start + index]) << UInt64(index * 8)
        }
        return prefix
    }

    /// A hash of bytes for tables that are written once from trusted text, eight bytes a step.
    ///
    /// It does not withstand chosen collisions; who probes such a table must compare the bytes.
    public static func hash(_ text: Span<UInt8>, seed: UInt64) -> UInt64 {
        var hash = seed ^ UInt64(truncatingIfNeeded: text.count)
        var position = 0
        while let word = JSONBytes.word(position, in: text) {
            hash = mixed(hash ^ word)
            position &+= 8
        }
        let rest = text.count - position
        guard rest > 0 else { return mixed(hash) }
        return mixed(hash ^ prefix(position, length: rest, in: text))
    }

    @inline(__always)
    private static func mixed(_ hash: UInt64) -> UInt64 {
        let product = hash &* 0x9E37_79B9_7F4A_7C15
        return product ^ product >> 32
    }
}

/// The names that a reader knows, each with a slot, for finding all of them in one walk.
public final class JSONNameTable: Sendable {
    private let names: [JSONName]
    /// For each value of the low bits of a fingerprint the slot, or -1; collisions go on behind.
    private let buckets: [Int8]

    /// How many names a table can hold.
    public static let countMax = 32
    private static let bucketCount = 256

    /// Makes a table in which each name has the slot of its position.
    public init(_ texts: [String]) {
        precondition(texts.count <= Self.countMax, "a table holds 32 names")
        names = texts.map { JSONName($0) }
        var buckets = [Int8](repeating: -1, count: Self.bucketCount)
        for (slot, name) in names.enumerated() {
            var bucket = Self.bucket(name.fingerprint)
            while buckets[bucket] >= 0 { bucket = (bucket + 1) & (Self.bucketCount - 1) }
            buckets[bucket] = Int8(slot)
        }
        self.buckets = buckets
    }

    @inline(__always)
    private static func bucket(_ fingerprint: UInt32) -> Int {
        Int(truncatingIfNeeded: fingerprint >> 1) & (bucketCount - 1)
    }

    /// The slot of a name by its place, such as one that a stem has found; `nil` when it has none.
    public func slot(of name: JSONPlace, on tape: JSONTape) -> Int? {
        let bytes = tape.bytes
        return slot(of: tape.entries[Int(name.index)], in: bytes.span)
    }

    /// The slot of a name on the tape, or `nil` when the table does not hold it.
    @inline(__always)
    func slot(of name: TapeEntry, in bytes: Span<UInt8>) -> Int? {
        guard name.next != JSONName.escapedFingerprint else {
            return names.firstIndex { $0.isText(of: name, in: bytes) }
        }
        var bucket = Self.bucket(name.next)
        while buckets[bucket] >= 0 {
            let slot = Int(buckets[bucket])
            if names[slot].fingerprint == name.next, names[slot].isText(of: name, in: bytes) {
                return slot
            }
            bucket = (bucket + 1) & (Self.bucketCount - 1)
        }
        return nil
    }
}

/// The members of one object that a table knows, by slot.
public struct JSONMembers: Sendable {
    /// The tape index of each value, or 0: the root of a document is nobody's member.
    @usableFromInline var indices = InlineArray<32, UInt32>(repeating: 0)

    /// Holds no member.
    public init() {}

    /// The member of a slot, or `nil`.
    @inlinable
    public subscript(slot: Int) -> JSONPlace? {
        let index = indices[slot]
        return index == 0 ? nil : JSONPlace(Int(index))
    }
}
