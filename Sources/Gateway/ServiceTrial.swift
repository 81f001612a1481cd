import Basics
import CDSHooks
import ClinicalEngine
import JSON
import Mapping

/// What one service makes of a patient's data, as the gateway would.
struct ServiceTrial {
    let service: LoadedService
    /// What was read of the data that the service may use.
    private let survey: RecordSurvey
    let report: MappingReport
    /// What the service was not sent, or not wholly.
    private let gaps: DataGaps
    /// Why the service refuses the request, in one sentence; `nil` when it answers.
    let refusal: String?

    /// Takes data that are all there is.
    init(_ service: LoadedService, survey: RecordSurvey, report: MappingReport) {
        self.service = service
        self.survey = survey
        self.report = report
        gaps = Self.noGaps
        refusal = nil
    }

    /// Reads what a client sends where the data are known not to be all there is.
    ///
    /// - Parameters:
    ///   - service: the service.
    ///   - mapping: the mapping.
    ///   - data: the patient's resources.
    ///   - sent: the value of `prefetch`.
    ///   - moment: the moment of evaluation.
    init(
        _ service: LoadedService,
        _ mapping: Profile,
        _ data: PatientData,
        sent: [UInt8],
        at moment: Instant
    ) {
        self.service = service
        var used = data
        var refusal: String?
        var gaps = Self.noGaps
        do {
            let prefetch = try Prefetch(
                reading: JSONDocument(parsing: sent).root,
                templates: service.hook.prefetch
            )
            gaps = DataGaps(prefetch, service)
            refusal = Self.refusal(prefetch, service)
            if refusal == nil { Self.drop(from: &used, unansweredBy: prefetch, service) }
        } catch let error as HookRequestError {
            refusal = "\(error.code.rawValue), \(error.pointer)"
            gaps = Self.nothing(for: service)
        } catch {
            refusal = "the data are no JSON"
            gaps = Self.nothing(for: service)
        }
        self.gaps = gaps
        self.refusal = refusal.map {
            "\(service.hook.id): the gateway refuses the request (\($0))"
        }
        survey = mapping.read(used)
        report = mapping.map(survey, now: moment, incomplete: gaps.incompleteTypes)
            .decided(with: gaps, service)
    }

    private static var noGaps: DataGaps {
        DataGaps(isPaged: false, hasError: false, unsent: [], failed: [])
    }

    /// The gaps where no key can be read.
    private static func nothing(for service: LoadedService) -> DataGaps {
        let templates = service.hook.prefetch
        var gaps = DataGaps(
            isPaged: false,
            hasError: true,
            unsent: [],
            failed: templates.flatMap(\.feeds)
        )
        gaps.incompleteTypes = Set(templates.map(\.resourceType))
        return gaps
    }

    /// Names the keys without which the service does not answer.
    private static func refusal(_ prefetch: Prefetch, _ service: LoadedService) -> String? {
        let keys = zip(prefetch.entries, service.hook.prefetch).filter { entry, template in
            template.isRequired && !isAnswered(entry)
        }.map(\.0.key)
        guard !keys.isEmpty else { return nil }
        return GatewayError.Code.prefetchMissing.rawValue + ": not answered is "
            + keys.joined(separator: ", ")
    }

    private static func isAnswered(_ entry: Prefetch.Entry) -> Bool {
        switch entry.state {
        case .empty, .resources: true
        case .absent, .failed, .unreadable: false
        }
    }

    /// What came with an error is used by no service.
    private static func drop(
        from data: inout PatientData,
        unansweredBy prefetch: Prefetch,
        _ service: LoadedService
    ) {
        var open: Set<String> = []
        var answered: Set<String> = []
        for (entry, template) in zip(prefetch.entries, service.hook.prefetch) {
            if isAnswered(entry) {
                answered.insert(template.resourceType)
            } else {
                open.insert(template.resourceType)
            }
        }
        open.subtract(answered)
        data.resources.removeAll { open.contains($0["resourceType"]?.stringValue ?? "") }
    }

    /// Makes the cards.
    func render(
        by profile: LoadedProfile,
        at moment: Instant,
        into cards: inout [ProfileTrial.ShownCard],
        _ faults: inout [String]
    ) {
        let facts = CardFacts(
            service: service,
            report: report,
            evaluation: profile.evaluateIfApplicable(report),
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
        guard let environment = try? facts.environment() else {
            faults.append("\(service.hook.id): the facts of the cards are no JSON")
            return
        }
        do {
            let rendered = try service.hook.render(in: environment) { _ in
                UUIDBytes(high: 0, low: 0)
            }
            if rendered.isEmpty, facts.status != Evaluation.Status.complete.rawValue {
                faults.append("\(service.hook.id): no card fits what was found")
            }
            cards += rendered.map { card in
                ProfileTrial.ShownCard(
                    service: service.hook.id,
                    name: card.name,
                    indicator: card.indicator,
                    summary: card.summary,
                    isShadow: service.hook.mode == .shadow
                )
            }
        } catch {
            faults.append("\(service.hook.id): the card \(error.card) fails (\(error.code))")
        }
    }
}

extension Profile {
    /// Reads the data of a patient.
    func read(_ data: PatientData) -> RecordSurvey {
        read(
            patient: data.patient,
            resources: data.resources,
            patientID: data.patientID,
            patientFullURLs: data.patientFullURLs,
            encounterID: data.encounterID
        )
    }
}
