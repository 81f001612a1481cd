/// A duration of fixed length, such as `PT12H`, `P1D` or `P2W`, in seconds (ISO 8601-1, 5.5.2).
///
/// Years and months are refused: their length depends on the calendar, and a window must not.
package enum ISODuration {
    /// The seconds of a duration text; `nil` when it is none, is zero or is too long.
    package static func seconds(_ text: String) -> Int? {
        var bytes = Array(text.utf8)[...]
        guard bytes.popFirst() == UInt8(ascii: "P"), !bytes.isEmpty else { return nil }
        var isTime = false
        var order = 0
        var total = 0
        while let byte = bytes.first {
            if byte == UInt8(ascii: "T") {
                guard !isTime, bytes.count > 1 else { return nil }
                isTime = true
                bytes.removeFirst()
                continue
            }
            guard let value = number(&bytes), let unit = bytes.popFirst() else { return nil }
            guard let (rank, length) = designator(unit, isTime: isTime), rank > order else {
                return nil
            }
            order = rank
            total += value * length
            guard total <= 3_155_760_000 else { return nil }
        }
        return total > 0 ? total : nil
    }

    /// The shortest text of a whole number of hours, minutes or seconds, such as `PT15H`.
    package static func text(seconds: Int) -> String {
        if seconds % 86_400 == 0 { return "P\(seconds / 86_400)D" }
        if seconds % 3_600 == 0 { return "PT\(seconds / 3_600)H" }
        if seconds % 60 == 0 { return "PT\(seconds / 60)M" }
        return "PT\(seconds)S"
    }

    private static func number(_ bytes: inout ArraySlice<UInt8>) -> Int? {
        var value = 0
        var count = 0
        while let byte = bytes.first, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
            count += 1
            guard count <= 9 else { return nil }
            bytes.removeFirst()
        }
        return count > 0 ? value : nil
    }

    private static func designator(_ byte: UInt8, isTime: Bool) -> (rank: Int, length: Int)? {
        switch (byte, isTime) {
        case (UInt8(ascii: "W"), false): (1, 604_800)
        case (UInt8(ascii: "D"), false): (2, 86_400)
        case (UInt8(ascii: "H"), true): (3, 3_600)
        case (UInt8(ascii: "M"), true): (4, 60)
        case (UInt8(ascii: "S"), true): (5, 1)
        default: nil
        }
    }
}
