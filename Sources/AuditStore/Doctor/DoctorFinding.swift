/// One weakness of a database: how grave, where, what, and the statement that mends it.
package struct DoctorFinding: Sendable, Equatable {
    /// How grave a weakness is.
    package enum Severity: String, Sendable, Comparable, CaseIterable {
        /// It costs little or nothing today.
        case low
        /// It takes away one of several fences.
        case medium
        /// It takes away a fence that nothing stands behind, for some.
        case high
        /// Rows can be read by another tenant, changed, or lost.
        case critical

        private var rank: Int {
            switch self {
            case .low: 0
            case .medium: 1
            case .high: 2
            case .critical: 3
            }
        }

        /// Whether one is less grave than another.
        package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
    }

    /// The kind of weakness.
    package let weakness: Weakness
    /// How grave it is.
    package let severity: Severity
    /// The object, with the part that is concerned.
    package let object: String
    /// What is wrong, and what follows from it.
    package let sentence: String
    /// The statement or step that mends it.
    package let remedy: String

    /// Makes a finding.
    package init(
        _ weakness: Weakness,
        _ severity: Severity,
        _ object: String,
        _ sentence: String,
        remedy: String
    ) {
        self.weakness = weakness
        self.severity = severity
        self.object = object
        self.sentence = sentence
        self.remedy = remedy
    }
}
