package import Basics
import JSON

/// When people are at work: from one hour to another, on some days of the week, in one offset from
/// UTC.
///
///     {"from":"07:00","to":"19:00","days":"mon-fri","zone":"+02:00"}
package struct WorkingHours: Sendable, Equatable {
    /// The first minute of the day that counts.
    package let fromMinute: Int
    /// The first minute that counts no more.
    package let toMinute: Int
    /// Whether Saturday and Sunday count too.
    package let includesWeekend: Bool
    /// Minutes to be added to UTC.
    package let zoneMinutes: Int

    /// Seven to seven, Monday to Friday, in UTC.
    package static let usual = WorkingHours(
        fromMinute: 7 * 60,
        toMinute: 19 * 60,
        includesWeekend: false,
        zoneMinutes: 0
    )

    /// Makes hours; the beginning lies before the end, within one day.
    package init(fromMinute: Int, toMinute: Int, includesWeekend: Bool, zoneMinutes: Int) {
        precondition(fromMinute >= 0, "a day begins at midnight")
        precondition(toMinute <= 1_440, "a day ends at midnight")
        precondition(fromMinute < toMinute, "hours end before they begin")
        self.fromMinute = fromMinute
        self.toMinute = toMinute
        self.includesWeekend = includesWeekend
        self.zoneMinutes = zoneMinutes
    }

    /// Reads `07:00-19:00`; `nil` for anything else.
    package init?(hours text: String, includesWeekend: Bool, zoneMinutes: Int) {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(Self.minute)
        guard ends.count == 2, let from = ends[0], let end = ends[1], from < end else { return nil }
        self.init(
            fromMinute: from,
            toMinute: end,
            includesWeekend: includesWeekend,
            zoneMinutes: zoneMinutes
        )
    }

    /// Reads what `json` gives; `nil` when it is not that.
    package init?(reading bytes: [UInt8]) {
        guard let root = try? JSONDocument(parsing: bytes).root,
            let from = root["from"]?.integerValue, let end = root["to"]?.integerValue,
            let weekend = root["weekend"]?.boolValue, let zone = root["zone"]?.integerValue,
            (0...1_440).contains(from), (0...1_440).contains(end), from < end,
            (-1_439...1_439).contains(zone)
        else { return nil }
        self.init(fromMinute: from, toMinute: end, includesWeekend: weekend, zoneMinutes: zone)
    }

    /// The hours as JSON, in minutes of the day.
    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("from", fromMinute)
        writer.member("to", toMinute)
        writer.member("weekend", includesWeekend)
        writer.member("zone", zoneMinutes)
        writer.endObject()
        return writer.bytes
    }

    /// Whether a moment lies within them.
    package func contains(_ moment: Instant) -> Bool {
        let local = moment.advanced(byMicroseconds: Int64(zoneMinutes) * 60_000_000)
        let day = local.date.daysSinceEpoch
        // 1970-01-01 was a Thursday: three days after a Monday.
        let weekday = ((day + 3) % 7 + 7) % 7
        guard includesWeekend || weekday < 5 else { return false }
        let midnight = Instant(date: local.date, hour: 0, minute: 0, second: 0, microsecond: 0)
        let minute = Int(local.microseconds(since: midnight) / 60_000_000)
        return minute >= fromMinute && minute < toMinute
    }

    private static func minute(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }),
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60,
            hour * 60 + minute <= 1_440
        else { return nil }
        return hour * 60 + minute
    }
}
