import Audit
import Basics
import CDSHooks
import Crypto
import HTTPMessages
import Telemetry

/// The end of every exchange: its audit row, and only then its response.
extension HookGateway {
    /// Records an answer and gives it.
    func commit(
        _ body: [UInt8],
        _ request: HTTPRequest,
        _ route: Route,
        _ exchange: Exchange
    ) async -> HTTPResponse {
        let fields: HTTPFields =
            body.isEmpty ? [:] : ["Content-Type": "application/json; charset=utf-8"]
        let response = HTTPResponse(status: 200, fields: fields, body: body)
        return await record(response, request, route, exchange)
    }

    /// Records a refusal and gives it.
    func refuse(
        _ error: GatewayError,
        _ request: HTTPRequest,
        _ route: Route,
        _ exchange: Exchange
    ) async -> HTTPResponse {
        var exchange = exchange
        // What was fetched stands elsewhere than in the body of the client.
        let error = exchange.fetch.isSent ? error.withoutOffsets : error
        exchange.record.kind = error.code.kind
        exchange.record.outcome = error.code.outcome
        exchange.record.reasonCode = error.issues.first?.detailCode ?? error.code.rawValue
        if !error.missingInputs.isEmpty { exchange.record.missingInputs = error.missingInputs }
        // Cards that were made and not sent are no cards that were shown.
        if !exchange.record.cardIDs.isEmpty || !exchange.systemActions.isEmpty {
            exchange.note("cards-withheld")
        }
        // Nor is what was shown before it the last thing that the user saw.
        exchange.record.shown = exchange.repeats.map { nothingShown($0, exchange) }
        exchange.record.cards = nil
        exchange.record.cardIDs = []
        exchange.record.cardNames = [:]
        exchange.record.indicator = nil
        // A request at fault says nothing about a version.
        if exchange.record.kind != .decision { exchange.record.arm = nil }
        let response = errorResponse(error, request, route, traceID: exchange.record.traceID)
        guard error.hasRow else { return response }
        return await record(response, request, route, exchange, error: error)
    }

    /// The response for an error.
    func errorResponse(
        _ error: GatewayError,
        _ request: HTTPRequest,
        _ route: Route,
        traceID: [UInt8]?
    ) -> HTTPResponse {
        var response = HTTPResponse(status: error.code.status)
        switch error.code {
        case .unauthenticated:
            // CDS Hooks best practices: no word about the reason.
            response.fields.append("WWW-Authenticate", "Bearer")
            return response
        case .methodNotAllowed:
            response.fields.append("Allow", route.methods.joined(separator: ", "))
        case .deadline, .auditUnavailable, .draining, .versionNotLoaded, .auditUnreadable,
            .callerUncheckable:
            response.fields.append("Retry-After", String(Limits.retryAfterSeconds))
        case .unknownService, .mediaType, .tooLarge, .notAcceptable, .malformedBody,
            .hookMismatch, .replayNotAllowed, .prefetchMissing, .patientMismatch,
            .invalidResponse, .cardFailure, .unknownPath, .serviceNotAllowed, .unknownModel,
            .modelNotAllowed, .notEvaluable, .tooManyRows, .rowRefused, .noSegments, .scopeMissing,
            .tenantClaimed, .originNotAllowed, .auditQuestion, .reasonMissing, .cursorRefused,
            .unknownEvent, .unknownReview, .reviewClosed:
            break
        case .rateLimited:
            let seconds = error.retryAfterSeconds ?? Limits.retryAfterSeconds
            response.fields.append("Retry-After", String(seconds))
        }
        if route.isCDS {
            response.fields.append("Content-Type", "application/fhir+json; charset=utf-8")
            response.body = ErrorBody.operationOutcome(error, traceID: traceID)
        } else {
            response.fields.append("Content-Type", "application/problem+json")
            response.body = ErrorBody.problem(error, traceID: traceID)
        }
        return response
    }

    /// Makes the row durable; a response whose row is not is replaced by 503.
    func record(
        _ response: HTTPResponse,
        _ request: HTTPRequest,
        _ route: Route,
        _ exchange: Exchange,
        error: GatewayError? = nil
    ) async -> HTTPResponse {
        var exchange = exchange
        exchange.record.status = response.status
        exchange.record.responseDigest = exchange.key.authenticate(response.body)
        exchange.record.stageMicroseconds = exchange.stagesJSON
        let decided = exchange.elapsedMicroseconds(configuration.now())
        exchange.record.durationMicroseconds = Int64(max(0, decided))
        exchange.record.hookVersion = exchange.service.map { String($0.hook.version.prefix(63)) }
        do throws(AuditError) {
            try await append(exchange)
        } catch {
            // The row may have landed, or may still do so, and the answer is not given.
            doubt(exchange)
            return unrecorded(error, request, route, exchange)
        }
        let now = configuration.now()
        exchange.mark(.audit, now)
        var late = lateness(exchange, now)
        settleDoubt(exchange, isLate: late != nil)
        // What was refused says so in its row, whenever it was.
        if error != nil { late = nil }
        countArm(exchange, microseconds: decided)
        count(exchange)
        if let late { metrics.lateAnswers.add(1, [late.service]) }
        logEnd(response, request, route, exchange, error: error, late: late)
        return response
    }

    func unrecorded(
        _ error: AuditError,
        _ request: HTTPRequest,
        _ route: Route,
        _ exchange: Exchange
    ) -> HTTPResponse {
        metrics.auditFailures.add(1, [error.code.rawValue])
        var attributes: [(LogEvent.Attribute, LogEvent.Value)] = [
            (.route, .text(route.template)),
            (.errorType, .text(error.code.rawValue)),
            (.tenant, .text(exchange.record.tenant)),
        ]
        if let state = error.sqlState { attributes.append((.sqlState, .text(state))) }
        log.log(
            LogEvent(
                .error,
                "audit row not durable, answer held back",
                attributes,
                traceID: exchange.record.traceID
            )
        )
        return errorResponse(
            GatewayError(.auditUnavailable),
            request,
            route,
            traceID: exchange.record.traceID
        )
    }

    /// Counts what came of an exchange, once its row is durable.
    private func count(_ exchange: Exchange) {
        guard let service = exchange.service else { return }
        let id = service.hook.id
        for (stage, microseconds) in exchange.stages {
            metrics.stageDuration.observe(microseconds: microseconds, [id, stage.rawValue])
        }
        guard exchange.record.kind == .decision else { return }
        metrics.outcomes.add(1, [id, exchange.record.outcome.rawValue])
        if let indicator = exchange.record.indicator {
            metrics.cards.add(
                exchange.record.cardIDs.count,
                [id, indicator, service.hook.mode.rawValue]
            )
        }
    }

    private func logEnd(
        _ response: HTTPResponse,
        _ request: HTTPRequest,
        _ route: Route,
        _ exchange: Exchange,
        error: GatewayError?,
        late: Lateness?
    ) {
        let elapsed = exchange.elapsedMicroseconds(configuration.now())
        var attributes: [(LogEvent.Attribute, LogEvent.Value)] = [
            (.route, .text(route.template)),
            (.status, .number(response.status)),
            (.outcome, .text(exchange.record.outcome.rawValue)),
            (.durationMicroseconds, .number(elapsed)),
            (.tenant, .text(exchange.record.tenant)),
        ]
        if let client = exchange.record.client { attributes.append((.client, .text(client))) }
        if let service = exchange.record.service { attributes.append((.service, .text(service))) }
        if let instance = exchange.record.hookInstance {
            attributes.append((.hookInstance, .text(instance.text)))
        }
        if let error {
            attributes.append((.errorType, .text(exchange.record.reasonCode ?? "")))
            if let issue = error.issues.first {
                if !issue.pointer.isEmpty { attributes.append((.place, .text(issue.pointer))) }
                if let offset = issue.offset { attributes.append((.offset, .number(offset))) }
            }
        }
        if let late {
            attributes.append((.deadlineMicroseconds, .number(late.deadlineMicroseconds)))
        }
        let severity: LogEvent.Severity =
            response.status >= 500
            ? .error : response.status >= 400 || late != nil ? .warning : .info
        log.log(
            LogEvent(
                severity,
                late == nil ? "answered" : "answered behind the deadline",
                attributes,
                traceID: exchange.record.traceID
            )
        )
    }
}
