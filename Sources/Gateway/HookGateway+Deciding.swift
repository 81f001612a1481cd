import Audit
import Basics
import CDSHooks
import ClinicalEngine
import Crypto
import JSON
import Mapping
import Telemetry

/// The stages from resources to a checked answer.
extension HookGateway {
    /// Maps what was read of the resources to the inputs of the model.
    func map(
        _ survey: RecordSurvey,
        _ service: LoadedService,
        _ profile: LoadedProfile,
        _ moment: Instant,
        _ gaps: DataGaps,
        _ exchange: inout Exchange
    ) throws(GatewayError) -> MappingReport {
        let mapped = profile.profile.map(
            survey,
            now: moment,
            incomplete: gaps.incompleteTypes
        )
        guard !mapped.hasSubjectMismatch else {
            throw GatewayError(.patientMismatch, "A resource is about another patient.")
        }
        let report = mapped.decided(with: gaps, service)
        exchange.record.inputs = ReportWriter.inputs(report)
        exchange.record.rejections = ReportWriter.rejections(report)
        for input in report.inputs {
            if input.flags.contains(.assumed) { exchange.note("assumed-input") }
            if input.flags.contains(.imputed) { exchange.note("imputed-input") }
            if input.flags.contains(.tie) { exchange.note("tied-input") }
            guard input.value == nil else { continue }
            exchange.record.missingInputs.append(input.name)
            let reason = input.missingReason?.rawValue ?? "not-sent"
            metrics.missingInputs.add(1, [profile.name, input.name, reason])
        }
        for (reason, count) in report.rejectionCounts {
            metrics.rejections.add(count, [profile.name, reason.rawValue])
        }
        return report
    }

    /// Gives the inputs to the model, unless it is not for this patient.
    func evaluate(
        _ report: MappingReport,
        _ profile: LoadedProfile,
        _ gaps: DataGaps,
        _ exchange: inout Exchange
    ) -> Evaluation? {
        let evaluation: Evaluation?
        switch report.applicability {
        case .applies:
            evaluation = profile.evaluate(report)
        case .notApplicable(let code, _):
            evaluation = nil
            exchange.record.outcome = .refused
            exchange.record.reasonCode = code
        case .undecided(let code, _):
            evaluation = nil
            exchange.record.outcome = .incomplete
            exchange.record.reasonCode = "undecided:" + code
        }
        if let evaluation {
            switch evaluation.status {
            case .complete where gaps.isPartial:
                exchange.record.outcome = .incomplete
                exchange.record.reasonCode = "partial-data"
            case .complete:
                exchange.record.outcome = .noCards
            case .incomplete:
                exchange.record.outcome = .incomplete
            case .refused:
                exchange.record.outcome = .incomplete
                exchange.record.reasonCode = evaluation.refusal?.code.rawValue
            }
        }
        return evaluation
    }

    /// Makes the cards; what could not be computed always gives one.
    func render(
        _ facts: CardFacts,
        _ call: HookRequest,
        _ exchange: inout Exchange
    ) throws(GatewayError) -> [Card] {
        let hook = facts.service.hook
        let key = exchange.key
        let prefix = [exchange.record.tenant, hook.id, call.hookInstance.text]
        let identifier = { (name: String) in key.identifier(parts: prefix + [name]) }
        let environment: CardEnvironment
        let values = ContextValues(call.context, hook.definition)
        do {
            environment = try facts.environment()
        } catch {
            throw GatewayError(.cardFailure, "The facts of the card are no JSON.")
        }
        var cards: [Card]
        let actions: (actions: [[UInt8]], leftOutCount: Int)
        do {
            cards = try hook.render(in: environment, values: values, identifier: identifier)
            actions = try hook.renderSystemActions(in: environment, values: values)
        } catch {
            throw GatewayError(
                .cardFailure,
                issues: [
                    .init(
                        detailCode: error.code,
                        sentence: "The card \(error.card) of the service cannot be made."
                    )
                ]
            )
        }
        if actions.leftOutCount > 0 || cards.contains(where: { $0.frame.leftOutCount > 0 }) {
            // An order for nobody is worse than none; a reviewer can see that there was one.
            exchange.note("card-parts-left-out")
        }
        if !actions.actions.isEmpty { allow(actions.actions, &exchange) }
        if let moment = exchange.record.replayedAt { cards = cards.map { $0.asOf(moment) } }
        // The standard cards see to it that what could not be computed is never silent.
        guard !cards.isEmpty || facts.status == Evaluation.Status.complete.rawValue else {
            throw GatewayError(.cardFailure, "No card of the service fits what was found.")
        }
        return cards
    }

    /// Keeps actions that the client agreed to carry out (CDS Hooks 2.0, system actions).
    ///
    /// What is computed as of a past moment changes nothing today.
    private func allow(_ actions: [[UInt8]], _ exchange: inout Exchange) {
        let isAgreed = exchange.client?.dialect.allowsSystemActions ?? false
        guard isAgreed, exchange.record.replayedAt == nil else {
            return exchange.note("system-actions-not-sent")
        }
        exchange.systemActions = actions
    }

    /// Checks the answer and writes it.
    func checked(
        _ found: [Card],
        _ assessment: Assessment?,
        _ service: LoadedService,
        _ call: HookRequest,
        _ exchange: inout Exchange,
        explanation: (_ flags: [String]) -> [UInt8]
    ) throws(GatewayError) -> [UInt8] {
        let cards = withoutRepeats(found, assessment, service, call, &exchange)
        var response = CDSResponse(cards: cards, systemActions: exchange.systemActions)
        if exchange.record.arm == .shadow {
            exchange.note("shadow")
            exchange.record.result = Self.joined(
                exchange.record.result,
                "shadowCards",
                response.cardsJSON
            )
            response.cards = []
            response.systemActions = []
        }
        if !response.systemActions.isEmpty {
            exchange.note("system-actions")
            exchange.record.result = Self.joined(
                exchange.record.result,
                "systemActions",
                response.systemActionsJSON
            )
        }
        if call.wantsExplanation {
            response.explanation = explanation(exchange.record.flags)
        }
        let violations = CDSResponseChecker.violations(in: response.cards)
        guard violations.isEmpty else {
            throw GatewayError(
                .invalidResponse,
                issues: violations.map {
                    .init(
                        pointer: $0.pointer,
                        detailCode: $0.rule.rawValue,
                        sentence: "The answer breaks a rule."
                    )
                }
            )
        }
        var cardsJSON = response.cardsJSON
        note(response.cards, cardsJSON, service, &exchange)
        if let adapted = try adapted(cardsJSON, service, call, &exchange) { cardsJSON = adapted }
        return response.json(cards: cardsJSON)
    }

    private func note(
        _ cards: [Card],
        _ cardsJSON: [UInt8],
        _ service: LoadedService,
        _ exchange: inout Exchange
    ) {
        exchange.record.cards = cardsJSON
        exchange.record.cardIDs = cards.map(\.uuid)
        for card in cards { exchange.record.cardNames[card.uuid] = card.name }
        exchange.record.indicator =
            cards.max { $0.indicator.rank < $1.indicator.rank }?
            .indicator.rawValue
        if !cards.isEmpty, exchange.record.outcome == .noCards {
            exchange.record.outcome = .cards
        }
    }

    /// An answer that is late is not given: the clinician has gone on without it.
    ///
    /// What follows is the commit of the audit row, which has a bound of its own; behind it the row
    /// stands, and what it says is given (`lateness`).
    func checkDeadline(
        _ service: LoadedService,
        _ exchange: Exchange
    ) throws(GatewayError) {
        let elapsed = exchange.elapsedMicroseconds(configuration.now())
        guard elapsed <= exchange.deadlineMicroseconds(of: service) else {
            throw GatewayError(.deadline)
        }
    }

    /// A stage that ends behind the deadline is the last: no loop is held for the rest of an
    /// answer that nobody waits for any more.
    func checkTime(
        _ service: LoadedService,
        _ exchange: Exchange
    ) throws(GatewayError) {
        // The clock was read when the stage was marked.
        guard
            exchange.isBeside
                || exchange.stageSumMicroseconds <= exchange.deadlineMicroseconds(of: service)
        else { throw GatewayError(.deadline) }
    }

    /// A result with more beside it, for the row.
    static func joined(_ result: [UInt8]?, _ name: String, _ more: [UInt8]) -> [UInt8] {
        var writer = JSONWriter(reservingBytes: more.count + (result?.count ?? 0) + 64)
        writer.beginObject()
        if let result {
            writer.name("decision")
            writer.rawValue(result)
        }
        writer.name(name)
        writer.rawValue(more)
        writer.endObject()
        return writer.bytes
    }
}

extension Exchange {
    /// Flags something for reviewers, once.
    mutating func note(_ flag: String) {
        if !record.flags.contains(flag) { record.flags.append(flag) }
    }
}
