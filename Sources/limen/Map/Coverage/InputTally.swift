import Mapping

/// What became of one input over all patients.
struct InputTally {
    /// Patients whose value was observed.
    var observedCount = 0
    /// Patients for whom the profile's assumed value stands.
    var assumedCount = 0
    /// Patients for whom the profile's imputed value stands.
    var imputedCount = 0
    /// Patients of whom the profile reads the value from there being no record.
    var absentCount = 0
    /// Patients without a value, by the most telling reason; `none` when nothing came near.
    var missing = CodeCounter()
    /// Observed values by the alternative that gave them.
    var rules: [Int: Int] = [:]
    /// Observed values by age, one count for each bound and one for what is older or has none.
    var ages = Array(repeating: 0, count: InputTally.ageBounds.count + 1)
    /// Observed values without a time of their own.
    var ageless = 0

    /// The bounds of the ages: seconds, and how a reader says them.
    static let ageBounds: [(seconds: Int, text: String)] = [
        (3_600, "1h"), (4 * 3_600, "4h"), (12 * 3_600, "12h"), (86_400, "1d"),
        (7 * 86_400, "7d"), (30 * 86_400, "30d"),
    ]

    /// Takes a patient's input in.
    mutating func add(_ input: MappingReport.Input) {
        guard input.value != nil else {
            missing.add(input.missingReason?.rawValue ?? "none")
            return
        }
        if input.flags.contains(.assumed) {
            assumedCount += 1
        } else if input.flags.contains(.imputed) {
            imputedCount += 1
        } else if input.flags.contains(.fromAbsence) {
            absentCount += 1
        } else {
            observedCount += 1
            if let rule = input.rule { rules[rule, default: 0] += 1 }
            guard let age = input.source?.ageSeconds else {
                ageless += 1
                return
            }
            let bound = Self.ageBounds.firstIndex { age <= $0.seconds }
            ages[bound ?? Self.ageBounds.count] += 1
        }
    }

    /// The share of the ages as a reader says it, such as `<=1h 12, <=12h 3`.
    var ageText: String {
        var parts: [String] = []
        for (index, count) in ages.enumerated() where count > 0 {
            let isLast = index == Self.ageBounds.count
            let text =
                isLast ? ">" + Self.ageBounds[index - 1].text : "<=" + Self.ageBounds[index].text
            parts.append("\(text) \(count)")
        }
        if ageless > 0 { parts.append("no time \(ageless)") }
        return parts.joined(separator: ", ")
    }
}
