import Basics
package import JSON

/// A time of day with just the precision it was written with (FHIR R4, section 2.24.0.1, time).
package struct FHIRTime: Sendable, Hashable {
    /// The hour.
    package var hour: Int { Int(hourBits) }
    /// The minute; 0 when the precision is coarser.
    package var minute: Int { Int(minuteBits) }
    /// The second, 0 to 60; 0 when the precision is coarser.
    package var second: Int { Int(secondBits) }
    /// The fraction of the second in microseconds; further digits are cut off.
    package var microsecond: Int { Int(microsecondBits) }
    /// How many digits the fraction was written with.
    package var fractionDigitCount: Int { Int(fractionDigitBits) }
    /// How far the text goes: `hour` or finer.
    package let precision: FHIRDateTime.Precision

    private let hourBits: UInt8
    private let minuteBits: UInt8
    private let secondBits: UInt8
    private let fractionDigitBits: UInt8
    private let microsecondBits: Int32

    /// Midnight, to the hour.
    package static let midnight = FHIRTime(checkedMicroseconds: 0, precision: .hour)

    /// The time so many microseconds after midnight, which must be within a day.
    package init(
        microsecondOfDay: Int64,
        precision: FHIRDateTime.Precision,
        fractionDigitCount: Int
    ) {
        precondition(microsecondOfDay >= 0, "a time of day is not negative")
        precondition(microsecondOfDay < 86_400_000_000, "a time of day is within the day")
        self.init(
            checkedMicroseconds: microsecondOfDay,
            precision: precision,
            fractionDigitCount: fractionDigitCount
        )
    }

    private init(
        checkedMicroseconds microseconds: Int64,
        precision: FHIRDateTime.Precision,
        fractionDigitCount: Int = 0
    ) {
        let seconds = Int(microseconds / 1_000_000)
        hourBits = UInt8(seconds / 3_600)
        minuteBits = UInt8(seconds / 60 % 60)
        secondBits = UInt8(seconds % 60)
        microsecondBits = Int32(microseconds % 1_000_000)
        fractionDigitBits = UInt8(min(max(fractionDigitCount, 0), 18))
        self.precision = precision
    }

    /// Makes a time; `nil` when there is none such.
    package init?(
        hour: Int,
        minute: Int = 0,
        second: Int = 0,
        microsecond: Int = 0,
        fractionDigitCount: Int = 0,
        precision: FHIRDateTime.Precision
    ) {
        guard precision >= .hour else { return nil }
        guard hour >= 0, hour <= 23, minute >= 0, minute <= 59 else { return nil }
        guard second >= 0, second <= 60, microsecond >= 0, microsecond < 1_000_000 else {
            return nil
        }
        hourBits = UInt8(hour)
        minuteBits = UInt8(minute)
        secondBits = UInt8(second)
        microsecondBits = Int32(microsecond)
        fractionDigitBits = UInt8(min(max(fractionDigitCount, 0), 18))
        self.precision = precision
    }

    /// Reads text; `nil` when it is no time.
    ///
    /// A time has no zone.
    package init?(text: String) {
        self.init(utf8: Array(text.utf8)[...])
    }

    /// Reads a JSON string; `nil` when the value is none or no time.
    package init?(_ json: JSONValue) {
        guard let bytes = json.textBytes else { return nil }
        self.init(utf8: bytes)
    }

    /// Reads bytes; `nil` when they are no time.
    package init?(utf8 bytes: ArraySlice<UInt8>) {
        let bytes = bytes.span
        var cursor = DateTimeCursor()
        guard let time = cursor.time(in: bytes), cursor.isAtEnd(of: bytes) else { return nil }
        self = time
    }

    /// The microseconds since midnight.
    package var microsecondOfDay: Int64 {
        Int64(hour * 3_600 + minute * 60 + second) * 1_000_000 + Int64(microsecond)
    }

    /// The text in its own precision.
    package var text: String {
        var text = padded(hour, 2)
        if precision >= .minute { text += ":" + padded(minute, 2) }
        if precision >= .second { text += ":" + padded(second, 2) }
        if precision == .fraction {
            text += "." + fractionText(microsecond, digitCount: fractionDigitCount)
        }
        return text
    }
}
