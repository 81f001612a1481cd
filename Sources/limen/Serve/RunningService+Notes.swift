import Audit
import AuditStore
import Basics
import Crypto
import Gateway
import Posix

/// What a gateway records of itself.
extension RunningService {
    /// Records a start, a stop or a change of configuration.
    func note(
        _ kind: AuditRecord.Kind,
        outcome: AuditRecord.Outcome = .done,
        clients: ClientRegistry? = nil,
        details: [UInt8]? = nil
    ) async throws(CommandError) {
        try await append(record(kind, outcome: outcome, clients: clients, details: details))
    }

    /// The row of a start, a stop or a change of configuration.
    func record(
        _ kind: AuditRecord.Kind,
        outcome: AuditRecord.Outcome,
        clients: ClientRegistry? = nil,
        details: [UInt8]?
    ) -> AuditRecord {
        let now = Clock.now()
        var record = AuditRecord(
            eventID: .version7(at: now),
            tenant: HookGateway.systemTenant,
            kind: kind,
            outcome: outcome,
            startedAt: now,
            status: outcome == .done ? 200 : 422
        )
        record.reasonCode = Self.version
        record.artifacts = clients?.digestsJSON
        record.programVersion = Self.version
        record.details = details
        return record
    }

    /// Records that rows were lost with the spool, or came back with it.
    func note(_ loss: SpoolLoss) async throws(CommandError) {
        let now = Clock.now()
        var record = AuditRecord(
            eventID: .version7(at: now),
            tenant: HookGateway.systemTenant,
            kind: .configurationChange,
            outcome: loss.isFound ? .done : .failed,
            startedAt: now,
            status: loss.isFound ? 200 : 500
        )
        record.reasonCode = loss.isFound ? SpoolLoss.found : SpoolLoss.lost
        record.flags = loss.flags
        record.programVersion = Self.version
        try await append(record)
    }

    private func append(_ record: AuditRecord) async throws(CommandError) {
        do {
            try await sink.append(record)
        } catch {
            throw CommandError(
                .unavailable,
                "the audit trail takes no rows (\(error.code.rawValue)); see the log of PostgreSQL"
            )
        }
    }
}
