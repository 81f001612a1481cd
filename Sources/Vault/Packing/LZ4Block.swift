import Basics

/// Texts made short before they are sealed: a block as the LZ4 Block Format describes it.
///
///     block = { token, [literal length...], literals, offset (2, least first), [match length...] }
///
/// Sealed bytes cannot be made short any more, so what is to be short must be so before. A record
/// repeats its names and its reasons in each entry, and comes to about a third of its length.
///
/// The format was chosen because it costs less than writing the bytes that it saves.
package enum LZ4Block {
    /// Matches are at least so long; a token holds what goes beyond.
    static let matchBytesMin = 4
    /// The last bytes of a block are literals ("the last 5 bytes are always literals").
    static let endLiteralBytes = 5
    /// The last match starts at least so far before the end ("at least 12 bytes before").
    static let matchEndDistance = 12
    /// How far back a match lies at most.
    static let distanceMax = 65_535
    /// What a length field of a token says when bytes with the rest follow.
    static let lengthInToken = 15

    /// How long a block of so many bytes becomes at most, when nothing in it repeats.
    static func byteCountMax(of count: Int) -> Int { count + count / 255 + 16 }

    // MARK: Packing

    /// The block of a text.
    package static func pack(_ text: [UInt8]) -> [UInt8] {
        precondition(text.count <= Limits.packedTextBytesMax, "a record is shorter than that")
        return [UInt8](capacity: byteCountMax(of: text.count)) { output in
            pack(text.span, into: &output)
        }
    }

    private static func pack(_ text: Span<UInt8>, into output: inout OutputSpan<UInt8>) {
        // The last place at which four bytes of each kind stood, by their hash.
        var places = InlineArray<4_096, UInt32>(repeating: 0)
        var start = 0
        var position = 1
        let positionEnd = text.count - matchEndDistance
        var missCount = 64
        while position < positionEnd {
            let word = FourBytes.read(text, at: position)
            let slot = FourBytes.slot(of: word)
            var place = Int(places[slot])
            places[slot] = UInt32(truncatingIfNeeded: position)
            guard position - place <= distanceMax, FourBytes.read(text, at: place) == word else {
                // Where nothing repeats, ever longer steps are taken.
                position += missCount >> 6
                missCount += 1
                continue
            }
            while position > start, place > 0, text[position - 1] == text[place - 1] {
                position -= 1
                place -= 1
            }
            let length = commonCount(text, place, position)
            write(
                literals: text.extracting(start..<position),
                match: (length: length, distance: position - place),
                into: &output
            )
            position += length
            start = position
            missCount = 64
            if position < positionEnd {
                let before = position - 2
                places[FourBytes.slot(of: FourBytes.read(text, at: before))] =
                    UInt32(truncatingIfNeeded: before)
            }
        }
        write(literals: text.extracting(start..<text.count), match: nil, into: &output)
    }

    /// How many bytes are the same from two places on, up to the literals at the end.
    private static func commonCount(_ text: Span<UInt8>, _ first: Int, _ second: Int) -> Int {
        let end = text.count - endLiteralBytes
        var count = matchBytesMin
        while second + count + 8 <= end {
            let difference =
                EightBytes.read(text, at: first + count)
                ^ EightBytes.read(text, at: second + count)
            guard difference == 0 else { return count + difference.trailingZeroBitCount / 8 }
            count += 8
        }
        while second + count < end, text[first + count] == text[second + count] { count += 1 }
        return count
    }

    private static func write(
        literals: Span<UInt8>,
        match: (length: Int, distance: Int)?,
        into output: inout OutputSpan<UInt8>
    ) {
        let rest = match.map { $0.length - matchBytesMin } ?? 0
        let high = min(literals.count, lengthInToken)
        output.append(UInt8(high << 4 | min(rest, lengthInToken)))
        write(restOf: literals.count, into: &output)
        for index in literals.indices { output.append(literals[index]) }
        guard let match else { return }
        output.append(UInt8(truncatingIfNeeded: match.distance))
        output.append(UInt8(truncatingIfNeeded: match.distance >> 8))
        write(restOf: rest, into: &output)
    }

    private static func write(restOf length: Int, into output: inout OutputSpan<UInt8>) {
        guard length >= lengthInToken else { return }
        var rest = length - lengthInToken
        while rest >= 255 {
            output.append(255)
            rest -= 255
        }
        output.append(UInt8(rest))
    }

    // MARK: Unpacking

    /// The text of a block; `nil` when it is not the block of a text of this length.
    ///
    /// Blocks are opened only after their seal was found true; still nothing outside of the block
    /// or of the text is read, whatever it says.
    package static func unpack(_ block: ArraySlice<UInt8>, count: Int) -> [UInt8]? {
        guard count >= 0, count <= Limits.packedTextBytesMax else { return nil }
        var reader = BlockReader(block)
        var text: [UInt8] = []
        text.reserveCapacity(count)
        while let token = reader.byte() {
            guard let literalCount = reader.length(from: Int(token >> 4)),
                literalCount <= count - text.count,
                let literals = reader.take(literalCount)
            else { return nil }
            text += literals
            // Only the last sequence has no match.
            guard !reader.isAtEnd else { break }
            guard let distance = reader.distance(), distance > 0, distance <= text.count,
                let rest = reader.length(from: Int(token & 0x0F)),
                rest <= count - text.count - matchBytesMin
            else { return nil }
            // A match may reach into what it makes.
            for _ in 0..<(rest + matchBytesMin) { text.append(text[text.count - distance]) }
        }
        return text.count == count && reader.isAtEnd ? text : nil
    }

    private struct BlockReader {
        private var rest: ArraySlice<UInt8>

        init(_ block: ArraySlice<UInt8>) { rest = block }

        var isAtEnd: Bool { rest.isEmpty }

        mutating func byte() -> UInt8? { rest.popFirst() }

        mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
            guard rest.count >= count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }

        mutating func distance() -> Int? {
            guard let low = byte(), let high = byte() else { return nil }
            return Int(low) | Int(high) << 8
        }

        /// A length, with the bytes behind the token when that is full.
        mutating func length(from token: Int) -> Int? {
            guard token == lengthInToken else { return token }
            var length = token
            while let next = byte() {
                length += Int(next)
                if next < 255 { return length }
                if length > Limits.packedTextBytesMax { return nil }
            }
            return nil
        }
    }
}

/// Four bytes of a text as a number.
private enum FourBytes {
    @inline(__always)
    static func read(_ text: Span<UInt8>, at position: Int) -> UInt32 {
        precondition(position >= 0 && position <= text.count - 4)
        return unsafe text.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt32.self)
    }

    /// Where the last place of these bytes is kept (Knuth, multiplicative hashing).
    @inline(__always)
    static func slot(of word: UInt32) -> Int { Int((word &* 2_654_435_761) >> 20) }
}

/// Eight bytes of a text as a number.
private enum EightBytes {
    @inline(__always)
    static func read(_ text: Span<UInt8>, at position: Int) -> UInt64 {
        precondition(position >= 0 && position <= text.count - 8)
        return unsafe text.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
    }
}
