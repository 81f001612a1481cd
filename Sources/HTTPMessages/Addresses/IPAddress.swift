/// An address of IPv4 or IPv6 as a number.
///
///     IPAddress("10.1.2.3")      IPAddress("2001:db8::1")
///
/// Only the strict forms are read: four decimal numbers without leading zeros (RFC 3986, section
/// 3.2.2) and RFC 4291 section 2.2 without a zone. `127.1`, `0x7f000001` and `0177.0.0.1` are what
/// some resolvers take for addresses and some checks do not; here they are none.
package struct IPAddress: Hashable, Sendable {
    /// The address; one of IPv4 lies in the low 32 bits.
    package let bits: UInt128
    /// Whether it is of IPv6.
    package let isSix: Bool

    /// Makes an IPv4 address.
    package init(four: UInt32) {
        bits = UInt128(four)
        isSix = false
    }

    /// Makes an IPv6 address.
    package init(six: UInt128) {
        bits = six
        isSix = true
    }

    /// Reads a text; `nil` when it is no address in its strict form.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 45 else { return nil }
        if bytes.contains(UInt8(ascii: ":")) {
            guard let value = Self.six(bytes[...]) else { return nil }
            self.init(six: value)
        } else {
            guard let value = Self.four(bytes[...]) else { return nil }
            self.init(four: value)
        }
    }

    /// The IPv4 address that an IPv4-mapped one stands for (RFC 4291, section 2.5.5.2); else itself.
    package var unmapped: IPAddress {
        guard isSix, bits >> 32 == 0xFFFF else { return self }
        return IPAddress(four: UInt32(truncatingIfNeeded: bits))
    }

    /// The address as text (RFC 5952).
    package var text: String {
        guard isSix else {
            return (0..<4).map { String(UInt8(truncatingIfNeeded: bits >> (24 - 8 * $0))) }
                .joined(separator: ".")
        }
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: bits >> (112 - 16 * $0)) }
        var longest = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start > max(1, longest.count) { longest = start..<end }
            start = max(end, start + 1)
        }
        let words = groups.map { String($0, radix: 16) }
        guard !longest.isEmpty else { return words.joined(separator: ":") }
        return words[..<longest.lowerBound].joined(separator: ":") + "::"
            + words[longest.upperBound...].joined(separator: ":")
    }

    private static func four(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard part.count >= 1, part.count <= 3, part.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
                part.count == 1 || part.first != 0x30
            else { return nil }
            let number = part.reduce(0) { $0 * 10 + UInt32($1 - 0x30) }
            guard number <= 255 else { return nil }
            value = value << 8 | number
        }
        return value
    }

    /// Groups of four digits; `::` once for at least one group of zeros, and an IPv4 tail.
    private static func six(_ bytes: ArraySlice<UInt8>) -> UInt128? {
        var groups: [UInt16] = []
        var gap: Int?
        var position = bytes.startIndex
        let colon = UInt8(ascii: ":")
        if bytes.starts(with: [colon, colon]) {
            gap = 0
            position += 2
        }
        while position < bytes.endIndex {
            let end = bytes[position...].firstIndex(of: colon) ?? bytes.endIndex
            let word = bytes[position..<end]
            if word.contains(UInt8(ascii: ".")) {
                guard end == bytes.endIndex, let tail = four(word) else { return nil }
                groups.append(UInt16(tail >> 16))
                groups.append(UInt16(truncatingIfNeeded: tail))
                break
            }
            guard word.count >= 1, word.count <= 4 else { return nil }
            var group: UInt16 = 0
            for byte in word {
                guard let digit = HTTPGrammar.hexadecimal(byte) else { return nil }
                group = group << 4 | UInt16(digit)
            }
            groups.append(group)
            guard end < bytes.endIndex else { break }
            position = end + 1
            guard position < bytes.endIndex else { return nil }
            if bytes[position] == colon {
                guard gap == nil else { return nil }
                gap = groups.count
                position += 1
            }
        }
        guard gap == nil ? groups.count == 8 : groups.count < 8 else { return nil }
        if let gap {
            groups.insert(contentsOf: [UInt16](repeating: 0, count: 8 - groups.count), at: gap)
        }
        return groups.reduce(UInt128(0)) { $0 << 16 | UInt128($1) }
    }
}
