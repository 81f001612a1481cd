import Audit
import Basics
import Crypto
import HTTPMessages

/// The audit trail over HTTP, for callers with the scope `audit.read`.
extension HookGateway {
    /// Answers a route below `/audit`.
    ///
    /// The row of the read is durable before anything of it leaves, as with every answer.
    func answerAudit(
        _ request: HTTPRequest,
        _ part: AuditRoute,
        startedAt: Instant
    ) async -> HTTPResponse {
        let route = Route.audit(part)
        var exchange = begin(request, startedAt)
        do throws(GatewayError) {
            let client = try await authenticate(
                request,
                route,
                catalogue,
                .readAudit,
                &exchange
            )
            guard let reader = configuration.auditReader else {
                throw GatewayError(.auditUnreadable)
            }
            try checkHead(request, part)
            exchange.mark(.authenticate, configuration.now())
            exchange.record.requestDigest = exchange.key.authenticate(request.body)
            let epochs = configuration.pseudonymKeys(client.tenant)
            let desk = AuditDesk(
                reader: reader,
                client: client,
                key: exchange.key,
                pseudonymKeys: epochs.isEmpty
                    ? [PseudonymKey(epoch: 1, key: exchange.key)] : epochs,
                now: startedAt,
                makeID: { [self] in makeEventID(startedAt) },
                eventID: exchange.record.eventID
            )
            let answer = try await desk.answer(request, part)
            exchange.mark(.evaluate, configuration.now())
            note(answer, in: &exchange)
            var response = HTTPResponse(
                status: answer.status,
                fields: ["Content-Type": answer.type],
                body: answer.body
            )
            for field in answer.fields { response.fields.append(field.name, field.value) }
            return await record(response, request, route, exchange)
        } catch {
            return await refuse(error, request, route, exchange)
        }
    }

    /// Puts what was read into the row of the exchange.
    private func note(_ answer: AuditDesk.Answer, in exchange: inout Exchange) {
        let read = answer.note.record(
            answer.kind,
            tenant: exchange.record.tenant,
            client: exchange.record.client ?? "",
            eventID: exchange.record.eventID,
            now: exchange.record.startedAt
        )
        exchange.record.kind = read.kind
        exchange.record.outcome = .done
        exchange.record.flags += read.flags
        exchange.record.details = read.details
        exchange.record.patientPseudonym = read.patientPseudonym
        exchange.record.pseudonymEpoch = read.pseudonymEpoch
        exchange.record.hookInstance = read.hookInstance
        exchange.record.causedBy = answer.cause ?? read.causedBy
    }

    /// Checks what can be said before a body is read.
    func checkHead(_ request: HTTPRequest, _ part: AuditRoute) throws(GatewayError) {
        guard request.unreadByteCount <= Limits.auditQuestionBytesMax else {
            throw GatewayError(.tooLarge)
        }
        guard part != .exports else {
            var plain = request
            // What an export is made of is said in its question.
            plain.fields.remove("accept")
            return try checkHead(plain)
        }
        try checkHead(request)
    }
}
