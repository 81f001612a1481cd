/// A length of time for people: `2 d 3 h`, `12 h`, `45 min`, `30 s`.
///
/// The two largest units that are not zero are told; what is smaller is cut off.
package enum DurationText {
    private static let units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")]

    /// The text of a number of seconds; a negative one counts as its magnitude.
    package static func text(seconds: Int) -> String {
        var rest = Int(seconds.magnitude)
        var text = ""
        var firstUnit: Int?
        for (place, (length, name)) in units.enumerated() {
            let count = rest / length
            rest %= length
            guard count > 0 else { continue }
            // Minutes beside days would pretend to a precision that nobody needs.
            if let firstUnit, place > firstUnit + 1 { break }
            firstUnit = firstUnit ?? place
            if !text.isEmpty { text += " " }
            text += String(count)
            text += " "
            text += name
        }
        return text.isEmpty ? "0 s" : text
    }
}
