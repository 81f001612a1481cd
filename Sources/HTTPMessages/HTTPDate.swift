package import Basics

/// Dates as HTTP writes them, such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7).
package enum HTTPDate {
    /// The text of a moment; fractions of a second are cut off.
    package static func text(_ moment: Instant) -> String {
        String(decoding: bytes(moment), as: UTF8.self)
    }

    /// The text of a moment as bytes.
    package static func bytes(_ moment: Instant) -> [UInt8] {
        let date = moment.date
        let days = date.daysSinceEpoch
        let ofDay = moment.microseconds - Int64(days) * 86_400_000_000
        let seconds = Int(ofDay / 1_000_000)
        // 1970-01-01 was a Thursday.
        let weekday = ((days % 7) + 11) % 7
        let names = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        var text = names[weekday] + ", " + padded(date.day, 2) + " " + months[date.month - 1]
        text += " " + padded(date.year, 4) + " " + padded(seconds / 3_600, 2)
        text += ":" + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2) + " GMT"
        return Array(text.utf8)
    }
}
