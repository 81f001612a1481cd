extension DecimalNumber {
    /// Reads the text of a JSON number (RFC 8259, section 6), such as `-7.10` or `1.5e3`.
    ///
    /// `nil` when the text is no such number or has more digits than can be kept exactly.
    public init?(text: String) {
        self.init(utf8: text.utf8.span)
    }

    /// Reads the bytes of a JSON number; see `init(text:)`.
    public init?(utf8 bytes: some Collection<UInt8>) {
        let array = Array(bytes)
        self.init(utf8: array.span)
    }

    /// Reads the bytes of a JSON number without copying them; see `init(text:)`.
    public init?(utf8 bytes: Span<UInt8>) {
        var position = 0
        let isNegative = bytes.count > 0 && bytes[0] == UInt8(ascii: "-")
        if isNegative { position = 1 }
        // The ordinary number: digits, perhaps a point, 18 characters at most.
        var small: Int64 = 0
        var pointAt = -1
        let start = position
        while position < bytes.count, position - start < 18 {
            let byte = bytes[position]
            if byte == UInt8(ascii: "."), pointAt < 0 {
                pointAt = position
            } else if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                small = small * 10 + Int64(byte - UInt8(ascii: "0"))
            } else {
                break
            }
            position += 1
        }
        let isWhole = position == bytes.count
        guard isWhole else {
            self.init(long: bytes, from: start, isNegative: isNegative)
            return
        }
        let integerCount = (pointAt < 0 ? position : pointAt) - start
        guard integerCount > 0, pointAt != position - 1 else { return nil }
        if integerCount > 1, bytes[start] == UInt8(ascii: "0") { return nil }
        self.init(
            exactly: Int128(isNegative ? -small : small),
            scale: pointAt < 0 ? 0 : position - pointAt - 1
        )
    }

    /// Reads a number with many digits or an exponent.
    private init?(long bytes: Span<UInt8>, from start: Int, isNegative: Bool) {
        var position = start
        var coefficient: Int128 = 0
        var scale = 0
        var integerCount = 0
        var isFraction = false
        var partCount = 0
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: ".") {
                guard !isFraction, partCount > 0 else { return nil }
                isFraction = true
                integerCount = partCount
                partCount = 0
            } else if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                let digit = Int128(byte - UInt8(ascii: "0"))
                let (product, overflowed) = coefficient.multipliedReportingOverflow(by: 10)
                let (sum, carried) = product.addingReportingOverflow(digit)
                guard !overflowed, !carried else { return nil }
                coefficient = sum
                partCount += 1
                if isFraction { scale += 1 }
            } else {
                break
            }
            position += 1
        }
        if !isFraction { integerCount = partCount }
        guard partCount > 0 else { return nil }
        if integerCount > 1, bytes[start] == UInt8(ascii: "0") { return nil }
        if position < bytes.count {
            guard bytes[position] | 0x20 == UInt8(ascii: "e"),
                let exponent = Self.exponent(in: bytes, from: position + 1)
            else { return nil }
            scale -= exponent
        }
        self.init(shifting: isNegative ? -coefficient : coefficient, scale: scale)
    }

    /// Makes the number whose scale may be negative or, for zero, anything.
    private init?(shifting coefficient: Int128, scale: Int) {
        guard coefficient != 0 else {
            self.init(coefficient: 0, scale: min(max(scale, 0), Self.scaleMax))
            return
        }
        var shifted = coefficient
        // A coefficient above zero overflows within 39 steps.
        for _ in 0..<max(0, -scale) {
            let (product, overflowed) = shifted.multipliedReportingOverflow(by: 10)
            guard !overflowed else { return nil }
            shifted = product
        }
        self.init(coefficient: shifted, scale: max(scale, 0))
    }

    /// The exponent from a position to the end, held at plus or minus a million.
    private static func exponent(in bytes: Span<UInt8>, from start: Int) -> Int? {
        var position = start
        var isNegative = false
        if position < bytes.count,
            bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+")
        {
            isNegative = bytes[position] == UInt8(ascii: "-")
            position += 1
        }
        guard position < bytes.count else { return nil }
        var value = 0
        while position < bytes.count {
            let byte = bytes[position]
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            value = min(value * 10 + Int(byte - UInt8(ascii: "0")), 1_000_000)
            position += 1
        }
        return isNegative ? -value : value
    }
}
