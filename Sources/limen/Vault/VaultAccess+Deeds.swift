import Audit
import AuditStore
import Basics
import Crypto
import JSON
import PostgreSQL
import Posix

/// A deed that was ordered, and where the database keeps that it was done.
struct DeedOrder {
    /// The deed.
    let deed: AuditQuery.Deed
    /// The kind of its events.
    let kind: AuditRecord.Kind
    /// The order.
    let eventID: UUIDBytes
    /// What its events are flagged with, beside the stage.
    let flags: [String]
}

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

    /// Does what an event ordered, and records it when the database refuses.
    ///
    /// A lost answer is none: the deed may be done, so the database is asked. When it cannot be, the
    /// order stays without an ending, which says that nobody knows.
    ///
    /// - Parameters:
    ///   - order: What was ordered.
    ///   - login: As whom it is done.
    ///   - write: The details of the ending where it is refused, beside the code.
    ///   - body: The deed; how much was done.
    /// - Returns: How much was done.
    /// - Throws: `CommandError` when it was refused, or nobody knows.
    func carryOut(
        _ order: DeedOrder,
        as login: ConnectionSettings,
        _ write: (inout JSONWriter) -> Void,
        _ body: (borrowing KeyStore) throws(AuditStoreError) -> Int
    ) async throws(CommandError) -> Int {
        var process: Int?
        let fault: AuditStoreError
        do throws(AuditStoreError) {
            let store = try KeyStore.open(login)
            process = store.serverProcess
            return try body(store)
        } catch {
            fault = error
        }
        if !fault.isRefusal, let count = try await doneUnheard(order, process) {
            Terminal.writeError(
                "limen: the answer of the database was lost; it says now that it was done\n"
            )
            return count
        }
        try await refuse(
            order.kind,
            order.eventID,
            flags: order.flags,
            code: fault.code.rawValue,
            write
        )
        throw StoreSentence.commandError(fault)
    }

    /// How much was done of a deed whose answer was lost; `nil` when nothing was.
    private func doneUnheard(
        _ order: DeedOrder,
        _ process: Int?
    ) async throws(CommandError) -> Int? {
        for turn in 0..<Self.turnsMax {
            if turn > 0 { try? await Task.sleep(for: .milliseconds(250)) }
            let outcome = try? AuditQuery.open(audit.auditor).outcome(
                of: order.deed,
                orderedBy: order.eventID,
                tenant: tenant,
                process: process
            )
            switch outcome {
            case .done(let count): return count
            case .notDone: return nil
            case .running, nil: continue
            }
        }
        throw CommandError(
            .unavailable,
            "the answer of the database was lost, and whether it was done cannot be asked: the order "
                + "\(order.eventID.text) stands in the trail without an ending; when the database is "
                + "back, run the command again: what was done is not done twice"
        )
    }

    /// How often the database is asked, a quarter of a second apart.
    private static let turnsMax = 40

    /// Records that what an event ordered was done.
    func finish(
        _ kind: AuditRecord.Kind,
        _ order: UUIDBytes,
        flags: [String],
        _ write: (inout JSONWriter) -> Void
    ) async throws(CommandError) {
        do throws(CommandError) {
            try await record(
                kind,
                .version7(at: Clock.now()),
                flags: flags + [DeedStage.doneFlag],
                causedBy: order,
                write
            )
        } catch {
            throw CommandError(
                error.exitCode,
                "it was done, and the trail could not be told: the order \(order.text) stands without "
                    + "an ending; " + error.sentence
            )
        }
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
