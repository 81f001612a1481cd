/// A moment in time: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// Microseconds are what PostgreSQL's `timestamptz` keeps. L1 reads no clock: whoever needs the
/// present moment is given it.
public struct Instant: Sendable, Hashable, Comparable {
    /// Microseconds since the Unix epoch; negative before it.
    public let microseconds: Int64

    /// Makes a moment from microseconds since the Unix epoch.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Makes a moment from a UTC civil date and time; the fields are not checked here.
    public init(date: CivilDate, hour: Int, minute: Int, second: Int, microsecond: Int) {
        let seconds = date.daysSinceEpoch * 86_400 + hour * 3_600 + minute * 60 + second
        microseconds = Int64(seconds) * 1_000_000 + Int64(microsecond)
    }

    /// The civil date in UTC.
    public var date: CivilDate {
        CivilDate(daysSinceEpoch: Int(floorDivide(microseconds, 86_400_000_000)))
    }

    /// RFC 3339 text in UTC with as many sub-second digits as are needed (0, 3 or 6).
    public var text: String {
        let day = date
        let remainder = microseconds % 86_400_000_000
        let ofDay = remainder < 0 ? remainder + 86_400_000_000 : remainder
        let seconds = Int(ofDay / 1_000_000)
        let fraction = Int(ofDay % 1_000_000)
        // Written digit by digit: every source of a value and every row has such a text.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        if day.year < 0 || day.year > 9_999 {
            bytes.append(contentsOf: padded(day.year, 4).utf8)
        } else {
            Self.append(day.year, 4, to: &bytes)
        }
        bytes.append(UInt8(ascii: "-"))
        Self.append(day.month, 2, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        Self.append(day.day, 2, to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        Self.append(seconds / 3_600, 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        Self.append(seconds / 60 % 60, 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        Self.append(seconds % 60, 2, to: &bytes)
        if fraction != 0 {
            bytes.append(UInt8(ascii: "."))
            let isCoarse = fraction % 1_000 == 0
            Self.append(isCoarse ? fraction / 1_000 : fraction, isCoarse ? 3 : 6, to: &bytes)
        }
        bytes.append(UInt8(ascii: "Z"))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the last digits of a number that is not negative.
    private static func append(_ value: Int, _ digitCount: Int, to bytes: inout [UInt8]) {
        var divisor = 1
        for _ in 1..<digitCount { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
    }

    /// The moment so many microseconds later, held at the ends of the range.
    public func advanced(byMicroseconds amount: Int64) -> Instant {
        let (sum, overflowed) = microseconds.addingReportingOverflow(amount)
        if overflowed { return Instant(microseconds: amount < 0 ? .min : .max) }
        return Instant(microseconds: sum)
    }

    /// The microseconds from another moment to this one, held at the ends of the range.
    public func microseconds(since other: Instant) -> Int64 {
        let (difference, overflowed) = microseconds.subtractingReportingOverflow(
            other.microseconds
        )
        if overflowed { return microseconds < other.microseconds ? .min : .max }
        return difference
    }

    /// Whether the left moment is the earlier one.
    public static func < (left: Instant, right: Instant) -> Bool {
        left.microseconds < right.microseconds
    }
}

/// Decimal text padded with zeros on the left to a width, a minus sign not counted.
public func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value.magnitude)
    let zeros = String(repeating: "0", count: max(0, width - digits.utf8.count))
    return (value < 0 ? "-" : "") + zeros + digits
}

/// The quotient rounded towards minus infinity.
func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
}
