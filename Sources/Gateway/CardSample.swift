package import Basics
package import CDSHooks

import Mapping

/// One decided case whose cards can be made again and again: for what is measured.
///
/// It does what the stage of the cards does for a call, with the same facts.
package struct CardSample {
    private let facts: CardFacts

    /// Maps and decides a patient's data; `nil` when the model is not for this patient.
    package init?(
        service: LoadedService,
        profile: LoadedProfile,
        data: PatientData,
        at moment: Instant
    ) {
        let gaps = DataGaps(isPaged: false, hasError: false, unsent: [], failed: [])
        let survey = profile.profile.read(
            patient: data.patient,
            resources: data.resources,
            patientID: data.patientID,
            patientFullURLs: data.patientFullURLs,
            encounterID: data.encounterID
        )
        let report = profile.profile.map(survey, now: moment)
        guard let evaluation = profile.evaluateIfApplicable(report) else { return nil }
        facts = CardFacts(
            service: service,
            report: report,
            evaluation: evaluation,
            earlier: service.earlier(
                than: report,
                in: survey,
                by: profile,
                gaps: gaps,
                now: moment
            ),
            gaps: gaps,
            now: moment
        )
    }

    /// Makes the cards.
    ///
    /// - Throws: `CardError`, or `JSONError` when the facts are no JSON.
    package func cards() throws -> [Card] {
        try facts.service.hook.render(in: facts.environment()) { _ in UUIDBytes(high: 0, low: 0) }
    }
}
