import Audit
import Basics
import CDSHooks
import HTTPMessages
import Mapping

/// How a hook call flows: one line a stage.
///
/// A stage takes a value, gives the next, and throws `GatewayError`; it may note in the exchange
/// what the audit row must say. Only here does the way branch.
extension HookGateway {
    /// Answers `POST /cds-services/{id}`.
    func answerHook(
        _ request: HTTPRequest,
        serviceID: String,
        startedAt: Instant
    ) async -> HTTPResponse {
        var exchange = begin(request, startedAt)
        do throws(GatewayError) {
            let answer = try await decide(request, serviceID, &exchange)
            let response = await commit(answer, request, .hook(serviceID: serviceID), exchange)
            // Without a durable row there was no decision that a shadow could stand beside.
            if response.status == 200 { startShadows(exchange) }
            return response
        } catch {
            return await refuse(error, request, .hook(serviceID: serviceID), exchange)
        }
    }

    private func decide(
        _ request: HTTPRequest,
        _ serviceID: String,
        _ exchange: inout Exchange
    ) async throws(GatewayError) -> [UInt8] {
        let now = configuration.now
        let catalogue = catalogue
        let route = Route.hook(serviceID: serviceID)
        let caller = try await authenticate(request, route, catalogue, .callHooks, &exchange)
        let services = try find(serviceID, for: caller, in: catalogue, &exchange)
        try checkHead(request)
        exchange.mark(.authenticate, now())

        let call = try read(request.body, for: services, &exchange)
        let offered = try select(call.hook, from: services, &exchange)
        let moment = try evaluationMoment(call, caller, &exchange)
        let service = try choose(offered, catalogue, call, &exchange)
        exchange.mark(.parse, now())

        exchange.repeats = repeats(of: call, service, &exchange)
        let (whole, prefetch) = try await complete(call, service, caller, &exchange)
        await recall(service, &exchange)
        exchange.mark(.prefetch, now())

        let answer: [UInt8]
        switch service.computation {
        case .profile(let profile):
            answer = try score(whole, service, profile, prefetch, moment, &exchange)
        case .interactions(let knowledge):
            answer = try check(whole, service, knowledge, prefetch, moment, &exchange)
        }
        exchange.mark(.check, now())
        try checkDeadline(service, exchange)
        exchange.shadows = catalogue.plan(of: offered)?.shadows(for: whole, at: moment)
        return answer
    }

    /// From the resources to an answer by the model of a profile.
    func score(
        _ call: HookRequest,
        _ service: LoadedService,
        _ profile: LoadedProfile,
        _ prefetch: Prefetch,
        _ moment: Instant,
        _ exchange: inout Exchange
    ) throws(GatewayError) -> [UInt8] {
        let now = configuration.now
        let patientID = try patientID(call)
        let matched = try PatientMatch.match(
            prefetch.items,
            beside: ContextResources.items(of: call),
            patientID: patientID,
            fhirServer: call.fhirServer
        )
        let gaps = DataGaps(prefetch, service, exchange.fetch)
        let survey = profile.profile.read(
            patient: matched.patient,
            resources: matched.resources,
            patientID: patientID,
            patientFullURLs: matched.patientURLs,
            encounterID: call.context.encounterID
        )
        let report = try map(survey, service, profile, moment, gaps, &exchange)
        exchange.mark(.map, now())
        try checkTime(service, exchange)

        let evaluation = evaluate(report, profile, gaps, &exchange)
        count(report, evaluation, profile, service, exchange)
        let earlier = service.earlier(
            than: report,
            in: survey,
            by: profile,
            gaps: gaps,
            now: moment
        )
        exchange.record.result = ReportWriter.result(report, evaluation, earlier)
        exchange.mark(.evaluate, now())
        try checkTime(service, exchange)

        let facts = CardFacts(
            service: service,
            report: report,
            evaluation: evaluation,
            earlier: earlier,
            gaps: gaps,
            now: moment
        )
        let cards = try render(facts, call, &exchange)
        exchange.mark(.card, now())

        let said = Assessment(report, evaluation, gaps)
        return try checked(cards, said, service, call, &exchange) { flags in
            ReportWriter.explanation(
                report: report,
                evaluation: evaluation,
                earlier: earlier,
                artifacts: service.artifacts,
                flags: flags,
                evaluatedAt: moment
            )
        }
    }

    /// From the orders to an answer by a knowledge base of interactions.
    private func check(
        _ call: HookRequest,
        _ service: LoadedService,
        _ knowledge: InteractionKnowledge,
        _ prefetch: Prefetch,
        _ moment: Instant,
        _ exchange: inout Exchange
    ) throws(GatewayError) -> [UInt8] {
        let now = configuration.now
        let list = try list(call, prefetch, patientID(call), service, knowledge)
        exchange.mark(.map, now())
        try checkTime(service, exchange)

        let gaps = DataGaps(prefetch, service, exchange.fetch)
        let decision = screen(list, service, knowledge, gaps, &exchange)
        exchange.mark(.evaluate, now())
        try checkTime(service, exchange)

        let cards = render(decision, call, &exchange)
        exchange.mark(.card, now())
        // What asks nothing says nothing about what was shown before.
        if decision.status == .nothingAsked { exchange.repeats = nil }
        let said = Assessment(decision)
        return try checked(cards, said, service, call, &exchange) { flags in
            InteractionReport(decision: decision).explanation(flags: flags, evaluatedAt: moment)
        }
    }

    /// Answers `POST /cds-services/{id}/feedback`.
    func answerFeedback(
        _ request: HTTPRequest,
        serviceID: String,
        startedAt: Instant
    ) async -> HTTPResponse {
        var exchange = begin(request, startedAt)
        do throws(GatewayError) {
            let catalogue = catalogue
            let route = Route.feedback(serviceID: serviceID)
            let caller = try await authenticate(
                request,
                route,
                catalogue,
                .sendFeedback,
                &exchange
            )
            let services = try find(serviceID, for: caller, in: catalogue, &exchange)
            guard let service = services.first(where: caller.mayCall) else {
                // Who may not see a card has nothing to say of it.
                throw GatewayError(.serviceNotAllowed)
            }
            try checkHead(request)
            exchange.mark(.authenticate, configuration.now())
            exchange.service = service
            try readFeedback(request.body, &exchange)
            exchange.mark(.parse, configuration.now())
            // CDS Hooks defines no body for the answer; none is what every client can read.
            return await commit([], request, .feedback(serviceID: serviceID), exchange)
        } catch {
            return await refuse(error, request, .feedback(serviceID: serviceID), exchange)
        }
    }
}
