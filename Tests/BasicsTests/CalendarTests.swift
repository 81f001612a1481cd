import Basics
import Testing

@Suite("Calendar")
struct CalendarTests {
    @Test("days count on from each other through four hundred years and more")
    func days() throws {
        var date = try #require(CivilDate(year: 1, month: 1, day: 1))
        let first = date.daysSinceEpoch
        #expect(first == -719_162)
        for offset in 0..<(146_097 * 3) {
            let next = CivilDate(daysSinceEpoch: first + offset + 1)
            let isNextDay = next.day == date.day + 1 && next.month == date.month
            let isNextMonth =
                next.day == 1
                && date.day == CivilDate.dayCount(year: date.year, month: date.month)
            guard isNextDay || isNextMonth, date < next, date.daysSinceEpoch == first + offset
            else {
                Issue.record("the calendar jumps after day \(first + offset)")
                return
            }
            date = next
        }
    }

    @Test(
        "days that do not exist are refused",
        arguments: [
            (2023, 2, 29), (1900, 2, 29), (2024, 4, 31), (2024, 13, 1), (2024, 0, 1), (2024, 1, 0),
            (2024, 1, 32), (0, 1, 1), (10_000, 1, 1), (-1, 1, 1),
        ]
    )
    func refuses(_ year: Int, _ month: Int, _ day: Int) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    @Test(
        "known dates",
        arguments: [
            (1970, 1, 1, 0), (2000, 2, 29, 11_016), (2026, 11, 21, 20_778), (1969, 12, 31, -1),
            (9_999, 12, 31, 2_932_896),
        ]
    )
    func known(_ year: Int, _ month: Int, _ day: Int, _ days: Int) throws {
        let date = try #require(CivilDate(year: year, month: month, day: day))
        #expect(date.daysSinceEpoch == days)
        #expect(CivilDate(daysSinceEpoch: days) == date)
    }

    @Test(
        "moments are written as RFC 3339 in UTC",
        arguments: [
            (Int64(0), "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59.999999Z"),
            (1_500_000, "1970-01-01T00:00:01.500Z"),
            (86_399_999_999, "1970-01-01T23:59:59.999999Z"),
            (86_400_000_000, "1970-01-02T00:00:00Z"), (-86_400_000_000, "1969-12-31T00:00:00Z"),
            (1_709_210_096_000_001, "2024-02-29T12:34:56.000001Z"),
        ]
    )
    func text(_ microseconds: Int64, _ text: String) {
        #expect(Instant(microseconds: microseconds).text == text)
    }

    @Test("a moment made from its parts gives the same date back")
    func parts() throws {
        let date = try #require(CivilDate(year: 1905, month: 3, day: 9))
        let instant = Instant(date: date, hour: 23, minute: 59, second: 59, microsecond: 999_999)
        #expect(instant.date == date)
        #expect(instant.advanced(byMicroseconds: 1).date.day == 10)
        #expect(instant.text == "1905-03-09T23:59:59.999999Z")
    }

    @Test("arithmetic stops at the ends of the range instead of trapping")
    func saturation() {
        let last = Instant(microseconds: .max)
        let first = Instant(microseconds: .min)
        #expect(last.advanced(byMicroseconds: 1) == last)
        #expect(first.advanced(byMicroseconds: -1) == first)
        #expect(last.microseconds(since: first) == .max)
        #expect(first.microseconds(since: last) == .min)
        #expect(first < last)
        #expect(!last.text.isEmpty && !first.text.isEmpty)
    }

    @Test("padding keeps the sign in front")
    func padding() {
        #expect(padded(7, 3) == "007")
        #expect(padded(1_234, 3) == "1234")
        #expect(padded(-5, 4) == "-0005")
        #expect(padded(.min, 2) == "-9223372036854775808")
    }
}
