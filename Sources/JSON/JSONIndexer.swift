/// Finds where the parts of a JSON text begin, 64 bytes at a time and without a branch a byte.
///
///     {"a": [1, "b\n"]}
///     ^^ ^^ ^^^ ^ ^ ^^^    what is written: marks, both quotes, the first byte of a number or
///                          word, and in strings the backslashes that start an escape
///
/// After Langdale and Lemire, Parsing Gigabytes of JSON per Second, 2019. The indexes are written
/// into a window, from which `JSONTapeBuilder` takes them before it asks for more, so that the
/// memory does not grow with the text. Strings are checked here for control characters, and
/// everything for UTF-8; the syntax is not.
struct JSONIndexer {
    /// Room for the indexes, with some behind the last place for what is written too much.
    typealias Window = InlineArray<1104, UInt32>

    /// How many indexes stand in the window, without the ones that mark the end.
    private(set) var count = 0
    /// The first byte of the next block.
    private(set) var position = 0
    /// Whether the whole text was looked at.
    private(set) var isDone = false
    private var carry = Carry()
    private var encoding = JSONEncodingCheck()

    /// What a block leaves to the next one.
    private struct Carry {
        /// All ones inside a string, so that it can be combined with a bitmap.
        var inString: UInt64 = 0
        /// One when the next byte is escaped.
        var isEscaped: UInt64 = 0
        /// One when the last byte was part of a number or word.
        var inScalar: UInt64 = 0
        /// Not zero when a string held a control character, or one stood where none may.
        var faults: UInt64 = 0
    }

    /// How many indexes behind the last one name the end of the text.
    static let endCount = 8

    /// No block is begun when more indexes than these stand in the window.
    private static var countMax: Int { 895 }

    /// Covers every place in the window; so combined, no place needs to be checked.
    @inline(__always) static var placeMask: Int { 1023 }

    /// Whether the text is UTF-8 and its strings are closed and hold no control character.
    var isSound: Bool { isDone && carry.faults | carry.inString == 0 && encoding.isSound }

    /// Moves what is left in the window to its beginning, and fills it up.
    @inline(never)
    mutating func fill(_ window: inout Window, from taken: Int, of bytes: Span<UInt8>) {
        precondition(!isDone, "the end was reached before")
        var count = count - taken
        for index in 0..<count { window[index] = window[taken + index] }
        var position = position
        var carry = carry
        let last = bytes.count &- JSONBlock.byteCount
        while count <= Self.countMax, position <= last {
            let block = JSONBlock(at: position, in: bytes)
            let bits = take(block, &carry)
            Self.write(bits, of: position, to: &window, &count)
            position &+= JSONBlock.byteCount
        }
        if count <= Self.countMax {
            let block = JSONBlock(lastFrom: position, in: bytes)
            let bits = take(block, &carry)
            Self.write(bits, of: position, to: &window, &count)
            for index in 0..<Self.endCount {
                window[count &+ index] = UInt32(truncatingIfNeeded: bytes.count)
            }
            position = bytes.count
            isDone = true
        }
        self.count = count
        self.position = position
        self.carry = carry
    }

    /// The bitmap of the indexes in a block.
    @inline(__always)
    private mutating func take(_ block: JSONBlock, _ carry: inout Carry) -> UInt64 {
        let backslashes = block.equal(to: UInt8(ascii: "\\"))
        var escaped = carry.isEscaped
        var escapes: UInt64 = 0
        if backslashes == 0 {
            carry.isEscaped = 0
        } else {
            (escapes, escaped) = Self.escapes(backslashes, isFirstEscaped: escaped)
            carry.isEscaped = escapes &>> 63
        }
        let quotes = block.equal(to: UInt8(ascii: "\"")) & ~escaped
        // The bit of an opening quote is set, that of a closing one is not.
        let strings = Self.prefixXor(quotes) ^ carry.inString
        carry.inString = UInt64(bitPattern: Int64(bitPattern: strings) &>> 63)

        var spaces = block.equal(to: UInt8(ascii: " "))
        // As signed numbers, so that bytes beyond ASCII are among them.
        let unusual = block.less(than: 0x20)
        var beyondASCII: UInt64 = 0
        if unusual != 0 {
            // The control characters that are white space (RFC 8259, section 2).
            var breaks = block.equal(to: 0x0A)
            if unusual & ~breaks != 0 {
                breaks |= block.equal(to: 0x0D) | block.equal(to: 0x09)
                beyondASCII = block.beyondASCII
            }
            spaces |= breaks
            carry.faults |= unusual & ~beyondASCII & (strings | ~breaks)
        }
        if beyondASCII == 0 {
            encoding.takeASCII()
        } else {
            encoding.take(block, beyondASCII: beyondASCII)
        }

        let marks = block.marks
        let scalars = ~(strings | quotes | marks | spaces)
        let starts = scalars & ~(scalars &<< 1 | carry.inScalar)
        carry.inScalar = scalars &>> 63
        return marks & ~strings | quotes | starts | escapes & strings
    }

    /// The backslashes that start an escape, and the bytes behind them.
    ///
    /// Of a run of backslashes every other one starts an escape. Taken from a number whose odd bits
    /// are set, the run borrows up to its end, and leaves the bits of the right places changed.
    @inline(__always)
    private static func escapes(
        _ backslashes: UInt64,
        isFirstEscaped: UInt64
    ) -> (escapes: UInt64, escaped: UInt64) {
        let odd: UInt64 = 0xAAAA_AAAA_AAAA_AAAA
        let potential = backslashes & ~isFirstEscaped
        let both = ((potential &<< 1 | odd) &- potential) ^ odd
        return (both & backslashes, both ^ (backslashes | isFirstEscaped))
    }

    /// Each bit is the exclusive or of all bits up to it.
    @inline(__always)
    private static func prefixXor(_ bits: UInt64) -> UInt64 {
        var bits = bits
        bits ^= bits &<< 1
        bits ^= bits &<< 2
        bits ^= bits &<< 4
        bits ^= bits &<< 8
        bits ^= bits &<< 16
        bits ^= bits &<< 32
        return bits
    }

    /// Writes the place of each bit.
    @inline(__always)
    private static func write(
        _ bitmap: UInt64,
        of position: Int,
        to window: inout Window,
        _ count: inout Int
    ) {
        var bits = bitmap
        let start = count & placeMask
        var index = 0
        var second: UInt64 = 0
        var third: UInt64 = 0
        var fourth: UInt64 = 0
        // Four at a time: what is written too much is written again, or never read.
        while bits != 0 {
            let place = start &+ (index & 63)
            window[place] = UInt32(truncatingIfNeeded: position &+ bits.trailingZeroBitCount)
            second = bits & (bits &- 1)
            window[place &+ 1] = UInt32(truncatingIfNeeded: position &+ second.trailingZeroBitCount)
            third = second & (second &- 1)
            window[place &+ 2] = UInt32(truncatingIfNeeded: position &+ third.trailingZeroBitCount)
            fourth = third & (third &- 1)
            window[place &+ 3] = UInt32(truncatingIfNeeded: position &+ fourth.trailingZeroBitCount)
            bits = fourth & (fourth &- 1)
            index &+= 4
        }
        // Of the last four, those without a bit do not count.
        index &-= second == 0 ? 1 : 0
        index &-= third == 0 ? 1 : 0
        index &-= fourth == 0 ? 1 : 0
        count &+= bitmap == 0 ? 0 : index
    }
}
