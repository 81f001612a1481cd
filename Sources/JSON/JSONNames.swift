/// The member names of the objects that are still open, for finding a name that occurs twice.
///
/// One list serves the whole document: an object's names lie at its end and are dropped when the
/// object closes, so that no object allocates. Small objects are compared pair by pair on length
/// and first eight bytes; large ones are sorted by their bytes, so that no choice of names costs
/// more than n log n comparisons (a hash could be flooded with collisions).
struct JSONNames {
    private var list: [Name] = []

    /// One name: where it is, how long, and how it begins.
    private struct Name {
        var prefix: UInt64
        var length: UInt32
        var tapeIndex: UInt32
        var isEscaped: Bool
    }

    /// Objects with more members than this are sorted.
    private static let pairwiseCountMax = 24

    /// How many names are held.
    var count: Int { list.count }

    /// Adds a name of the innermost object.
    @inline(__always)
    mutating func append(_ prefix: UInt64, length: Int, at tapeIndex: Int, isEscaped: Bool) {
        list.append(
            Name(
                prefix: prefix,
                length: UInt32(truncatingIfNeeded: length),
                tapeIndex: UInt32(truncatingIfNeeded: tapeIndex),
                isEscaped: isEscaped
            )
        )
    }

    /// Drops the names of the innermost object, which start at an index.
    ///
    /// - Returns: the tape index of a name that occurred before in the same object, or `nil`.
    @inline(__always)
    mutating func closeObject(startingAt start: Int, tape: Span<TapeEntry>, of array: [UInt8])
        -> Int?
    {
        let count = list.count
        guard count > start &+ 1 else {
            list.removeLast(count &- start)
            return nil
        }
        let second = repeated(startingAt: start, tape: tape, of: array)
        list.removeLast(count &- start)
        return second
    }

    /// Whether a name occurs twice in an object that is closed, found by a walk over its tape.
    @inline(never)
    mutating func hasRepeated(
        objectAt index: Int,
        on tape: Span<TapeEntry>,
        of array: [UInt8]
    ) -> Bool {
        let bytes = array.span
        var position = index + 1
        while position < Int(tape[index].next) {
            let name = tape[position]
            let length = Int(name.length)
            append(
                JSONName.prefix(Int(name.offset), length: length, in: bytes),
                length: length,
                at: position,
                isEscaped: name.isEscaped
            )
            position = Int(tape[position + 1].next)
        }
        return closeObject(startingAt: 0, tape: tape, of: array) != nil
    }

    private func repeated(
        startingAt start: Int,
        tape: Span<TapeEntry>,
        of array: [UInt8]
    ) -> Int? {
        let names = list.span
        let bytes = array.span
        let isLarge = names.count - start > Self.pairwiseCountMax
        var hasEscape = false
        for index in start..<names.count {
            hasEscape = hasEscape || names[index].isEscaped
            if isLarge { continue }
            for other in start..<index
            where names[other].prefix == names[index].prefix
                && names[other].length == names[index].length
                && !names[index].isEscaped && !names[other].isEscaped
            {
                let left = tape[Int(names[other].tapeIndex)]
                let right = tape[Int(names[index].tapeIndex)]
                if JSONText.order(left, right, in: bytes) == 0 {
                    return Int(names[index].tapeIndex)
                }
            }
        }
        if hasEscape { return repeatedDecoded(startingAt: start, tape: tape, of: array) }
        return isLarge ? repeatedSorted(startingAt: start, tape: tape, of: array) : nil
    }

    private func repeatedSorted(
        startingAt start: Int,
        tape: Span<TapeEntry>,
        of array: [UInt8]
    ) -> Int? {
        var own = Array(list[start...])
        own.sort { left, right in
            let order = Self.order(left, right, tape: tape, of: array)
            return order == 0 ? left.tapeIndex < right.tapeIndex : order < 0
        }
        var first: UInt32?
        for index in 1..<own.count
        where Self.order(own[index - 1], own[index], tape: tape, of: array) == 0 {
            first = min(first ?? .max, own[index].tapeIndex)
        }
        return first.map { Int($0) }
    }

    private static func order(
        _ left: Name,
        _ right: Name,
        tape: Span<TapeEntry>,
        of array: [UInt8]
    ) -> Int {
        if left.length != right.length { return left.length < right.length ? -1 : 1 }
        if left.prefix != right.prefix { return left.prefix < right.prefix ? -1 : 1 }
        if left.length <= 8 { return 0 }
        return JSONText.order(
            tape[Int(left.tapeIndex)],
            tape[Int(right.tapeIndex)],
            in: array.span
        )
    }

    /// The same for an object in which a name is written with escapes: by the decoded bytes.
    private func repeatedDecoded(
        startingAt start: Int,
        tape: Span<TapeEntry>,
        of array: [UInt8]
    ) -> Int? {
        var decoded = list[start...].map { name in
            let entry = tape[Int(name.tapeIndex)]
            return (bytes: JSONText.decodedBytes(entry, in: array.span), index: name.tapeIndex)
        }
        decoded.sort { left, right in
            if left.bytes == right.bytes { return left.index < right.index }
            return left.bytes.lexicographicallyPrecedes(right.bytes)
        }
        var first: UInt32?
        for index in 1..<decoded.count where decoded[index - 1].bytes == decoded[index].bytes {
            first = min(first ?? .max, decoded[index].index)
        }
        return first.map { Int($0) }
    }
}
