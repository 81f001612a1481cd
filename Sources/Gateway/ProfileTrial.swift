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

    /// Makes the value of `prefetch` that a client would send to a service.
    package typealias Sending = (LoadedService) -> [UInt8]

    /// The moment of evaluation.
    package let moment: Instant
    /// The inputs, the facts and what was rejected.
    package let report: MappingReport
    /// What the model says; `nil` without a model, or where it is not for this patient.
    package let evaluation: Evaluation?
    /// Whether the data are known not to be all there is, so that no result is taken for whole.
    package let isPartial: Bool
    /// Whether every service refuses the request for what its data lack.
    package let isRefused: Bool
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
    ///   - sending: what a client would send, where the data are known not to be all there is.
    package init(
        mapping: Profile,
        loaded: LoadedProfile?,
        services: [LoadedService],
        data: PatientData,
        at moment: Instant,
        sending: Sending? = nil
    ) {
        self.moment = moment
        let survey = mapping.read(data)
        // What is lacking is told by the keys of a service; without one it may be anything.
        let types = sending == nil ? [] : Set(mapping.retrievals.map(\.resource))
        let report = mapping.map(survey, now: moment, incomplete: types)
        let trials = services.map { service in
            guard let sending else {
                return ServiceTrial(service, survey: survey, report: report)
            }
            return ServiceTrial(service, mapping, data, sent: sending(service), at: moment)
        }
        let answered = trials.first { $0.refusal == nil }
        self.report = (answered ?? trials.first)?.report ?? report
        isPartial = sending != nil
        isRefused = answered == nil && !trials.isEmpty
        // Data of two patients in one request are refused as a whole: no score and no card.
        guard !report.hasSubjectMismatch else {
            (evaluation, cards, cardFaults) = (nil, [], [])
            return
        }
        guard let loaded, !isRefused else {
            (evaluation, cards, cardFaults) = (nil, [], trials.compactMap(\.refusal))
            return
        }
        evaluation = loaded.evaluateIfApplicable(self.report)
        var cards: [ShownCard] = []
        var faults: [String] = []
        for trial in trials {
            if let refusal = trial.refusal {
                faults.append(refusal)
            } else {
                trial.render(by: loaded, at: moment, into: &cards, &faults)
            }
        }
        self.cards = cards
        cardFaults = faults
    }

    /// Writes the members `evaluation` (when there is one), `isRefused` (when it is so) and `cards`
    /// into an open object.
    package func writeDecision(to writer: inout JSONWriter) {
        if let evaluation {
            writer.name("evaluation")
            writer.beginObject()
            ReportWriter.members(of: evaluation, to: &writer)
            writer.endObject()
        }
        if isRefused { writer.member("isRefused", true) }
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
