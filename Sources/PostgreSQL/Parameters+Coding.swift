/// Values of a statement as bytes, to be sent another time exactly as they would have been sent.
extension Parameters {
    /// The number of values, and of each its type, its length (all ones for NULL) and its bytes.
    package var encoded: [UInt8] {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(4 + count * 8 + bytes.count)
        Self.put(UInt32(count), into: &encoded)
        for (type, range) in zip(types, ranges) {
            Self.put(type, into: &encoded)
            guard let range else {
                Self.put(UInt32.max, into: &encoded)
                continue
            }
            Self.put(UInt32(range.count), into: &encoded)
            encoded += bytes[range]
        }
        return encoded
    }

    /// Reads what `encoded` made; `nil` for anything else.
    package init?(encoded: ArraySlice<UInt8>) {
        self.init()
        var rest = encoded
        guard let count = Self.take(&rest), Int(count) <= encoded.count / 8 else { return nil }
        for _ in 0..<count {
            guard let type = Self.take(&rest), let length = Self.take(&rest) else { return nil }
            types.append(type)
            if length == UInt32.max {
                ranges.append(nil)
                continue
            }
            guard rest.count >= Int(length) else { return nil }
            let start = bytes.count
            bytes += rest.prefix(Int(length))
            ranges.append(start..<bytes.count)
            rest = rest.dropFirst(Int(length))
        }
        guard rest.isEmpty else { return nil }
    }

    private static func put(_ number: UInt32, into bytes: inout [UInt8]) {
        for shift in [UInt32(24), 16, 8, 0] {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    private static func take(_ bytes: inout ArraySlice<UInt8>) -> UInt32? {
        guard bytes.count >= 4 else { return nil }
        let number = bytes.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        bytes = bytes.dropFirst(4)
        return number
    }
}
