import Basics
import CDSHooks
import Crypto

/// Which cards of an answer were shown before, and so are told in short.
struct RepeatCheck: Sendable {
    /// The rule of the service.
    let rule: SuppressionRule
    /// Whom and what it is about.
    let subject: [UInt8]
    /// What the last answer showed; `nil` when there is none, or it is not known.
    var previous: ShownState?
    /// Why the memory was not believed: an earlier answer was perhaps not seen.
    var doubt: ShownDoubts.Doubt?

    /// What becomes of a card.
    enum Verdict: Equatable {
        case inFull
        case inShort(ShownState.ShownCard)
    }

    /// Judges a card.
    ///
    /// It is told in short only when the last answer held it too, nothing has got worse since then
    /// or since it was shown in full, and that was within the time of the rule. So a card comes
    /// back in full after a better result, after one that could not be computed, and from another
    /// version of the model.
    func verdict(
        on card: Card,
        _ assessment: Assessment?,
        hookInstance: UUIDBytes,
        versions: String,
        now: Instant
    ) -> Verdict {
        guard let key = card.repeatKey, let assessment, let previous,
            previous.versions == versions,
            rule.includesCritical || card.indicator != .critical,
            let shown = previous.cards.first(where: { $0.key == key })
        else { return .inFull }
        // The client did not get the answer that showed it, or asks for it again.
        if previous.hookInstance == hookInstance, shown.eventID == previous.eventID {
            return .inFull
        }
        let age = now.microseconds(since: shown.shownAt)
        guard age >= 0, age < Int64(rule.withinSeconds) * 1_000_000 else { return .inFull }
        guard let last = previous.assessment, shown.indicator == card.indicator,
            !assessment.isWorse(than: last, by: rule),
            !assessment.isWorse(than: shown.assessment, by: rule)
        else { return .inFull }
        return .inShort(shown)
    }
}
