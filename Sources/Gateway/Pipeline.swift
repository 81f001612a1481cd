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
            let answer = try decide(request, serviceID, &exchange)
            return await commit(answer, request, .hook(serviceID: serviceID), exchange)
        } catch {
            return await refuse(error, request, .hook(serviceID: serviceID), exchange)
        }
    }

    private func decide(
        _ request: HTTPRequest,
        _ serviceID: String,
        _ exchange: inout Exchange
    ) throws(GatewayError) -> [UInt8] {
        let now = configuration.now
        let catalogue = catalogue
        let caller = try authenticate(request, catalogue, &exchange)
        let services = try find(serviceID, for: caller, in: catalogue, &exchange)
        try checkHead(request)
        exchange.mark(.authenticate, now())

        let call = try read(request.body, for: services, &exchange)
        let service = try select(call.hook, from: services, &exchange)
        let moment = try evaluationMoment(call, caller, &exchange)
        exchange.mark(.parse, now())

        let prefetch = try complete(call, service, &exchange)
        let patientID = try patientID(call)
        let matched = try PatientMatch.match(
            prefetch,
            patientID: patientID,
            fhirServer: call.fhirServer
        )
        exchange.mark(.prefetch, now())

        let gaps = DataGaps(prefetch, service)
        let report = try map(matched, patientID, service, moment, gaps, &exchange)
        exchange.mark(.map, now())

        let evaluation = evaluate(report, service, gaps, &exchange)
        let earlier = service.earlier(
            than: report,
            of: matched,
            patientID: patientID,
            gaps: gaps,
            now: moment
        )
        exchange.record.result = ReportWriter.result(report, evaluation, earlier)
        exchange.mark(.evaluate, now())

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

        let answer = try checked(cards, facts, call, &exchange)
        exchange.mark(.check, now())
        try checkDeadline(service, &exchange)
        return answer
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
            let caller = try authenticate(request, catalogue, &exchange)
            let services = try find(serviceID, for: caller, in: catalogue, &exchange)
            try checkHead(request)
            exchange.mark(.authenticate, configuration.now())
            exchange.service = services.first
            try readFeedback(request.body, &exchange)
            exchange.mark(.parse, configuration.now())
            // CDS Hooks defines no body for the answer; none is what every client can read.
            return await commit([], request, .feedback(serviceID: serviceID), exchange)
        } catch {
            return await refuse(error, request, .feedback(serviceID: serviceID), exchange)
        }
    }
}
