package import Basics
package import CDSHooks
package import ClinicalEngine
package import JSON
package import Mapping

/// What the gateway would decide for one patient's data, without a request: for the tools.
package struct ProfileTrial: Sendable {
    /// A card that would be shown.
    package struct ShownCard: Sendable, Equatable {
        /// The service.
        package let service: String
        /// The name of the card in the hook document.
        package let name: String
        /// How urgent it is.
        package let indicator: Card.Indicator
        /// The one sentence.
        package let summary: String
        /// Whether the service only computes and shows nothing.
        package let isShadow: Bool
    }

    /// The moment of evaluation.
    package let moment: Instant
    /// The inputs, the facts and what was rejected.
    package let report: MappingReport
    /// What the model says; `nil` without a model, or where it is not for this patient.
    package let evaluation: Evaluation?
    /// The cards, by service.
    package let cards: [ShownCard]
    /// Cards that could not be made, one sentence each.
    package let cardFaults: [String]

    /// Maps, evaluates and renders.
    ///
    /// - Parameters:
    ///   - mapping: the mapping.
    ///   - loaded: the same with its model, when there is one.
    ///   - services: the services whose cards are wanted.
    ///   - data: the patient's resources.
    ///   - moment: the moment of evaluation.
    package init(
        mapping: Profile,
        loaded: LoadedProfile?,
        services: [LoadedService],
        data: PatientData,
        at moment: Instant
    ) {
        self.moment = moment
        report = mapping.map(
            patient: data.patient,
            resources: data.resources,
            patientID: data.patientID,
            patientFullURLs: data.patientFullURLs,
            encounterID: data.encounterID,
            now: moment
        )
        // Data of two patients in one request are refused as a whole: no score and no card.
        guard !report.hasSubjectMismatch, let loaded else {
            (evaluation, cards, cardFaults) = (nil, [], [])
            return
        }
        switch report.applicability {
        case .applies: evaluation = loaded.evaluate(report)
        case .notApplicable, .undecided: evaluation = nil
        }
        var cards: [ShownCard] = []
        var faults: [String] = []
        let gaps = DataGaps(isPaged: false, hasError: false, unsent: [], failed: [])
        let survey = loaded.profile.read(
            patient: data.patient,
            resources: data.resources,
            patientID: data.patientID,
            patientFullURLs: data.patientFullURLs,
            encounterID: data.encounterID
        )
        for service in services {
            let facts = CardFacts(
                service: service,
                report: report,
                evaluation: evaluation,
                earlier: service.earlier(
                    than: report,
                    in: survey,
                    by: loaded,
                    gaps: gaps,
                    now: moment
                ),
                gaps: gaps,
                now: moment
            )
            guard let environment = try? facts.environment() else {
                faults.append("\(service.hook.id): the facts of the cards are no JSON")
                continue
            }
            do {
                let rendered = try service.hook.render(in: environment) { _ in
                    UUIDBytes(high: 0, low: 0)
                }
                if rendered.isEmpty, facts.status != Evaluation.Status.complete.rawValue {
                    faults.append("\(service.hook.id): no card fits what was found")
                }
                for card in rendered {
                    cards.append(
                        ShownCard(
                            service: service.hook.id,
                            name: card.name,
                            indicator: card.indicator,
                            summary: card.summary,
                            isShadow: service.hook.mode == .shadow
                        )
                    )
                }
            } catch {
                faults.append("\(service.hook.id): the card \(error.card) fails (\(error.code))")
            }
        }
        self.cards = cards
        cardFaults = faults
    }

    /// Writes the members `evaluation` (when there is one) and `cards` into an open object.
    package func writeDecision(to writer: inout JSONWriter) {
        if let evaluation {
            writer.name("evaluation")
            writer.beginObject()
            ReportWriter.members(of: evaluation, to: &writer)
            writer.endObject()
        }
        writer.name("cards")
        writer.beginArray()
        for card in cards {
            writer.beginObject()
            writer.member("service", card.service)
            writer.member("name", card.name)
            writer.member("indicator", card.indicator.rawValue)
            writer.member("summary", card.summary)
            if card.isShadow { writer.member("isShadow", true) }
            writer.endObject()
        }
        writer.endArray()
    }
}
