import Audit
import Basics
import CDSHooks
import Crypto
import HTTPMessages
import JSON
import Mapping
import Telemetry

/// The evaluation of named inputs: every row has its own audit row, durable before the answer.
extension HookGateway {
    /// Answers `POST /models/{id}/evaluate`.
    func answerEvaluation(
        _ request: HTTPRequest,
        modelID: String,
        startedAt: Instant
    ) async -> HTTPResponse {
        let route = Route.evaluation(modelID: modelID)
        var exchange = begin(request, startedAt)
        do throws(GatewayError) {
            let now = configuration.now
            let catalogue = catalogue
            let caller = try await authenticate(
                request,
                route,
                catalogue,
                .evaluateModels,
                &exchange
            )
            let profile = try model(modelID, for: caller, in: catalogue, &exchange)
            try checkHead(request)
            exchange.mark(.authenticate, now())

            exchange.record.requestDigest = exchange.key.authenticate(request.body)
            let batch = try EvaluationBatch(reading: request.body)
            exchange.mark(.parse, now())

            let rows = try await evaluate(batch, profile, &exchange)
            exchange.mark(.evaluate, now())
            let standing = catalogue.standing(of: profile.name)
            return await commit(rows, profile, standing, request, route, exchange)
        } catch {
            return await refuse(error, request, route, exchange)
        }
    }

    /// Finds a model that the client may evaluate from named inputs.
    private func model(
        _ id: String,
        for client: Client,
        in catalogue: Catalogue,
        _ exchange: inout Exchange
    ) throws(GatewayError) -> LoadedProfile {
        let listed = try ModelList(catalogue, for: client).entry(id)
        exchange.record.service = listed.id
        switch listed.content {
        case .profile(let profile): return profile
        case .interactions:
            throw GatewayError(
                .notEvaluable,
                "A knowledge base of interactions reads orders, not named inputs; its services are "
                    + listed.services.map(\.hook.id).joined(separator: ", ") + "."
            )
        }
    }

    private func evaluate(
        _ batch: EvaluationBatch,
        _ profile: LoadedProfile,
        _ exchange: inout Exchange
    ) async throws(GatewayError) -> [RowEvaluation] {
        exchange.record.artifacts = ModelDocument.artifacts(of: profile)
        var rows: [RowEvaluation] = []
        rows.reserveCapacity(batch.rows.count)
        for (position, row) in batch.rows.enumerated() {
            if position > 0, position % Limits.evaluationRowsPerTurn == 0 {
                // Others of this loop go on in between.
                await Task.yield()
                let elapsed = exchange.elapsedMicroseconds(configuration.now())
                guard elapsed <= Limits.evaluationMicrosecondsMax else {
                    throw GatewayError(.deadline)
                }
            }
            rows.append(RowEvaluation(row, by: profile))
        }
        if batch.isSingle, let faults = rows.first?.faults, !faults.isEmpty {
            throw GatewayError(
                .rowRefused,
                issues: faults.map { fault in
                    .init(
                        pointer: fault.input.map { "/" + $0 } ?? "",
                        offset: fault.offset,
                        detailCode: fault.code.rawValue,
                        sentence: fault.code.sentence + " Accepted: " + fault.accepted + "."
                    )
                }
            )
        }
        return rows
    }

    /// Makes an audit row for each row durable, and only then answers.
    private func commit(
        _ rows: [RowEvaluation],
        _ profile: LoadedProfile,
        _ standing: VersionStanding,
        _ request: HTTPRequest,
        _ route: Route,
        _ exchange: Exchange
    ) async -> HTTPResponse {
        let unchecked = profile.profile.uncheckedRules
        var answer = EvaluationAnswer(profile, standing, uncheckedRules: unchecked)
        answer.begin(rows, at: exchange.record.startedAt)
        var records: [AuditRecord] = []
        records.reserveCapacity(rows.count)
        for (position, row) in rows.enumerated() {
            var record = exchange.record
            if position > 0 { record.eventID = makeEventID(record.startedAt) }
            record.kind = .evaluation
            // A canary, a shadow or a version that was taken back answers here too, in no arm.
            record.arm = standing == .inForce ? .live : nil
            record.outcome = row.status.outcome
            record.reasonCode = row.reasonCode
            record.missingInputs = row.missingInputs
            record.flags += row.flags(hasUncheckedRules: !unchecked.isEmpty)
            record.status = 200
            record.inputs = row.report.map(ReportWriter.inputs)
            record.result = answer.result(of: row)
            record.responseDigest = exchange.key.authenticate(
                answer.append(row, position: position, record: record)
            )
            record.stageMicroseconds = exchange.stagesJSON
            records.append(record)
        }
        if let error = await append(records) { return unrecorded(error, request, route, exchange) }
        for row in rows {
            metrics.evaluations.add(1, [profile.name, row.status.rawValue])
            if standing.isCounted, let report = row.report {
                let (tenant, moment) = (exchange.record.tenant, exchange.record.startedAt)
                profile.count(report, row.evaluation, tenant: tenant, at: moment)
            }
            for name in row.missingInputs {
                metrics.missingInputs.add(1, [profile.name, name, "not-sent"])
            }
        }
        let elapsed = exchange.elapsedMicroseconds(configuration.now())
        let isLate = elapsed > Limits.evaluationMicrosecondsMax
        if isLate { metrics.lateAnswers.add(1, [profile.name]) }
        logEnd(profile, route, exchange, elapsed, isLate: isLate)
        return HTTPResponse(
            status: 200,
            fields: ["Content-Type": "application/json; charset=utf-8"],
            body: answer.end()
        )
    }

    /// Makes records durable, many of them in one flight; the first failure, if there is one.
    private func append(_ records: [AuditRecord]) async -> AuditError? {
        let audit = audit
        return await withTaskGroup(of: AuditError?.self) { group in
            var failure: AuditError?
            for (position, record) in records.enumerated() {
                if position >= Limits.evaluationAppendsMax, let ended = await group.next() {
                    failure = failure ?? ended
                }
                guard failure == nil else { break }
                group.addTask {
                    do throws(AuditError) {
                        try await audit.append(record)
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            for await ended in group { failure = failure ?? ended }
            return failure
        }
    }

    private func logEnd(
        _ profile: LoadedProfile,
        _ route: Route,
        _ exchange: Exchange,
        _ elapsed: Int,
        isLate: Bool
    ) {
        var attributes: [(LogEvent.Attribute, LogEvent.Value)] = [
            (.route, .text(route.template)),
            (.status, .number(200)),
            (.durationMicroseconds, .number(elapsed)),
            (.tenant, .text(exchange.record.tenant)),
            (.service, .text(profile.name)),
        ]
        if let client = exchange.record.client { attributes.append((.client, .text(client))) }
        if isLate {
            attributes.append((.deadlineMicroseconds, .number(Limits.evaluationMicrosecondsMax)))
        }
        log.log(
            LogEvent(
                isLate ? .warning : .info,
                isLate ? "evaluated behind the deadline" : "evaluated",
                attributes,
                traceID: exchange.record.traceID
            )
        )
    }
}
