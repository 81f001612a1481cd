/// A range of numbers, each end open or closed or without a bound (PMML 4.4, Interval).
public struct Interval: Sendable, Equatable {
    /// The lower margin; minus infinity when there is none.
    public let lower: Double
    /// Whether the lower margin itself belongs to the range.
    public let isLowerClosed: Bool
    /// The upper margin; infinity when there is none.
    public let upper: Double
    /// Whether the upper margin itself belongs to the range.
    public let isUpperClosed: Bool

    /// Makes a range.
    public init(
        lower: Double = -.infinity,
        isLowerClosed: Bool = true,
        upper: Double = .infinity,
        isUpperClosed: Bool = true
    ) {
        self.lower = lower
        self.isLowerClosed = isLowerClosed
        self.upper = upper
        self.isUpperClosed = isUpperClosed
    }

    /// Whether a number lies in the range.
    public func contains(_ number: Double) -> Bool {
        guard isLowerClosed ? number >= lower : number > lower else { return false }
        return isUpperClosed ? number <= upper : number < upper
    }

    /// Whether no number lies in the range.
    public var isEmpty: Bool {
        if lower < upper { return false }
        return !(lower == upper && isLowerClosed && isUpperClosed)
    }

    /// The numbers that lie in both ranges.
    func intersection(_ other: Interval) -> Interval {
        let isLeft = lower > other.lower || (lower == other.lower && !isLowerClosed)
        let isRight = upper < other.upper || (upper == other.upper && !isUpperClosed)
        return Interval(
            lower: isLeft ? lower : other.lower,
            isLowerClosed: isLeft ? isLowerClosed : other.isLowerClosed,
            upper: isRight ? upper : other.upper,
            isUpperClosed: isRight ? isUpperClosed : other.isUpperClosed
        )
    }
}
