package import Basics

extension FHIRDateTime {
    /// The zone farthest east, in which a day begins first.
    package static let eastmostOffsetMinutes = 14 * 60
    /// The zone farthest west, in which a day ends last.
    package static let westmostOffsetMinutes = -12 * 60

    /// Every moment it may mean: from the earliest up to, not including, the latest.
    ///
    /// A date has no zone, so its range reaches from the first place on Earth where it begins to
    /// the last where it ends. `nil` for a time without its zone, which FHIR does not allow.
    package var range: Range<Instant>? {
        switch zone {
        case .missing: nil
        case .offset(let minutes): range(atOffsetMinutes: minutes)
        case .notApplicable:
            start(
                atOffsetMinutes: Self.eastmostOffsetMinutes
            )..<end(
                atOffsetMinutes: Self.westmostOffsetMinutes
            )
        }
    }

    /// Every moment it may mean when a date, or a time without zone, is local to that offset.
    ///
    /// A zone that is written goes before the argument.
    package func range(atOffsetMinutes offset: Int) -> Range<Instant> {
        switch zone {
        case .offset(let written):
            start(atOffsetMinutes: written)..<end(atOffsetMinutes: written)
        case .missing, .notApplicable:
            start(atOffsetMinutes: offset)..<end(atOffsetMinutes: offset)
        }
    }

    /// The moment, when it has a zone and is precise to the second or finer.
    package var instant: Instant? {
        guard precision >= .second, case .offset(let minutes) = zone else { return nil }
        return start(atOffsetMinutes: minutes)
    }

    private func start(atOffsetMinutes offset: Int) -> Instant {
        let minutes = date.daysSinceEpoch * 1_440 - offset
        return Instant(microseconds: Int64(minutes) * 60_000_000 + time.microsecondOfDay)
    }

    private func end(atOffsetMinutes offset: Int) -> Instant {
        let start = start(atOffsetMinutes: offset)
        let days: Int
        switch precision {
        case .year: days = CivilDate.dayCount(year: year, month: 2) == 29 ? 366 : 365
        case .month: days = CivilDate.dayCount(year: year, month: month)
        case .day: days = 1
        case .hour: return start.advanced(byMicroseconds: 3_600_000_000)
        case .minute: return start.advanced(byMicroseconds: 60_000_000)
        case .second: return start.advanced(byMicroseconds: 1_000_000)
        case .fraction:
            var step: Int64 = 1
            for _ in min(fractionDigitCount, 6)..<6 { step *= 10 }
            return start.advanced(byMicroseconds: step)
        }
        return start.advanced(byMicroseconds: Int64(days) * 86_400_000_000)
    }

    /// Makes the dateTime of a moment in UTC, precise to milliseconds.
    package init(_ instant: Instant) {
        let date = instant.date
        let ofDay = instant.microseconds - Int64(date.daysSinceEpoch) * 86_400_000_000
        self.init(
            date: date,
            time: FHIRTime(
                microsecondOfDay: ofDay / 1_000 * 1_000,
                precision: .fraction,
                fractionDigitCount: 3
            ),
            zone: .offset(minutes: 0)
        )
    }
}
