import Audit
import AuditStore
import Basics
import Crypto
import JSON
import Posix

/// `limen audit hold`: legal holds, which win over every erasure and over retention.
enum HoldCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) async throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "audit hold")
        switch (parsed.words.first, parsed.words.count) {
        case ("set", 1): return try await set(parsed, try VaultAccess.choose(parsed))
        case ("lift", 2): return try await lift(parsed, try VaultAccess.choose(parsed))
        case ("follow", 1): return try await follow(parsed, try VaultAccess.choose(parsed))
        case ("list", 1): return try list(parsed, try VaultAccess.choose(parsed))
        default:
            throw CommandError(
                .usage,
                "say limen audit hold set --patient ID, hold set --all, hold lift HOLD, hold follow "
                    + "or hold list"
            )
        }
    }

    private static func set(
        _ parsed: Arguments,
        _ access: VaultAccess
    ) async throws(CommandError) -> ExitCode {
        let patient = parsed.value("patient")
        guard (patient == nil) == parsed.has("all") else {
            throw CommandError(.usage, "say either --patient ID or --all")
        }
        let reason = try VaultAccess.reason(parsed, patient: patient)
        var scope: ErasureScope?
        if let patient { scope = try ErasureScope.find(patient, access, parsed) }
        let hold = UUIDBytes.version4()
        let event = UUIDBytes.version7(at: Clock.now())
        // The hold stands before it is recorded: the other order would leave a moment without it.
        let store = try access.store(.eraser)
        do throws(AuditStoreError) {
            try store.setHold(
                tenant: access.tenant,
                holdID: hold,
                subjects: scope?.pseudonyms ?? [],
                reason: reason,
                eventID: event,
                epochs: scope?.epochs ?? []
            )
        } catch {
            throw StoreSentence.commandError(error)
        }
        let isOnAll = parsed.has("all")
        // The row names the patient, sealed: by it the hold is followed into later epochs.
        let named = access.audit.vault == nil ? nil : scope?.patient
        try await access.record(.legalHold, event, flags: ["set"], about: named) {
            $0.member("hold", hold.text)
            $0.member("onAll", isOnAll)
            $0.member("reason", reason)
        }
        Terminal.writeOutput("\(hold.text)\n")
        if let facts = scope?.facts, facts.sealedRowCount + facts.plainRowCount == 0 {
            Terminal.writeError(
                "limen: the trail has no row of this patient so far; the hold stands for what comes. "
                    + "When that is a mistake in --patient, lift it\n"
            )
        }
        return .ok
    }

    /// Puts every hold under the pseudonyms of all epochs; needed where keys come from elsewhere.
    private static func follow(
        _ parsed: Arguments,
        _ access: VaultAccess
    ) async throws(CommandError) -> ExitCode {
        let reason = try VaultAccess.reason(parsed)
        let left = try await HoldFollowing(access: access, keys: try access.keys(), reason: reason)
            .run()
        guard left.isEmpty else {
            throw CommandError(.findings, HoldFollowing.sentence(left))
        }
        Terminal.writeOutput("every hold on a patient stands in every epoch\n")
        return .ok
    }

    private static func lift(
        _ parsed: Arguments,
        _ access: VaultAccess
    ) async throws(CommandError) -> ExitCode {
        let reason = try VaultAccess.reason(parsed)
        guard let hold = UUIDBytes(text: parsed.words[1]) else {
            throw CommandError(
                .usage,
                "a hold is named by its UUID, as limen audit hold list shows it"
            )
        }
        let event = UUIDBytes.version7(at: Clock.now())
        let order = DeedOrder(deed: .lift, kind: .legalHold, eventID: event, flags: ["lift"])
        let eraser = try access.settings(.eraser)
        func describe(_ writer: inout JSONWriter) {
            writer.member("hold", hold.text)
            writer.member("reason", reason)
        }
        try await access.order(.legalHold, event, flags: ["lift"], describe)
        let count = try await access.carryOut(order, as: eraser, describe) {
            store throws(AuditStoreError) in
            let isLifted = try store.liftHold(
                tenant: access.tenant,
                holdID: hold,
                reason: reason,
                eventID: event
            )
            return isLifted ? 1 : 0
        }
        guard count > 0 else {
            try await access.refuse(
                .legalHold,
                event,
                flags: ["lift"],
                code: "no-such-hold",
                describe
            )
            throw CommandError(
                .findings,
                "\(hold.text) is no hold of \(access.tenant) that stands; limen audit hold list shows "
                    + "which do"
            )
        }
        try await access.finish(.legalHold, event, flags: ["lift"], describe)
        Terminal.writeOutput("\(hold.text) is lifted\n")
        return .ok
    }

    private static func list(
        _ parsed: Arguments,
        _ access: VaultAccess
    ) throws(CommandError) -> ExitCode {
        let query = try access.audit.open()
        let holds: [AuditQuery.Hold]
        do {
            holds = try query.holds(tenant: access.tenant)
        } catch {
            throw StoreSentence.commandError(error)
        }
        try access.audit.record(ReadNote("holds"), on: query)
        if parsed.has("json") {
            for hold in holds { Terminal.writeOutput(json(hold) + "\n") }
            return .ok
        }
        var table = TextTable()
        table.append(["hold", "on", "set", "by", "lifted", "reason"])
        for hold in holds {
            table.append([
                hold.holdID.text, hold.isOnAll ? "all" : "patient", hold.setAt.text, hold.setBy,
                hold.liftedAt?.text ?? "", hold.reason,
            ])
        }
        Terminal.writeOutput(
            holds.isEmpty ? "no holds\n" : table.lines().joined(separator: "\n") + "\n"
        )
        return .ok
    }

    private static func json(_ hold: AuditQuery.Hold) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("hold", hold.holdID.text)
        writer.member("onAll", hold.isOnAll)
        writer.member("reason", hold.reason)
        writer.member("setAt", hold.setAt.text)
        writer.member("setBy", hold.setBy)
        writer.member("liftedAt", ifPresent: hold.liftedAt?.text)
        writer.endObject()
        return writer.text
    }
}
