import ClinicalEngine

/// Numbers of a model as a reader says them.
enum NumberText {
    /// The number with every digit that it has: `8`, `0.5`, `4.1499996`.
    static func exact(_ number: Double) -> String {
        guard number.isFinite else { return number < 0 ? "-infinity" : "infinity" }
        guard number == number.rounded(), abs(number) < 1e15 else { return String(number) }
        return String(Int(number))
    }

    /// The number to six digits, for estimates of which nobody reads the seventh.
    static func rounded(_ number: Double) -> String {
        let size = abs(number)
        guard number.isFinite, size >= 1e-4, size < 1e9 else { return exact(number) }
        var scale = 1.0
        while size * scale < 100_000 { scale *= 10 }
        return exact((number * scale).rounded() / scale)
    }

    /// A range as text: `0 to 150`, `above 0 to 1`, `up to 5`.
    static func range(_ interval: Interval) -> String {
        let upper = (interval.isUpperClosed ? "" : "below ") + exact(interval.upper)
        guard interval.lower.isFinite else {
            return interval.isUpperClosed ? "up to " + upper : upper
        }
        let lower = (interval.isLowerClosed ? "" : "above ") + exact(interval.lower)
        guard interval.upper.isFinite else {
            return interval.isLowerClosed ? "from " + lower : lower
        }
        return lower + " to " + upper
    }
}
