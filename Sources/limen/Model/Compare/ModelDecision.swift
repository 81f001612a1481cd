import CDSHooks
import ClinicalEngine
import Gateway
import Mapping

/// What one version of a model decides for one patient, in the words of a comparison.
struct ModelDecision {
    /// What may differ between two decisions, in the order of a report.
    enum Aspect: String, CaseIterable {
        /// Computed, incomplete, refused with its code, or not for this patient.
        case outcome
        /// The category, or where the model has none, the cards by name and urgency.
        case band
        /// The segment, and whether it is uncertain.
        case segment
        /// The number, or its bounds when inputs are missing.
        case score
        /// Everything that the cards say in their first line.
        case card
    }

    private let texts: [Aspect: String]
    /// The number, when one was computed.
    let number: Double?

    /// Puts a trial into words.
    init(_ trial: ProfileTrial) {
        let evaluation = trial.evaluation
        var texts: [Aspect: String] = [:]
        texts[.outcome] = Self.outcome(trial)
        texts[.band] = evaluation?.category ?? Self.names(trial.cards)
        texts[.segment] = evaluation?.segment.map(Self.text)
        texts[.score] = evaluation.flatMap(Self.score)
        texts[.card] = Self.summaries(trial.cards)
        self.texts = texts
        number = evaluation?.status == .complete ? evaluation?.value : nil
    }

    /// An aspect as text; `-` where the decision has none.
    subscript(aspect: Aspect) -> String { texts[aspect] ?? "-" }

    private static func outcome(_ trial: ProfileTrial) -> String {
        if trial.report.hasSubjectMismatch { return "refused: about another patient" }
        switch trial.report.applicability {
        case .applies: break
        case .notApplicable(let code, _): return "not applicable: " + code
        case .undecided(let code, _): return "undecided: " + code
        }
        guard let evaluation = trial.evaluation else { return "refused" }
        switch evaluation.status {
        case .complete: return "computed"
        case .incomplete: return "incomplete"
        case .refused:
            let refusal = evaluation.refusal
            return "refused: " + (refusal?.code.rawValue ?? "")
                + (refusal?.field.map { " " + $0 } ?? "")
        }
    }

    private static func score(_ evaluation: Evaluation) -> String? {
        switch evaluation.status {
        case .complete: return evaluation.value.map(text)
        case .incomplete:
            let bounds = [evaluation.lower, evaluation.upper].map { $0.map(text) ?? "?" }
            return bounds.joined(separator: " to ")
        case .refused: return nil
        }
    }

    /// A number as short as it can be written, so that equal texts are equal numbers.
    static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
    }

    private static func text(_ segment: Evaluation.Segment) -> String {
        let name = segment.name.map { segment.id + " " + $0 } ?? segment.id
        return segment.isUncertain == true ? name + " (uncertain)" : name
    }

    private static func names(_ cards: [ProfileTrial.ShownCard]) -> String? {
        guard !cards.isEmpty else { return nil }
        return cards.map { "\($0.service) \($0.name) (\($0.indicator.rawValue))" }
            .joined(separator: " / ")
    }

    private static func summaries(_ cards: [ProfileTrial.ShownCard]) -> String {
        guard !cards.isEmpty else { return "none" }
        return cards.map { "\($0.indicator.rawValue): \($0.summary)" }.joined(separator: " / ")
    }
}
