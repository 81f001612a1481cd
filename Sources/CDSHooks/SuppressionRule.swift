import Basics
import JSON

/// When a card is not shown in full again: the member `suppress` of a hook document.
///
///     "suppress": { "within": "PT8H", "by": "patient+user", "worse": "higher", "worseBy": 0.5 }
///
/// A card is held back when the same card was shown for the same patient within the time, and
/// nothing about it is worse. It is never left out: a short one says that and when it was shown,
/// because an empty answer means that there is nothing to report. Critical cards are shown each
/// time unless the document says otherwise in so many words.
package struct SuppressionRule: Sendable, Equatable {
    /// Who must have been shown the card.
    package enum Audience: String, Sendable, CaseIterable {
        /// Anybody who looked at the patient.
        case patient
        /// The same user.
        case patientAndUser = "patient+user"
    }

    /// Which change of a number makes a result worse.
    package enum Direction: String, Sendable, CaseIterable {
        /// Any: only the very same result is held back.
        case anyChange = "any-change"
        /// A rise, as of an early warning score.
        case higher
        /// A fall, as of a filtration rate.
        case lower
    }

    /// For how long a card is held back, counted from when it was last shown in full.
    package let withinSeconds: Int
    /// Who must have been shown it.
    package let audience: Audience
    /// Which change is worse.
    package let worse: Direction
    /// By how much a number must change to count as changed.
    package let tolerance: Double
    /// Whether critical cards are held back too.
    package let includesCritical: Bool

    /// Makes a rule.
    package init(
        withinSeconds: Int,
        audience: Audience = .patient,
        worse: Direction = .anyChange,
        tolerance: Double = 0,
        includesCritical: Bool = false
    ) {
        self.withinSeconds = withinSeconds
        self.audience = audience
        self.worse = worse
        self.tolerance = tolerance
        self.includesCritical = includesCritical
    }

    static func read(
        _ limen: HookDocumentReader,
        mode: HookService.Mode
    ) throws(HookServiceError) -> SuppressionRule? {
        guard let object = try limen.optionalObject("suppress") else { return nil }
        try object.allow(["within", "by", "worse", "worseBy", "critical"])
        guard mode == .live else {
            throw limen.error(.valueSet, "suppress", "a service in shadow mode shows nothing")
        }
        let text = try object.text("within")
        guard let seconds = ISODuration.seconds(text),
            (60...Limits.repeatWithinSecondsMax).contains(seconds)
        else {
            throw object.error(.duration, "within", "PT1M to P31D is expected, as PT8H")
        }
        guard let audience = Audience(rawValue: try object.text("by")) else {
            throw object.error(.valueSet, "by", "patient or patient+user is expected")
        }
        let worse = try object.optionalText("worse") ?? Direction.anyChange.rawValue
        guard let direction = Direction(rawValue: worse) else {
            throw object.error(.valueSet, "worse", "any-change, higher or lower is expected")
        }
        var tolerance = 0.0
        if let value = object.json["worseBy"] {
            guard let number = value.decimalValue?.doubleValue, number >= 0, number <= 1e9 else {
                throw object.error(.valueSet, "worseBy", "a number from 0 is expected")
            }
            tolerance = number
        }
        return SuppressionRule(
            withinSeconds: seconds,
            audience: audience,
            worse: direction,
            tolerance: tolerance,
            includesCritical: try object.optionalFlag("critical")
        )
    }
}
