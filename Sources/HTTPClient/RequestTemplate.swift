/// Changes of a request in place, so that each request of a load is one of its own.
///
///     let place = RequestTemplate.position(of: "000000000000", in: template)
///     RequestTemplate.write(number, digits: 12, at: place, in: &bytes)
package enum RequestTemplate {
    /// Where a marker begins; `nil` when it is not there.
    package static func position(of marker: String, in bytes: [UInt8]) -> Int? {
        let marker = Array(marker.utf8)
        guard !marker.isEmpty, marker.count <= bytes.count else { return nil }
        for start in 0...(bytes.count - marker.count)
        where bytes[start] == marker[0] && bytes[start..<start + marker.count].elementsEqual(marker)
        {
            return start
        }
        return nil
    }

    /// Writes a number in so many hexadecimal digits, zeros first; digits that do not fit are lost.
    package static func write(
        _ number: Int,
        digits: Int,
        at position: Int,
        in bytes: inout [UInt8]
    ) {
        var rest = UInt64(bitPattern: Int64(number))
        for place in stride(from: position + digits - 1, through: position, by: -1) {
            let digit = UInt8(rest & 15)
            bytes[place] = digit < 10 ? 0x30 + digit : 0x57 + digit
            rest >>= 4
        }
    }
}
