import Audit

/// The audit row of what was fetched.
extension HookGateway {
    /// Makes the row of an exchange durable, and beside it that of what was fetched for it.
    ///
    /// Both go out at once, so that the second costs no time; the answer needs both.
    func append(_ exchange: Exchange) async throws(AuditError) {
        guard exchange.fetch.isSent else {
            try await audit.append(exchange.record)
            return
        }
        let event = fetchEvent(exchange)
        async let failure = append(event)
        try await audit.append(exchange.record)
        if let failure = await failure { throw failure }
    }

    private func append(_ event: AuditRecord) async -> AuditError? {
        do throws(AuditError) {
            try await audit.append(event)
            return nil
        } catch {
            return error
        }
    }

    /// Who was asked for what, on whose behalf, for which patient, and what came of it.
    ///
    /// It shares `hookInstance` and trace with the row of the decision.
    private func fetchEvent(_ exchange: Exchange) -> AuditRecord {
        let decision = exchange.record
        var event = AuditRecord(
            eventID: makeEventID(decision.startedAt),
            tenant: decision.tenant,
            kind: .fetch,
            outcome: exchange.fetch.keys.contains { $0.failure != nil } ? .incomplete : .done,
            startedAt: decision.startedAt,
            status: decision.status
        )
        event.takeCaller(of: decision)
        event.hookVersion = decision.hookVersion
        event.service = decision.service
        event.hook = decision.hook
        event.hookInstance = decision.hookInstance
        event.patientPseudonym = decision.patientPseudonym
        event.userPseudonym = decision.userPseudonym
        event.encounterPseudonym = decision.encounterPseudonym
        event.pseudonymEpoch = decision.pseudonymEpoch
        event.patientReference = decision.patientReference
        event.userReference = decision.userReference
        event.encounterReference = decision.encounterReference
        event.reasonCode = exchange.fetch.keys.compactMap(\.failure).first?.rawValue
        event.result = exchange.fetch.json
        return event
    }
}
