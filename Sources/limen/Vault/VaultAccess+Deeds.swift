import Audit
import Basics
import Crypto
import JSON
import Posix

/// A deed in two events: the order before anything is done, and what came of it.
///
/// Whoever reads the first alone knows that somebody wanted it; only the second says that it is so.
extension VaultAccess {
    /// Records that a deed was ordered; durable when it returns.
    func order(
        _ kind: AuditRecord.Kind,
        _ eventID: UUIDBytes,
        flags: [String],
        _ write: (inout JSONWriter) -> Void
    ) async throws(CommandError) {
        try await record(kind, eventID, flags: flags + [DeedStage.orderedFlag], write)
    }

    /// Records that what an event ordered was done.
    func finish(
        _ kind: AuditRecord.Kind,
        _ order: UUIDBytes,
        flags: [String],
        _ write: (inout JSONWriter) -> Void
    ) async throws(CommandError) {
        try await record(
            kind,
            .version7(at: Clock.now()),
            flags: flags + [DeedStage.doneFlag],
            causedBy: order,
            write
        )
    }

    /// Records that what an event ordered was not done, and why.
    func refuse(
        _ kind: AuditRecord.Kind,
        _ order: UUIDBytes,
        flags: [String],
        code: String,
        _ write: (inout JSONWriter) -> Void
    ) async throws(CommandError) {
        try await record(
            kind,
            .version7(at: Clock.now()),
            flags: flags + [DeedStage.refusedFlag],
            causedBy: order,
            outcome: .refused
        ) {
            write(&$0)
            $0.member("code", code)
        }
    }
}
