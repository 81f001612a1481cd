import Basics
import FHIR

/// Two moments as fields of one zone.
struct MomentInterval {
    private let start: Fields
    private let end: Fields

    /// A moment as months, days and microseconds, and how far it is known.
    private struct Fields {
        var year: Int
        var month: Int
        var day: Int
        var epochDay: Int
        var microsecondOfDay: Int
        var precision: FHIRDateTime.Precision

        /// What is below the month, for comparison; parts beyond a precision are left out.
        func rest(to precision: FHIRDateTime.Precision) -> [Int] {
            var rest: [Int] = []
            if precision >= .day { rest.append(day) }
            if precision >= .hour { rest.append(microsecondOfDay) }
            return rest
        }

        var microseconds: Int { epochDay * 86_400_000_000 + microsecondOfDay }
    }

    /// `nil` when only one of them has a zone, since the hours between them are then not known.
    init?(_ start: FHIRDateTime, _ end: FHIRDateTime) {
        switch (start.zone, end.zone) {
        case (.offset(let one), .offset(let other)):
            self.start = Self.fields(start, shiftedByMinutes: 0)
            self.end = Self.fields(end, shiftedByMinutes: one - other)
        case (.offset, .missing), (.missing, .offset): return nil
        case (.notApplicable, _), (_, .notApplicable), (.missing, .missing):
            self.start = Self.fields(start, shiftedByMinutes: 0)
            self.end = Self.fields(end, shiftedByMinutes: 0)
        }
    }

    init(_ start: FHIRTime, _ end: FHIRTime) {
        self.start = Self.fields(start)
        self.end = Self.fields(end)
    }

    private static func fields(
        _ date: FHIRDateTime,
        shiftedByMinutes minutes: Int
    ) -> Fields {
        let time = date.precision >= .hour ? Int(date.time.microsecondOfDay) : 0
        let total = date.date.daysSinceEpoch * 86_400_000_000 + time + minutes * 60_000_000
        let epochDay = floor(total, 86_400_000_000)
        let local = CivilDate(daysSinceEpoch: epochDay)
        return Fields(
            year: local.year,
            month: local.month,
            day: local.day,
            epochDay: epochDay,
            microsecondOfDay: total - epochDay * 86_400_000_000,
            precision: date.precision
        )
    }

    private static func fields(_ time: FHIRTime) -> Fields {
        Fields(
            year: 0,
            month: 0,
            day: 0,
            epochDay: 0,
            microsecondOfDay: Int(time.microsecondOfDay),
            precision: time.precision
        )
    }

    /// How many periods; `nil` when the precision of either does not say.
    func count(_ unit: CalendarUnit, isWhole: Bool) -> Int? {
        switch unit {
        case .year:
            guard isWhole else { return end.year - start.year }
            return wholeMonths.map { $0 / 12 }
        case .month:
            guard start.precision >= .month, end.precision >= .month else { return nil }
            guard isWhole else {
                return (end.year - start.year) * 12 + end.month - start.month
            }
            return wholeMonths
        case .week, .day, .hour, .minute, .second, .millisecond: return fixedCount(unit, isWhole)
        }
    }

    private var wholeMonths: Int? {
        let precision = min(start.precision, end.precision)
        guard precision >= .month else {
            // Of years alone the months are not known, unless both are years.
            return start.precision == end.precision ? (end.year - start.year) * 12 : nil
        }
        let isBack = isBefore(end, start)
        let (first, second) = isBack ? (end, start) : (start, end)
        let months = (second.year - first.year) * 12 + second.month - first.month
        let one = first.rest(to: precision)
        let other = second.rest(to: precision)
        if one == other, start.precision != end.precision, precision < .hour { return nil }
        let whole = other.lexicographicallyPrecedes(one) ? months - 1 : months
        return isBack ? -whole : whole
    }

    private func isBefore(_ one: Fields, _ other: Fields) -> Bool {
        let months = one.year * 12 + one.month
        let others = other.year * 12 + other.month
        return months < others || (months == others && one.microseconds < other.microseconds)
    }

    private func fixedCount(_ unit: CalendarUnit, _ isWhole: Bool) -> Int? {
        let needed: FHIRDateTime.Precision
        switch unit {
        case .year, .month, .week, .day: needed = .day
        case .hour: needed = .hour
        case .minute: needed = .minute
        case .second: needed = .second
        case .millisecond: needed = .second
        }
        guard start.precision >= needed, end.precision >= needed else { return nil }
        let length = unit.length * 1_000
        guard !isWhole else { return (end.microseconds - start.microseconds) / length }
        // Weeks begin on Sunday; the first day of the epoch was a Thursday.
        let shift = unit == .week ? 4 * 86_400_000_000 : 0
        return Self.floor(end.microseconds + shift, length)
            - Self.floor(start.microseconds + shift, length)
    }

    private static func floor(_ value: Int, _ length: Int) -> Int {
        value >= 0 ? value / length : -((-value + length - 1) / length)
    }
}
