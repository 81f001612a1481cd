/// Numbers in files stand most significant byte first.
extension [UInt8] {
    mutating func append(number: UInt64, byteCount: Int) {
        for shift in stride(from: (byteCount - 1) * 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
        }
    }

    mutating func put(number: UInt64, at place: Int, byteCount: Int) {
        for index in 0..<byteCount {
            let shift = UInt64((byteCount - 1 - index) * 8)
            self[place + index] = UInt8(truncatingIfNeeded: number >> shift)
        }
    }

    func number(at place: Int, byteCount: Int) -> UInt64 {
        var number: UInt64 = 0
        for index in place..<place + byteCount { number = number << 8 | UInt64(self[index]) }
        return number
    }

    /// Whether nothing but zeros stand in a range.
    func isZero(in range: Range<Int>) -> Bool {
        for index in range where self[index] != 0 { return false }
        return true
    }
}
