import Basics
import FHIR

extension FHIRDateTime {
    /// -1, 0 or 1; `nil` when precision or a missing zone leaves it open.
    ///
    /// FHIRPath 2.0, section 6.2 (comparison): from the year down to the coarser precision;
    /// seconds and their fraction are one precision. Moments with zones are compared in UTC.
    func compare(_ other: FHIRDateTime) -> Int? {
        switch (zone, other.zone) {
        case (.offset, .offset): return compareInstants(other)
        case (.offset, .missing), (.missing, .offset): return compareUncertain(other)
        case (.notApplicable, _), (_, .notApplicable), (.missing, .missing):
            return compareFields(other)
        }
    }

    private func compareFields(_ other: FHIRDateTime) -> Int? {
        let coarser = min(comparedPrecision, other.comparedPrecision)
        var order = compare(year, other.year)
        if order == 0, coarser >= .month { order = compare(month, other.month) }
        if order == 0, coarser >= .day { order = compare(day, other.day) }
        if order == 0, coarser >= .hour { order = compare(hour, other.hour) }
        if order == 0, coarser >= .minute { order = compare(minute, other.minute) }
        if order == 0, coarser >= .second {
            order = compare(
                second * 1_000_000 + microsecond,
                other.second * 1_000_000 + other.microsecond
            )
        }
        if order != 0 { return order }
        return comparedPrecision == other.comparedPrecision ? 0 : nil
    }

    private func compareInstants(_ other: FHIRDateTime) -> Int? {
        let left = range(atOffsetMinutes: 0)
        let right = other.range(atOffsetMinutes: 0)
        if comparedPrecision == .second, other.comparedPrecision == .second {
            return left.lowerBound < right.lowerBound
                ? -1 : (left.lowerBound == right.lowerBound ? 0 : 1)
        }
        if left == right { return 0 }
        if left.upperBound <= right.lowerBound { return -1 }
        return right.upperBound <= left.lowerBound ? 1 : nil
    }

    /// One has a zone and the other has not: decided only when no zone on Earth changes it.
    private func compareUncertain(_ other: FHIRDateTime) -> Int? {
        let left = widestRange
        let right = other.widestRange
        if left.upperBound <= right.lowerBound { return -1 }
        return right.upperBound <= left.lowerBound ? 1 : nil
    }

    private var widestRange: Range<Instant> {
        let earliest = range(atOffsetMinutes: Self.eastmostOffsetMinutes).lowerBound
        return earliest..<range(atOffsetMinutes: Self.westmostOffsetMinutes).upperBound
    }

    private var comparedPrecision: Precision { min(precision, .second) }

    private func compare(_ one: Int, _ other: Int) -> Int {
        one < other ? -1 : (one == other ? 0 : 1)
    }
}

extension FHIRTime {
    /// -1, 0 or 1; `nil` when the precision leaves it open.
    func compare(_ other: FHIRTime) -> Int? {
        let mine = min(precision, .second)
        let others = min(other.precision, .second)
        let unit: Int64
        switch min(mine, others) {
        case .year, .month, .day, .hour: unit = 3_600_000_000
        case .minute: unit = 60_000_000
        case .second, .fraction: unit = 1
        }
        let left = microsecondOfDay / unit
        let right = other.microsecondOfDay / unit
        if left != right { return left < right ? -1 : 1 }
        return mine == others ? 0 : nil
    }
}
