package import Basics

/// A moment as somebody asks for it: a time with its offset, or a day in a stated zone.
///
///     from 2026-05-04, zone +02:00  ->  2026-05-04T00:00:00+02:00
///     to   2026-05-04, zone +02:00  ->  2026-05-05T00:00:00+02:00, not included
///
/// Who asks "to the fourth" means that whole day.
package enum AskedMoment {
    /// Why a text is no moment.
    package enum Fault: Error, Equatable, Sendable {
        /// It is a date, and nothing says in which zone it begins.
        case zoneMissing
        /// It is neither a time with its offset nor a date.
        case malformed
    }

    /// Microseconds of a day; an offset has no days of other lengths.
    private static let dayMicroseconds: Int64 = 86_400_000_000

    /// Reads a moment.
    ///
    /// - Parameters:
    ///   - text: A time (RFC 3339, 5.6), or a date.
    ///   - zone: `Z` or an offset such as `+02:00`; it matters for a date alone.
    ///   - isEnd: Whether a date stands for the end of its day.
    /// - Returns: The moment.
    /// - Throws: `Fault`.
    package static func read(
        _ text: String,
        zone: String?,
        isEnd: Bool
    ) throws(Fault) -> Instant {
        guard text.utf8.count == 10 else {
            guard let moment = Instant(rfc3339: text) else { throw .malformed }
            return moment
        }
        guard Instant(rfc3339: text + "T00:00:00Z") != nil else { throw .malformed }
        guard let zone else { throw .zoneMissing }
        guard let start = Instant(rfc3339: text + "T00:00:00" + zone) else { throw .malformed }
        return isEnd ? start.advanced(byMicroseconds: dayMicroseconds) : start
    }
}
