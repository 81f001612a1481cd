/// Checks that a text is UTF-8, a block of 64 bytes at a time (Unicode 15, table 3-7).
///
/// Every class of bytes is a bitmap. Moved up by one, two and three, the leading bytes show where
/// a following byte must stand, and nowhere else may one; the four leading bytes that do not take
/// every second byte are looked at by themselves. What reaches beyond the block is carried on.
struct JSONEncodingCheck {
    /// Where the next block must begin with following bytes.
    private var expected: UInt64 = 0
    /// Whether the last byte was E0, ED, F0 or F4, in this order.
    private var lasts = InlineArray<4, UInt64>(repeating: 0)
    private var faults: UInt64 = 0

    /// Whether all blocks were UTF-8 and no character is cut off.
    var isSound: Bool { faults | expected == 0 }

    /// Takes a block that is all ASCII, in which no character may be waited for.
    @inline(__always)
    mutating func takeASCII() {
        faults |= expected
    }

    /// Takes a block.
    @inline(never)
    mutating func take(_ block: JSONBlock, beyondASCII: UInt64) {
        let following = block.less(than: 0xC0) & beyondASCII
        let leading = beyondASCII & ~following
        let ofThree = leading & ~block.less(than: 0xE0)
        let ofFour = leading & ~block.less(than: 0xF0)
        let due = expected | leading &<< 1 | ofThree &<< 2 | ofFour &<< 3
        expected = leading &>> 63 | ofThree &>> 62 | ofFour &>> 61
        faults |= due ^ following
        faults |= block.equal(to: 0xC0) | block.equal(to: 0xC1)
        faults |= leading & ~block.less(than: 0xF5)

        let below90 = block.less(than: 0x90)
        let belowA0 = block.less(than: 0xA0)
        faults |= behind(block.equal(to: 0xE0), 0) & belowA0
        faults |= behind(block.equal(to: 0xED), 1) & ~belowA0
        faults |= behind(block.equal(to: 0xF0), 2) & below90
        faults |= behind(block.equal(to: 0xF4), 3) & ~below90
    }

    /// The places behind the marked ones, the first of them carried over from the last block.
    private mutating func behind(_ bits: UInt64, _ index: Int) -> UInt64 {
        defer { lasts[index] = bits &>> 63 }
        return bits &<< 1 | lasts[index]
    }
}
