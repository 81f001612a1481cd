import Audit
import Basics
import CDSHooks
import Crypto
import Mapping
import Telemetry

/// The stages of a service that checks orders for interactions.
extension HookGateway {
    /// Reads the medicines that are ordered and those the patient has.
    func list(
        _ call: HookRequest,
        _ prefetch: Prefetch,
        _ patientID: String,
        _ service: LoadedService,
        _ knowledge: InteractionKnowledge
    ) throws(GatewayError) -> MedicineList {
        let drafts = DraftOrders(call, service.hook.definition)
        // Drafts are held against the patient in context as everything else is.
        let matched = try PatientMatch.match(
            ContextResources.items(of: call) + prefetch.items,
            patientID: patientID,
            fhirServer: call.fhirServer
        )
        return MedicineList(
            drafts,
            current: prefetch.items,
            knowledge: knowledge,
            patientID: patientID,
            patientURLs: matched.patientURLs
        )
    }

    /// Looks the pairs up.
    func screen(
        _ list: MedicineList,
        _ service: LoadedService,
        _ knowledge: InteractionKnowledge,
        _ gaps: DataGaps,
        _ exchange: inout Exchange
    ) -> InteractionDecision {
        let decision = InteractionDecision(
            list,
            knowledge: knowledge,
            service: service,
            gaps: gaps
        )
        let report = InteractionReport(decision: decision)
        exchange.record.inputs = report.inputs
        exchange.record.rejections = report.rejections
        exchange.record.result = report.result
        for gap in MedicineList.Gap.allCases {
            let count = list.medicines.count { $0.gap == gap }
            guard count > 0 else { continue }
            exchange.note("unchecked-medicines")
            metrics.missingInputs.add(count, [knowledge.name, "medicine", gap.rawValue])
        }
        for reason in MedicationRecord.Exclusion.allCases {
            let count = list.excluded.count { $0.reason == reason }
            if count > 0 { metrics.rejections.add(count, [knowledge.name, reason.rawValue]) }
        }
        switch decision.status {
        case .nothingAsked, .found, .none:
            exchange.record.outcome = .noCards
        case .notCovered:
            exchange.record.outcome = .noCards
            exchange.record.reasonCode = decision.status.rawValue
        case .incomplete:
            exchange.record.outcome = .incomplete
            exchange.record.reasonCode =
                list.uncheckedCount > 0 ? "unchecked-medicines" : "partial-data"
        case .tooMany:
            exchange.record.outcome = .incomplete
            exchange.record.reasonCode = decision.status.rawValue
        }
        return decision
    }

    /// Makes the cards of a check.
    func render(
        _ decision: InteractionDecision,
        _ call: HookRequest,
        _ exchange: inout Exchange
    ) -> [Card] {
        let key = exchange.key
        let prefix = [
            exchange.record.tenant, decision.service.hook.id, call.hookInstance.text,
        ]
        var making = InteractionCards(decision: decision) { name in
            key.identifier(parts: prefix + [name])
        }
        making.digest = { Hexadecimal.text(key.authenticate($0)) }
        let cards = making.cards
        guard let moment = exchange.record.replayedAt else { return cards }
        return cards.map { $0.asOf(moment) }
    }
}
