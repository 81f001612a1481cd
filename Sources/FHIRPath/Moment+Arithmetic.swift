import Basics
import FHIR

extension Evaluator {
    /// A date or time plus or minus a duration (FHIRPath 2.0, section 6.6.7).
    func shifted(
        _ item: Item,
        by quantity: FHIRPathQuantity,
        isBack: Bool,
        at node: Int
    ) throws(FHIRPathError) -> Item? {
        let unit: CalendarUnit
        switch quantity.unit {
        case .calendar(let calendar): unit = calendar
        case .ucum(let code):
            // A UCUM year or month has a length that no calendar keeps, so it is refused but in an
            // element; a word in quotes is read as the word.
            guard
                let known = CalendarUnit(definiteUCUMCode: code) ?? CalendarUnit(word: code)
                    ?? quantity.calendarUnit
            else {
                throw fault(.typeMismatch, at: node)
            }
            unit = known
        case .opaque: throw fault(.typeMismatch, at: node)
        }
        // The part behind the point is left out (section 6.6.7).
        guard let whole = quantity.value.rounded(.towardZero, scale: 0)?.integerValue else {
            return nil
        }
        guard whole.magnitude <= 1_000_000_000_000_000 else { return nil }
        let amount = isBack ? -whole : whole
        switch item {
        case .date(let date): return date.adding(amount, unit).map { .date($0) }
        case .dateTime(let date): return date.adding(amount, unit).map { .dateTime($0) }
        case .time(let time): return time.adding(amount, unit).map { .time($0) }
        case .boolean, .integer, .decimal, .string, .quantity, .element, .type: return nil
        }
    }
}

extension FHIRDateTime {
    /// The moment so many units later, in the same precision; `nil` outside the years 1 to 9999.
    ///
    /// A unit finer than the precision is turned into the precision first: 30 days are a month,
    /// 365 days a year.
    func adding(_ amount: Int, _ unit: CalendarUnit) -> FHIRDateTime? {
        switch unit {
        case .year: return addingMonths(amount * 12)
        case .month: return addingMonths(precision == .year ? amount / 12 * 12 : amount)
        case .week, .day, .hour, .minute, .second, .millisecond:
            guard precision > .month else {
                let days = Self.wholeDays(amount, unit)
                return addingMonths(precision == .year ? days / 365 * 12 : days / 30)
            }
            guard precision > .day else { return addingDays(Self.wholeDays(amount, unit)) }
            return addingMilliseconds(amount, unit)
        }
    }

    private static func wholeDays(_ amount: Int, _ unit: CalendarUnit) -> Int {
        unit == .week ? amount * 7 : amount / (86_400_000 / unit.length)
    }

    private func with(_ date: CivilDate) -> FHIRDateTime {
        FHIRDateTime(date: date, time: time, precision: precision, zone: zone)
    }

    /// A day that the month does not have becomes its last day.
    private func addingMonths(_ count: Int) -> FHIRDateTime? {
        guard count.magnitude < 200_000 else { return nil }
        let months = year * 12 + month - 1 + count
        guard months >= 12 else { return nil }
        let (newYear, newMonth) = (months / 12, months % 12 + 1)
        let newDay = min(day, CivilDate.dayCount(year: newYear, month: newMonth))
        return CivilDate(year: newYear, month: newMonth, day: newDay).map { with($0) }
    }

    private func addingDays(_ count: Int) -> FHIRDateTime? {
        guard count.magnitude < 10_000_000 else { return nil }
        let moved = CivilDate(daysSinceEpoch: date.daysSinceEpoch + count)
        return CivilDate(year: moved.year, month: moved.month, day: moved.day).map { with($0) }
    }

    private func addingMilliseconds(_ amount: Int, _ unit: CalendarUnit) -> FHIRDateTime? {
        let day: Int64 = 86_400_000_000
        var amount = Int64(amount)
        // What is finer than the precision is dropped before adding.
        let step = Int64(precision.milliseconds)
        let (length, overflowed) = amount.multipliedReportingOverflow(by: Int64(unit.length))
        guard !overflowed else { return nil }
        amount = length / step * step
        let (micro, tooLong) = amount.multipliedReportingOverflow(by: 1_000)
        guard !tooLong else { return nil }
        let (total, isOver) = time.microsecondOfDay.addingReportingOverflow(micro)
        guard !isOver else { return nil }
        var days = total / day
        var ofDay = total % day
        if ofDay < 0 {
            ofDay += day
            days -= 1
        }
        guard let moved = addingDays(Int(days)) else { return nil }
        let time = FHIRTime(
            microsecondOfDay: ofDay,
            precision: precision,
            fractionDigitCount: time.fractionDigitCount
        )
        return FHIRDateTime(date: moved.date, time: time, zone: zone)
    }
}

extension FHIRTime {
    /// The time so many units later, around midnight if need be.
    func adding(_ amount: Int, _ unit: CalendarUnit) -> FHIRTime? {
        guard unit.isDefinite else { return nil }
        let day: Int64 = 86_400_000_000
        let (length, overflowed) = Int64(amount).multipliedReportingOverflow(
            by: Int64(unit.length)
        )
        guard !overflowed else { return nil }
        let step = Int64(precision.milliseconds)
        let moved = (microsecondOfDay + length / step * step % 86_400_000 * 1_000) % day
        return FHIRTime(
            microsecondOfDay: moved < 0 ? moved + day : moved,
            precision: precision,
            fractionDigitCount: fractionDigitCount
        )
    }
}

extension FHIRDateTime.Precision {
    /// The length of the finest part in milliseconds, for parts of the day.
    var milliseconds: Int {
        switch self {
        case .year, .month, .day: 86_400_000
        case .hour: 3_600_000
        case .minute: 60_000
        case .second: 1_000
        case .fraction: 1
        }
    }
}
