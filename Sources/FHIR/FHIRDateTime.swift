package import Basics
package import JSON

/// A date, dateTime or instant with just the precision it was written with.
///
///     2024                        precision year
///     2024-02-29                  precision day
///     2024-02-29T14:30:00+01:00   precision second, zone offset(minutes: 60)
///     2024-02-29T14:30:00         zone missing: not valid FHIR, kept apart from a date
///
/// FHIR R4, section 2.24.0.1; FHIRPath 2.0, section 4.1.6, which also allows hours and minutes
/// alone. A leap second (`:60`) is accepted, as the FHIR grammar does.
package struct FHIRDateTime: Sendable, Hashable {
    /// How far the text goes.
    package enum Precision: UInt8, Sendable, Comparable {
        case year, month, day, hour, minute, second, fraction

        /// Whether the left precision is the coarser one.
        package static func < (left: Precision, right: Precision) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    /// What the text says about its time zone.
    package enum Zone: Sendable, Hashable {
        /// A date without a time, which has no zone.
        case notApplicable
        /// A time without its zone: invalid in a resource, allowed in a FHIRPath literal.
        case missing
        /// Minutes east of UTC.
        case offset(minutes: Int)
    }

    /// The year, 1 to 9999.
    package var year: Int { Int(yearBits) }
    /// The month; 1 when the precision is `year`.
    package var month: Int { Int(monthBits) }
    /// The day; 1 when the precision is coarser.
    package var day: Int { Int(dayBits) }
    /// The time of day; midnight when the precision is coarser.
    package let time: FHIRTime
    /// How far the text goes.
    package let precision: Precision
    /// What the text says about its time zone.
    package let zone: Zone

    // The fields are small, so that a collection of values stays small.
    private let yearBits: Int16
    private let monthBits: UInt8
    private let dayBits: UInt8

    /// The hour.
    package var hour: Int { time.hour }
    /// The minute.
    package var minute: Int { time.minute }
    /// The second, 0 to 60.
    package var second: Int { time.second }
    /// The fraction of the second in microseconds; further digits are cut off.
    package var microsecond: Int { time.microsecond }
    /// How many digits the fraction was written with.
    package var fractionDigitCount: Int { time.fractionDigitCount }

    /// Makes a date; `nil` when there is no such day.
    package init?(year: Int, month: Int = 1, day: Int = 1, precision: Precision = .day) {
        guard let date = CivilDate(year: year, month: month, day: day) else { return nil }
        self.init(date: date, time: .midnight, precision: precision, zone: .notApplicable)
    }

    /// Makes a dateTime from a day and a time.
    package init(date: CivilDate, time: FHIRTime, zone: Zone) {
        self.init(date: date, time: time, precision: time.precision, zone: zone)
    }

    /// Makes a date or dateTime whose precision may be coarser than its fields.
    package init(date: CivilDate, time: FHIRTime, precision: Precision, zone: Zone) {
        yearBits = Int16(date.year)
        monthBits = UInt8(date.month)
        dayBits = UInt8(date.day)
        self.time = time
        self.precision = precision
        self.zone = zone
    }

    /// The day.
    package var date: CivilDate {
        // Only days that exist are stored, so that there is always a date.
        CivilDate(year: year, month: month, day: day) ?? CivilDate(daysSinceEpoch: 0)
    }

    /// Reads text; `nil` when it is no date or dateTime.
    package init?(text: String) {
        self.init(utf8: Array(text.utf8)[...])
    }

    /// Reads a JSON string; `nil` when the value is none or no date or dateTime.
    package init?(_ json: JSONValue) {
        self.init(json.tape, json.place)
    }

    /// Reads a JSON string by its place; `nil` when the value is none or no date or dateTime.
    package init?(_ tape: borrowing JSONTape, _ place: JSONPlace) {
        let value = tape.withText(place) { text in FHIRDateTime(utf8: text) }
        guard let value, let value else { return nil }
        self = value
    }

    /// Reads a JSON string that must be a moment as FHIR allows it.
    ///
    /// - Throws: `.wrongShape`, `.invalidDateTime`, or `.zoneMissing` for a time without a zone.
    package init(reading json: JSONValue) throws(FHIRError) {
        guard let bytes = json.textBytes else {
            throw FHIRError(code: .wrongShape, path: json.path)
        }
        guard let value = FHIRDateTime(utf8: bytes) else {
            throw FHIRError(code: .invalidDateTime, path: json.path)
        }
        guard value.zone != .missing else {
            throw FHIRError(code: .zoneMissing, path: json.path)
        }
        // FHIR has no hour or minute without its seconds (R4, section 2.24.0.1, dateTime).
        guard value.precision != .hour, value.precision != .minute else {
            throw FHIRError(code: .invalidDateTime, path: json.path)
        }
        self = value
    }

    /// The text in its own precision.
    package var text: String {
        var text = padded(year, 4)
        if precision >= .month { text += "-" + padded(month, 2) }
        if precision >= .day { text += "-" + padded(day, 2) }
        guard precision >= .hour else { return text }
        text += "T" + time.text
        switch zone {
        case .notApplicable, .missing: return text
        case .offset(let minutes): return text + offsetText(minutes)
        }
    }
}

/// The digits of a fraction of a second.
package func fractionText(_ microsecond: Int, digitCount: Int) -> String {
    let digits = padded(microsecond, 6)
    if digitCount >= 6 { return digits + String(repeating: "0", count: digitCount - 6) }
    return String(digits.prefix(digitCount))
}

/// An offset from UTC as `Z` or `+hh:mm`.
package func offsetText(_ minutes: Int) -> String {
    if minutes == 0 { return "Z" }
    let magnitude = abs(minutes)
    return (minutes < 0 ? "-" : "+") + padded(magnitude / 60, 2) + ":" + padded(magnitude % 60, 2)
}
