package import JSON

/// How a golden case ended.
package struct CaseOutcome: Sendable {
    /// The case.
    package let golden: GoldenCase
    /// What differs from what is expected, one for each member.
    package let differences: [CaseDifference]
    /// Why the case could not be held against anything; no update can mend it.
    package let fault: String?
    /// What came of it, for those who count which rules and reasons the cases exercise.
    package let trial: ProfileTrial?

    /// Whether everything is as expected.
    package var isPassed: Bool { differences.isEmpty && fault == nil }
}

/// One thing in which a case came out otherwise than expected.
package struct CaseDifference: Sendable {
    /// The member of `expect`, such as `inputs.temperature`.
    package let member: String
    /// What is expected.
    package let expected: String
    /// What came out.
    package let actual: String
    /// The value in the file that states the expectation.
    package let place: JSONValue
    /// What would stand there instead.
    package let replacement: JSONLayout
}
