#if arch(x86_64)
import _Builtin_intrinsics.intel
#endif

/// Sixty-four bytes of a text, compared all at once; the answers are bitmaps, byte 0 in bit 0.
///
/// The vector is the standard library's. What that lacks is the step from lanes to bits: on x86-64
/// it is one instruction for each sixteen lanes, from the compiler's own intrinsics; elsewhere it
/// is a product for each eight. Both are tested to give the same.
///
/// Each comparison stands by itself between two vectors of a stated type: only then is it one
/// instruction. With a number on one side the compiler chooses the general operator, which goes
/// lane by lane and is many times slower. Wider registers than the architecture always has would
/// need functions compiled for them and chosen at run time, which Swift cannot say.
struct JSONBlock {
    /// Signed, so that a byte beyond ASCII is negative and its sign is its mark.
    typealias Lanes = SIMD64<Int8>

    private let lanes: Lanes

    /// How many bytes a block holds.
    static let byteCount = 64

    /// Reads the 64 bytes at a position that has so many behind it.
    ///
    /// The load checks its bounds; what it does not check is the type, and any byte is a lane.
    @inline(__always)
    init(at position: Int, in bytes: Span<UInt8>) {
        lanes = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: Lanes.self)
    }

    /// Reads the bytes from a position to the end, fewer than 64, with blanks behind them.
    @inline(never)
    init(lastFrom position: Int, in bytes: Span<UInt8>) {
        var padded = InlineArray<64, UInt8>(repeating: 0x20)
        for index in position..<bytes.count { padded[index &- position] = bytes[index] }
        self.init(at: 0, in: padded.span)
    }

    /// Takes the lanes as they are.
    init(_ lanes: Lanes) {
        self.lanes = lanes
    }

    /// The bytes beyond ASCII.
    @inline(__always)
    var beyondASCII: UInt64 { Self.signs(lanes) }

    /// The bytes that are equal to one.
    @inline(__always)
    func equal(to byte: UInt8) -> UInt64 {
        Self.bits(lanes .== Lanes(repeating: Int8(bitPattern: byte)))
    }

    /// The bytes that are less than one, as signed numbers.
    @inline(__always)
    func less(than byte: UInt8) -> UInt64 {
        Self.bits(lanes .< Lanes(repeating: Int8(bitPattern: byte)))
    }

    /// The commas, colons and brackets of both kinds, and `\`, `^`, `_`, `|`, `~` and DEL.
    ///
    /// The latter stand nowhere in JSON outside of strings, and save three comparisons.
    @inline(__always)
    var marks: UInt64 {
        // A bit makes curly brackets of square ones. It is set eight lanes at a time, because the
        // operator on bytes goes lane by lane.
        let words = unsafe unsafeBitCast(lanes, to: SIMD8<UInt64>.self)
        let raised = words | SIMD8<UInt64>(repeating: 0x2020_2020_2020_2020)
        let isBracket = unsafe unsafeBitCast(raised, to: Lanes.self) .> Lanes(repeating: 0x7A)
        let isComma = lanes .== Lanes(repeating: 0x2C)
        let isColon = lanes .== Lanes(repeating: 0x3A)
        let isSeparator = isComma .| isColon
        return Self.bits(isBracket .| isSeparator)
    }

    // MARK: From lanes to bits

    @inline(__always)
    private static func bits(_ mask: SIMDMask<Lanes>) -> UInt64 {
        signs(unsafe unsafeBitCast(mask, to: Lanes.self))
    }

    /// The signs of the lanes, that of lane 0 in bit 0.
    @inline(__always)
    private static func signs(_ lanes: Lanes) -> UInt64 {
        #if arch(x86_64)
        let words = unsafe unsafeBitCast(lanes, to: SIMD8<Int64>.self)
        let low = sixteen(words.lowHalf.lowHalf) | sixteen(words.lowHalf.highHalf) &<< 16
        let high = sixteen(words.highHalf.lowHalf) | sixteen(words.highHalf.highHalf) &<< 16
        return UInt64(low) | UInt64(high) &<< 32
        #else
        return portableSigns(lanes)
        #endif
    }

    #if arch(x86_64)
    @inline(__always)
    private static func sixteen(_ words: SIMD2<Int64>) -> UInt32 {
        UInt32(bitPattern: _mm_movemask_epi8(words))
    }
    #endif

    /// The same in the standard library alone, eight lanes at a time.
    ///
    /// The product moves the sign of each lane to its place in the highest byte, and no two of them
    /// meet on the way.
    @inline(__always)
    static func portableSigns(_ lanes: Lanes) -> UInt64 {
        let words = unsafe unsafeBitCast(lanes, to: SIMD8<UInt64>.self)
        var signs: UInt64 = 0
        for index in 0..<8 {
            let isNegative = words[index].littleEndian &>> 7 & 0x0101_0101_0101_0101
            let eight = (isNegative &* 0x0102_0408_1020_4080) &>> 56
            signs |= eight &<< UInt64(8 &* index)
        }
        return signs
    }
}
