/// An integer of any size, for exact conversion factors.
///
/// Sign and magnitude; the magnitude is a list of 32-bit digits, the lowest first, without zeros
/// at the top. Made for numbers of some hundred bits: the algorithms are the ones of school.
public struct BigInteger: Sendable, Hashable {
    /// The 32-bit digits of the absolute value, lowest first; empty for zero.
    private var digits: [UInt32]
    /// Whether the number is below zero; never set for zero.
    public private(set) var isNegative: Bool

    /// Makes the number of a fixed-width integer.
    public init(_ value: some BinaryInteger) {
        isNegative = value < 0
        digits = []
        var rest = UInt128(value.magnitude)
        while rest != 0 {
            digits.append(UInt32(truncatingIfNeeded: rest))
            rest >>= 32
        }
    }

    private init(digits: [UInt32], isNegative: Bool) {
        self.digits = digits
        while self.digits.last == 0 { self.digits.removeLast() }
        self.isNegative = isNegative && !self.digits.isEmpty
    }

    /// Ten to a power that is not negative.
    public static func powerOfTen(_ exponent: Int) -> BigInteger {
        BigInteger(10).raised(to: exponent)
    }

    /// Whether the number is zero.
    public var isZero: Bool { digits.isEmpty }

    /// The absolute value.
    public var magnitude: BigInteger { BigInteger(digits: digits, isNegative: false) }

    /// The number with the opposite sign.
    public var negated: BigInteger { BigInteger(digits: digits, isNegative: !isNegative) }

    /// How many bits the absolute value has; 0 for zero.
    public var bitCount: Int {
        guard let top = digits.last else { return 0 }
        return digits.count * 32 - top.leadingZeroBitCount
    }

    /// The number as a 128-bit integer, or `nil` when it does not fit.
    public var int128: Int128? {
        guard bitCount <= 127 else { return nil }
        var value: Int128 = 0
        for digit in digits.reversed() { value = value << 32 | Int128(digit) }
        return isNegative ? -value : value
    }

    /// How many decimal digits the absolute value has; 1 for zero.
    public var decimalDigitCount: Int { magnitude.description.utf8.count }

    // MARK: Arithmetic

    /// The sum.
    public static func + (left: BigInteger, right: BigInteger) -> BigInteger {
        if left.isNegative == right.isNegative {
            return BigInteger(
                digits: sum(left.digits, right.digits),
                isNegative: left.isNegative
            )
        }
        if isLess(left.digits, right.digits) {
            return BigInteger(
                digits: difference(right.digits, left.digits),
                isNegative: right.isNegative
            )
        }
        return BigInteger(
            digits: difference(left.digits, right.digits),
            isNegative: left.isNegative
        )
    }

    /// The difference.
    public static func - (left: BigInteger, right: BigInteger) -> BigInteger {
        left + right.negated
    }

    /// The product.
    public static func * (left: BigInteger, right: BigInteger) -> BigInteger {
        guard !left.isZero, !right.isZero else { return BigInteger(0) }
        if left.isUnit { return left.isNegative ? right.negated : right }
        if right.isUnit { return right.isNegative ? left.negated : left }
        var product = [UInt32](repeating: 0, count: left.digits.count + right.digits.count)
        for (position, digit) in left.digits.enumerated() {
            var carry: UInt64 = 0
            for (offset, other) in right.digits.enumerated() {
                let sum = UInt64(digit) * UInt64(other) + UInt64(product[position + offset]) + carry
                product[position + offset] = UInt32(truncatingIfNeeded: sum)
                carry = sum >> 32
            }
            product[position + right.digits.count] = UInt32(carry)
        }
        return BigInteger(digits: product, isNegative: left.isNegative != right.isNegative)
    }

    /// The number to a power that is not negative.
    public func raised(to exponent: Int) -> BigInteger {
        precondition(exponent >= 0, "a power below zero is no integer")
        var result = BigInteger(1)
        var base = self
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 { result = result * base }
            rest >>= 1
            if rest > 0 { base = base * base }
        }
        return result
    }

    /// Quotient, rounded towards zero, and remainder, which has the sign of the dividend.
    public func quotientAndRemainder(
        dividingBy divisor: BigInteger
    ) -> (quotient: BigInteger, remainder: BigInteger) {
        precondition(!divisor.isZero, "division by zero")
        if divisor.isUnit { return (divisor.isNegative ? negated : self, BigInteger(0)) }
        let (quotient, remainder) = Self.divide(digits, by: divisor.digits)
        return (
            BigInteger(digits: quotient, isNegative: isNegative != divisor.isNegative),
            BigInteger(digits: remainder, isNegative: isNegative)
        )
    }

    /// The greatest number that divides both; zero only when both are.
    public static func greatestCommonDivisor(_ left: BigInteger, _ right: BigInteger) -> BigInteger
    {
        var (first, second) = (left.magnitude, right.magnitude)
        while !second.isZero {
            if let left = first.uint64, let right = second.uint64 {
                return BigInteger(greatestCommonDivisor(left, right))
            }
            (first, second) = (second, first.quotientAndRemainder(dividingBy: second).remainder)
        }
        return first
    }

    private static func greatestCommonDivisor(_ left: UInt64, _ right: UInt64) -> UInt64 {
        var (first, second) = (left, right)
        while second != 0 { (first, second) = (second, first % second) }
        return first
    }

    // MARK: Digits

    private var isUnit: Bool { digits.count == 1 && digits[0] == 1 }

    /// The absolute value when it has at most 64 bits.
    private var uint64: UInt64? {
        switch digits.count {
        case 0: 0
        case 1: UInt64(digits[0])
        case 2: UInt64(digits[1]) << 32 | UInt64(digits[0])
        default: nil
        }
    }

    private static func isLess(_ left: [UInt32], _ right: [UInt32]) -> Bool {
        guard left.count == right.count else { return left.count < right.count }
        for index in left.indices.reversed() where left[index] != right[index] {
            return left[index] < right[index]
        }
        return false
    }

    private static func sum(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        var carry: UInt64 = 0
        for index in 0..<max(left.count, right.count) {
            var sum = carry
            if index < left.count { sum += UInt64(left[index]) }
            if index < right.count { sum += UInt64(right[index]) }
            result.append(UInt32(truncatingIfNeeded: sum))
            carry = sum >> 32
        }
        if carry > 0 { result.append(UInt32(carry)) }
        return result
    }

    /// The difference of two magnitudes, of which the left one is not the smaller.
    private static func difference(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
        var result = left
        var borrow: Int64 = 0
        for index in result.indices {
            var digit = Int64(result[index]) - borrow
            if index < right.count { digit -= Int64(right[index]) }
            borrow = digit < 0 ? 1 : 0
            result[index] = UInt32(digit < 0 ? digit + (1 << 32) : digit)
        }
        return result
    }

    private static func shifted(_ digits: [UInt32], left count: Int) -> [UInt32] {
        var result: [UInt32] = []
        var carry: UInt64 = 0
        for digit in digits {
            let wide = UInt64(digit) << UInt64(count) | carry
            result.append(UInt32(truncatingIfNeeded: wide))
            carry = wide >> 32
        }
        result.append(UInt32(carry))
        return result
    }

    /// Long division (Knuth, The Art of Computer Programming 2, section 4.3.1, algorithm D).
    private static func divide(
        _ dividend: [UInt32],
        by divisor: [UInt32]
    ) -> (quotient: [UInt32], remainder: [UInt32]) {
        guard !isLess(dividend, divisor) else { return ([], dividend) }
        guard divisor.count > 1 else { return divideShort(dividend, by: divisor[0]) }
        let shift = divisor[divisor.count - 1].leadingZeroBitCount
        var rest = shifted(dividend, left: shift)
        let normal = Array(shifted(divisor, left: shift)[..<divisor.count])
        let count = normal.count
        let top = UInt64(normal[count - 1])
        var quotient = [UInt32](repeating: 0, count: rest.count - count)
        for position in quotient.indices.reversed() {
            let head = UInt64(rest[position + count]) << 32 | UInt64(rest[position + count - 1])
            var digit = head / top
            var excess = head % top
            while digit >> 32 != 0
                || digit * UInt64(normal[count - 2])
                    > excess << 32 | UInt64(rest[position + count - 2])
            {
                digit -= 1
                excess += top
                if excess >> 32 != 0 { break }
            }
            if subtract(normal, times: digit, from: &rest, at: position) {
                digit -= 1
                addBack(normal, to: &rest, at: position)
            }
            quotient[position] = UInt32(digit)
        }
        return (quotient, shiftedRight(Array(rest[..<count]), by: shift))
    }

    private static func divideShort(
        _ dividend: [UInt32],
        by divisor: UInt32
    ) -> (quotient: [UInt32], remainder: [UInt32]) {
        var quotient = dividend
        var rest: UInt64 = 0
        for index in quotient.indices.reversed() {
            let head = rest << 32 | UInt64(quotient[index])
            quotient[index] = UInt32(head / UInt64(divisor))
            rest = head % UInt64(divisor)
        }
        return (quotient, [UInt32(rest)])
    }

    /// Takes a multiple away from part of a number; says whether it became negative.
    private static func subtract(
        _ digits: [UInt32],
        times factor: UInt64,
        from rest: inout [UInt32],
        at position: Int
    ) -> Bool {
        var carry: UInt64 = 0
        var borrow: Int64 = 0
        for index in 0...digits.count {
            let product = (index < digits.count ? factor * UInt64(digits[index]) : 0) + carry
            carry = product >> 32
            let part = Int64(product & 0xFFFF_FFFF)
            let digit = Int64(rest[position + index]) - part - borrow
            borrow = digit < 0 ? 1 : 0
            rest[position + index] = UInt32(digit < 0 ? digit + (1 << 32) : digit)
        }
        return borrow != 0
    }

    private static func addBack(_ digits: [UInt32], to rest: inout [UInt32], at position: Int) {
        var carry: UInt64 = 0
        for (index, digit) in digits.enumerated() {
            let sum = UInt64(rest[position + index]) + UInt64(digit) + carry
            rest[position + index] = UInt32(truncatingIfNeeded: sum)
            carry = sum >> 32
        }
        let last = UInt64(rest[position + digits.count]) + carry
        rest[position + digits.count] = UInt32(truncatingIfNeeded: last)
    }

    private static func shiftedRight(_ digits: [UInt32], by count: Int) -> [UInt32] {
        guard count > 0 else { return digits }
        var result = digits
        for index in result.indices {
            let above = index + 1 < digits.count ? UInt64(digits[index + 1]) : 0
            let wide = above << 32 | UInt64(digits[index])
            result[index] = UInt32(truncatingIfNeeded: wide >> UInt64(count))
        }
        return result
    }
}

extension BigInteger: Comparable {
    /// Whether the left number is the smaller one.
    public static func < (left: BigInteger, right: BigInteger) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative
            ? isLess(right.digits, left.digits) : isLess(left.digits, right.digits)
    }
}

extension BigInteger: CustomStringConvertible {
    /// Reads decimal digits; `nil` when there is anything else, or nothing.
    public init?(decimalDigits text: some StringProtocol) {
        var value = BigInteger(0)
        guard !text.isEmpty else { return nil }
        for byte in text.utf8 {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            value = value * BigInteger(10) + BigInteger(byte - UInt8(ascii: "0"))
        }
        self = value
    }

    /// The decimal digits, with a sign when the number is below zero.
    public var description: String {
        guard !isZero else { return "0" }
        var groups: [UInt32] = []
        var rest = digits
        while !rest.isEmpty {
            let (quotient, remainder) = Self.divideShort(rest, by: 1_000_000_000)
            groups.append(remainder[0])
            rest = quotient
            while rest.last == 0 { rest.removeLast() }
        }
        var text = isNegative ? "-" : ""
        for (position, group) in groups.reversed().enumerated() {
            text += position == 0 ? String(group) : padded(Int(group), 9)
        }
        return text
    }
}
