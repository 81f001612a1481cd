/// What about an input, an output or the segments has moved so far that the model is to be looked
/// at, and perhaps trained again.
package enum DriftTrigger: String, Sendable, CaseIterable {
    /// The values are distributed otherwise.
    case distribution
    /// Values are missing more or less often.
    case missing
    /// Values that cannot be read or are not allowed are more or less frequent.
    case invalid
    /// Values beyond the reference range are more or less frequent.
    case outOfRange = "out-of-range"

    /// The smallest change of a rate that matters, however many cases prove it: five points of
    /// missing values, two beyond the range, and one of values that are wrong, since these come
    /// from a broken feed rather than from other patients.
    package var smallestChange: Double {
        switch self {
        case .missing, .distribution: 0.05
        case .outOfRange: 0.02
        case .invalid: 0.01
        }
    }
}
