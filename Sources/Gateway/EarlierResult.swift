import Basics
import ClinicalEngine
import Mapping

/// What the model said of an earlier moment, by the same rules and from the same request.
struct EarlierResult {
    /// The moment as of which it was made.
    let moment: Instant
    let report: MappingReport
    /// What the model says; `nil` when it did not apply then, or that could not be decided.
    let evaluation: Evaluation?
}

extension LoadedProfile {
    /// Gives the mapped inputs to the model, when the model may be used for this patient.
    func evaluateIfApplicable(_ report: MappingReport) -> Evaluation? {
        switch report.applicability {
        case .applies: evaluate(report)
        case .notApplicable, .undecided: nil
        }
    }
}

extension LoadedService {
    /// The earlier result that belongs to a present one, when the profile asks for one.
    func earlier(
        than report: MappingReport,
        in survey: RecordSurvey,
        by profile: LoadedProfile,
        gaps: DataGaps,
        now: Instant
    ) -> EarlierResult? {
        guard case .applies = report.applicability,
            let moment = profile.profile.earlierMoment(for: report, now: now)
        else { return nil }
        let earlier = profile.profile.map(
            survey,
            now: moment,
            incomplete: gaps.incompleteTypes
        ).decided(with: gaps, self)
        return EarlierResult(
            moment: moment,
            report: earlier,
            evaluation: profile.evaluateIfApplicable(earlier)
        )
    }
}
