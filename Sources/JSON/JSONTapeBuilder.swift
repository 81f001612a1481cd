import Basics

/// Makes the tape of a JSON text from the indexes of `JSONIndexer`, without recursion.
///
/// It knows sound from unsound and nothing more: every fault gives the same refusal, and
/// `JSONScanner`, which goes byte by byte, then says what is wrong and where.
struct JSONTapeBuilder {
    private var window = JSONIndexer.Window(repeating: 0)
    private var indexer = JSONIndexer()
    /// How many indexes of the window were taken.
    private var taken = 0
    private var isDone = false
    private var containers = InlineArray<64, Container>(repeating: Container())
    private var depth = 0
    private var names = JSONNames()

    /// What is known of an open container.
    private struct Container {
        var tapeIndex = 0
        var isObject = false
        /// Two bits for each name so far; where both are set, it may have occurred before.
        var seen = (first: UInt64(0), second: UInt64(0))
        var mayRepeat = false
    }

    /// Says only that the text is not sound.
    struct Refusal: Error {}

    /// The tape of a text, or `nil` when it is not sound.
    static func tape(of array: [UInt8]) -> [TapeEntry]? {
        precondition(array.count <= Limits.jsonBytesMax, "offsets on the tape are 32 bits wide")
        var builder = JSONTapeBuilder()
        do {
            return try builder.build(array)
        } catch {
            return nil
        }
    }

    private init() {
        precondition(containers.count == Limits.jsonDepthMax, "there is room for every depth")
    }

    private mutating func build(_ array: [UInt8]) throws(Refusal) -> [TapeEntry] {
        let bytes = array.span
        indexer.fill(&window, from: 0, of: bytes)
        guard indexer.count > 0 else { throw Refusal() }
        var tape: [TapeEntry] = []
        var capacity = expectedCount(bytes.count)
        while !isDone {
            let filled = tape
            tape = try [TapeEntry](capacity: capacity) { tape throws(Refusal) in
                for entry in filled { tape.append(entry) }
                try run(over: array, into: &tape)
            }
            capacity *= 2
        }
        if !indexer.isDone {
            indexer.fill(&window, from: taken, of: bytes)
            taken = 0
        }
        guard taken == indexer.count, indexer.isSound else { throw Refusal() }
        return tape
    }

    /// How many entries the text will need, judged from the indexes in its beginning.
    ///
    /// A member with a string has five or six indexes and two entries.
    private func expectedCount(_ byteCount: Int) -> Int {
        let share = Double(indexer.count) / Double(indexer.position)
        return Int(Double(byteCount) * share * 0.42) + 16
    }

    // MARK: Stepping

    /// Goes on until the value has ended, or until there is no room for another member.
    private mutating func run(
        over array: [UInt8],
        into tape: inout OutputSpan<TapeEntry>
    ) throws(Refusal) {
        let bytes = array.span
        var container = containers[max(depth - 1, 0)]
        var taken = taken
        while tape.freeCapacity >= 2 {
            if indexer.count &- taken < 8 { refill(&taken, from: bytes) }
            if container.isObject { try takeName(&taken, &container, in: bytes, into: &tape) }
            let start = index(taken)
            switch byte(at: start, in: bytes) {
            case UInt8(ascii: "\""):
                let text = try takeString(&taken, from: start &+ 1, in: bytes)
                append(.string, start &+ 1, text.end, text.isEscaped, to: &tape)
            case UInt8(ascii: "{"):
                if try open(&container, true, at: start, &taken, in: bytes, into: &tape) {
                    continue
                }
            case UInt8(ascii: "["):
                if try open(&container, false, at: start, &taken, in: bytes, into: &tape) {
                    continue
                }
            default:
                try takeScalar(&taken, from: start, in: bytes, into: &tape)
            }
            // The ends of containers, and the comma.
            while true {
                if depth == 0 {
                    isDone = true
                    self.taken = taken
                    return
                }
                let position = index(taken)
                let mark = byte(at: position, in: bytes)
                taken &+= 1
                if mark == UInt8(ascii: ",") { break }
                let end = container.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
                guard mark == end else { throw Refusal() }
                try close(&container, at: position, in: array, &tape)
                if indexer.count &- taken < 8 { refill(&taken, from: bytes) }
            }
        }
        if depth > 0 { containers[depth &- 1] = container }
        self.taken = taken
    }

    /// Gets more indexes if there are any.
    @inline(never)
    private mutating func refill(_ taken: inout Int, from bytes: Span<UInt8>) {
        guard !indexer.isDone else { return }
        indexer.fill(&window, from: taken, of: bytes)
        taken = 0
    }

    /// The index at a place behind those that were taken.
    @inline(__always)
    private func index(_ taken: Int, _ offset: Int = 0) -> Int {
        Int(window[(taken & JSONIndexer.placeMask) &+ offset])
    }

    /// The byte at an index; behind the end zero, which stands nowhere in JSON.
    @inline(__always)
    private func byte(at index: Int, in bytes: Span<UInt8>) -> UInt8 {
        index < bytes.count ? bytes[index] : 0
    }

    @inline(__always)
    private func append(
        _ kind: JSONKind,
        _ start: Int,
        _ end: Int,
        _ isEscaped: Bool,
        to tape: inout OutputSpan<TapeEntry>
    ) {
        tape.append(
            TapeEntry(
                offset: UInt32(truncatingIfNeeded: start),
                length: UInt32(truncatingIfNeeded: end &- start),
                next: UInt32(truncatingIfNeeded: tape.count &+ 1),
                kind: kind,
                isEscaped: isEscaped
            )
        )
    }

    // MARK: Containers

    /// Opens a container; whether there is something in it.
    @inline(__always)
    private mutating func open(
        _ container: inout Container,
        _ isObject: Bool,
        at start: Int,
        _ taken: inout Int,
        in bytes: Span<UInt8>,
        into tape: inout OutputSpan<TapeEntry>
    ) throws(Refusal) -> Bool {
        guard depth < Limits.jsonDepthMax else { throw Refusal() }
        if depth > 0 { containers[depth &- 1] = container }
        depth &+= 1
        container = Container(tapeIndex: tape.count, isObject: isObject)
        append(isObject ? .object : .array, start, start, false, to: &tape)
        let next = byte(at: index(taken, 1), in: bytes)
        taken &+= 1
        return next != (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
    }

    @inline(__always)
    private mutating func close(
        _ container: inout Container,
        at position: Int,
        in array: [UInt8],
        _ tape: inout OutputSpan<TapeEntry>
    ) throws(Refusal) {
        let index = container.tapeIndex
        tape[index].next = UInt32(truncatingIfNeeded: tape.count)
        tape[index].length = UInt32(truncatingIfNeeded: position &+ 1) &- tape[index].offset
        if container.mayRepeat {
            guard !names.hasRepeated(objectAt: index, on: tape.span, of: array) else {
                throw Refusal()
            }
        }
        depth &-= 1
        if depth > 0 { container = containers[depth &- 1] }
    }

    // MARK: Names and strings

    @inline(__always)
    private mutating func takeName(
        _ taken: inout Int,
        _ container: inout Container,
        in bytes: Span<UInt8>,
        into tape: inout OutputSpan<TapeEntry>
    ) throws(Refusal) {
        let quote = index(taken)
        guard byte(at: quote, in: bytes) == UInt8(ascii: "\"") else { throw Refusal() }
        let start = quote &+ 1
        let text = try takeString(&taken, from: start, in: bytes)
        let length = text.end &- start
        guard byte(at: index(taken), in: bytes) == UInt8(ascii: ":") else { throw Refusal() }
        taken &+= 1
        var fingerprint = JSONName.escapedFingerprint
        if text.isEscaped {
            container.mayRepeat = true
        } else {
            fingerprint = JSONName.fingerprint(
                prefix: JSONName.prefix(start, length: length, in: bytes),
                length: length
            )
            let first: UInt64 = 1 &<< UInt64(fingerprint &>> 26)
            let second: UInt64 = 1 &<< UInt64(fingerprint &>> 20)
            let isSeen = container.seen.first & first != 0 && container.seen.second & second != 0
            if isSeen { container.mayRepeat = true }
            container.seen.first |= first
            container.seen.second |= second
        }
        tape.append(
            TapeEntry(
                offset: UInt32(truncatingIfNeeded: start),
                length: UInt32(truncatingIfNeeded: length),
                next: fingerprint,
                kind: .string,
                isEscaped: text.isEscaped
            )
        )
    }

    /// Steps from an opening quote behind the closing one.
    ///
    /// - Returns: where the text ends, and whether there is an escape in it.
    @inline(__always)
    private mutating func takeString(
        _ taken: inout Int,
        from start: Int,
        in bytes: Span<UInt8>
    ) throws(Refusal) -> (end: Int, isEscaped: Bool) {
        let end = index(taken, 1)
        guard byte(at: end, in: bytes) == UInt8(ascii: "\"") else {
            return (try takeEscapes(&taken, in: bytes), true)
        }
        taken &+= 2
        return (end, false)
    }

    /// Steps from the opening quote of a string with escapes behind its closing one.
    @inline(never)
    private mutating func takeEscapes(
        _ taken: inout Int,
        in bytes: Span<UInt8>
    ) throws(Refusal) -> Int {
        taken &+= 1
        while byte(at: index(taken), in: bytes) == UInt8(ascii: "\\") {
            var position = index(taken)
            do {
                try JSONBytes.skipEscape(&position, in: bytes)
            } catch {
                throw Refusal()
            }
            // Two escapes that are one character have two indexes.
            repeat {
                taken &+= 1
                if indexer.count &- taken < 8 { refill(&taken, from: bytes) }
            } while index(taken) < position
        }
        let end = index(taken)
        guard byte(at: end, in: bytes) == UInt8(ascii: "\"") else { throw Refusal() }
        taken &+= 1
        return end
    }

    // MARK: Numbers and words

    /// Reads a number or word, which must go on to the next index or white space.
    @inline(__always)
    private mutating func takeScalar(
        _ taken: inout Int,
        from start: Int,
        in bytes: Span<UInt8>,
        into tape: inout OutputSpan<TapeEntry>
    ) throws(Refusal) {
        guard start < bytes.count else { throw Refusal() }
        var end = start
        var kind = JSONKind.number
        do {
            switch bytes[start] {
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                end = try JSONBytes.skipNumber(start, in: bytes)
            case UInt8(ascii: "t"):
                end = try JSONBytes.skipWord(.true, start, in: bytes)
                kind = .true
            case UInt8(ascii: "f"):
                end = try JSONBytes.skipWord(.false, start, in: bytes)
                kind = .false
            case UInt8(ascii: "n"):
                end = try JSONBytes.skipWord(.null, start, in: bytes)
                kind = .null
            default:
                throw Refusal()
            }
        } catch {
            throw Refusal()
        }
        taken &+= 1
        if end != index(taken) {
            guard end < bytes.count else { throw Refusal() }
            switch bytes[end] {
            case 0x20, 0x0A, 0x0D, 0x09: break
            default: throw Refusal()
            }
        }
        append(kind, start, end, false, to: &tape)
    }
}
