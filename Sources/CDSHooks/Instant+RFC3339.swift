package import Basics

extension Instant {
    /// Reads an RFC 3339 date and time, such as `2026-05-04T10:00:00.250+02:00`.
    ///
    /// A time zone is required, as FHIR requires it of an `instant`. A leap second counts as the
    /// second before it. `nil` when the text is none.
    package init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 40 else { return nil }
        func number(_ start: Int, _ length: Int) -> Int? {
            var value = 0
            guard start + length <= bytes.count else { return nil }
            for byte in bytes[start..<start + length] {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            return value
        }
        guard bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[13] == 0x3A, bytes[16] == 0x3A else {
            return nil
        }
        guard bytes[10] | 0x20 == UInt8(ascii: "t") else { return nil }
        guard let year = number(0, 4), let month = number(5, 2), let day = number(8, 2),
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        guard let hour = number(11, 2), hour < 24, let minute = number(14, 2), minute < 60,
            let second = number(17, 2), second <= 60
        else { return nil }
        var position = 19
        var microsecond = 0
        if bytes[position] == UInt8(ascii: ".") {
            position += 1
            var weight = 100_000
            let start = position
            while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 {
                microsecond += Int(bytes[position] - 0x30) * weight
                weight /= 10
                position += 1
            }
            guard position > start else { return nil }
        }
        guard position < bytes.count else { return nil }
        var offsetMinutes = 0
        let zone = bytes[position]
        if zone | 0x20 == UInt8(ascii: "z") {
            guard position + 1 == bytes.count else { return nil }
        } else {
            guard zone == UInt8(ascii: "+") || zone == UInt8(ascii: "-"),
                position + 6 == bytes.count, bytes[position + 3] == 0x3A,
                let hours = number(position + 1, 2), hours < 24,
                let minutes = number(position + 4, 2), minutes < 60
            else { return nil }
            offsetMinutes = (hours * 60 + minutes) * (zone == UInt8(ascii: "-") ? -1 : 1)
        }
        let civil = Instant(
            date: date,
            hour: hour,
            minute: minute,
            second: min(second, 59),
            microsecond: microsecond
        )
        self = civil.advanced(byMicroseconds: Int64(offsetMinutes) * -60_000_000)
    }
}
