import Basics
import FHIR
import JSON

/// When a resource holds, as far as it says.
///
///     "2026-05-04T10:00:00Z"    a moment
///     "2026-05-04"              a range: some time of that day, in some zone of the world
enum EffectiveTime: Sendable, Equatable {
    case moment(Instant)
    /// Every moment that a date without time of day can mean.
    case range(Range<Instant>)
    case unusable(Finding)

    /// Reads a FHIR date, dateTime or instant (FHIR R4, section 2.24.0.1).
    init(_ tape: borrowing JSONTape, _ place: JSONPlace) {
        guard let time = FHIRDateTime(tape, place) else {
            self = .unusable(.timeMalformed)
            return
        }
        if let instant = time.instant {
            self = .moment(instant)
        } else if time.precision <= .day, let range = time.range {
            self = .range(range)
        } else {
            // FHIR asks for seconds and a zone wherever there is a time of day.
            self = .unusable(time.zone == .missing ? .timeWithoutZone : .timeMalformed)
        }
    }

    /// Why the time is not in the window, or `nil` when it is.
    ///
    /// A date without time of day is in the window when the whole day is, wherever on Earth it
    /// was, and has begun (what is recorded is not yet to come). Half a day inside is not enough.
    ///
    /// The window may end in the past (`before`); what lies between its end and the present is
    /// too recent for it, and only what lies beyond the present is in the future.
    func finding(
        windowStart: Instant,
        windowEnd: Instant,
        latestAllowed: Instant
    ) -> Finding? {
        switch self {
        case .unusable(let finding): return finding
        case .moment(let instant):
            if instant > latestAllowed { return .future }
            // Older than the bound: two windows that meet there share no record.
            if windowEnd < latestAllowed, instant >= windowEnd { return .tooRecent }
            return instant < windowStart ? .stale : nil
        case .range(let range):
            if range.lowerBound > latestAllowed { return .future }
            if range.upperBound <= windowStart { return .stale }
            guard windowEnd < latestAllowed else {
                let isIn = range.lowerBound >= windowStart && hasCome(by: latestAllowed)
                return isIn ? nil : .timeImprecise
            }
            if range.lowerBound >= windowEnd { return .tooRecent }
            // Where the window ends in the past, the whole day must lie before its end.
            let isOver = range.upperBound <= windowEnd
            return range.lowerBound >= windowStart && isOver ? nil : .timeImprecise
        }
    }

    /// Whether it has come by a moment; of a date, whether its day has begun.
    func hasCome(by moment: Instant) -> Bool {
        switch self {
        case .unusable: return false
        case .moment(let instant): return instant <= moment
        case .range(let range):
            let offset = Int64(FHIRDateTime.eastmostOffsetMinutes) * 60_000_000
            return range.lowerBound.advanced(byMicroseconds: offset) <= moment
        }
    }

    /// The earliest and the latest moment that it can mean; `nil` for what is unusable.
    var bounds: ClosedRange<Instant>? {
        switch self {
        case .moment(let instant): instant...instant
        case .range(let range): range.lowerBound...range.upperBound
        case .unusable: nil
        }
    }

    /// The moment to compare with others: of a date its middle, but never beyond now.
    func order(now: Instant) -> Instant {
        switch self {
        case .unusable: return now
        case .moment(let instant): return instant
        case .range(let range):
            let length = range.upperBound.microseconds(since: range.lowerBound)
            return min(range.lowerBound.advanced(byMicroseconds: length / 2), now)
        }
    }
}
