import Audit
import AuditStore
import Basics
import Crypto
import JSON
import Posix

/// `limen audit erase`: destroys the keys of a patient's rows, when nothing forbids it.
///
/// The order stands in the trail before anything is destroyed, and what came of it afterwards; the
/// tombstones in between name the order.
enum EraseCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) async throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "audit erase")
        try parsed.expectNoWords()
        let patient = parsed.value("patient")
        guard (patient == nil) != (parsed.value("review") == nil) else {
            throw CommandError(.usage, "say whom with --patient ID, or what with --review REVIEW")
        }
        let reason = try VaultAccess.reason(parsed, patient: patient)
        let access = try VaultAccess.choose(parsed)
        if access.audit.vault != nil {
            // Holds that can be compared are; what is left is the database's to judge.
            _ = try await HoldFollowing(access: access, keys: try access.keys(), reason: reason)
                .run()
        }
        let scope: ErasureScope
        if let patient {
            scope = try ErasureScope.find(patient, access, parsed)
        } else {
            scope = try ErasureScope.review(parsed.value("review") ?? "")
        }
        let plan: [KeyStore.PlannedKey]
        let store = try access.store(.eraser)
        do throws(AuditStoreError) {
            plan = try store.plan(
                tenant: access.tenant,
                subjects: scope.subjects
            )
        } catch {
            throw StoreSentence.commandError(error)
        }
        if parsed.has("plan") {
            Terminal.writeOutput(
                ErasurePage(scope: scope, plan: plan).text(isJSON: parsed.has("json"))
            )
            return plan.contains { [.held, .unclear, .kept].contains($0.state) } ? .findings : .ok
        }
        return try await erase(access, scope, plan, reason, isDueOnly: parsed.has("due"))
    }

    private static func erase(
        _ access: VaultAccess,
        _ scope: ErasureScope,
        _ plan: [KeyStore.PlannedKey],
        _ reason: String,
        isDueOnly: Bool
    ) async throws(CommandError) -> ExitCode {
        let free = plan.filter { $0.state == .free }
        let event = UUIDBytes.version7(at: Clock.now())
        let order = DeedOrder(deed: .erasure, kind: .erasure, eventID: event, flags: [])
        let digest = Digest.sha256(free.map(\.keyID).sorted(by: Self.order).flatMap(\.bytes))
        func describe(_ writer: inout JSONWriter) {
            writer.member("reason", reason)
            writer.member("keys", free.count)
            writer.member("keyDigest", Hexadecimal.text(digest))
            writer.member("rows", scope.facts.sealedRowCount)
            writer.member("comments", scope.facts.commentCount)
            writer.member("epochs", scope.epochs.map(String.init).joined(separator: ","))
            writer.member("dueOnly", isDueOnly)
            writer.member("plainRowsLeft", scope.facts.plainRowCount)
            writer.member("review", ifPresent: scope.reviewID?.text)
        }
        try await access.order(.erasure, event, flags: [], describe)
        // What is forbidden was ordered all the same: the trail says who wanted it, and why not.
        if let refusal = refusal(of: plan, isDueOnly) {
            let code = refusal.code.rawValue
            try await access.refuse(.erasure, event, flags: [], code: code) { _ in }
            throw refusal.error
        }
        let eraser = try access.settings(.eraser)
        let count = try await access.carryOut(order, as: eraser, { _ in }) {
            store throws(AuditStoreError) in
            try store.erase(
                tenant: access.tenant,
                subjects: scope.subjects,
                eventID: event,
                reason: reason,
                isDueOnly: isDueOnly,
                shownEvents: scope.facts.recentEventIDs
            )
        }
        try await access.finish(.erasure, event, flags: []) {
            describe(&$0)
            $0.member("destroyed", count)
        }
        Terminal.writeOutput("\(count) keys destroyed by event \(event.text)\n")
        return tellWhatIsLeft(scope, plan, isDueOnly)
    }

    /// Says what an erasure by itself does not reach.
    private static func tellWhatIsLeft(
        _ scope: ErasureScope,
        _ plan: [KeyStore.PlannedKey],
        _ isDueOnly: Bool
    ) -> ExitCode {
        Terminal.writeError(
            "limen: copies of the wrapped keys in backups, the write-ahead log and dead rows open "
                + "until the tenant's wrapping key is rotated, the rest rewrapped and the old one "
                + "removed; limen audit keys status says which\n"
        )
        var isWhole = true
        let left = plan.count { $0.state != .free && !$0.isNote }
        if left > 0 {
            Terminal.writeError("limen: \(left) keys may not go yet; run it again later\n")
            isWhole = false
        }
        let notes = plan.filter { $0.state != .free && $0.isNote }
        if let last = notes.map(\.freeOn).max() {
            Terminal.writeError(
                "limen: \(notes.count) keys of the words of reviews stay, the last until \(last): "
                    + "reviews are kept like rows\n"
            )
            isWhole = false
        }
        if scope.facts.plainRowCount > 0 {
            Terminal.writeError(
                "limen: \(scope.facts.plainRowCount) rows of before sealing hold data in plain; they "
                    + "go with their months\n"
            )
            isWhole = false
        }
        if scope.isMissingEpochs {
            Terminal.writeError(
                "limen: the key of an earlier epoch is not here; rows of that time were not found\n"
            )
            isWhole = false
        }
        return isWhole ? .ok : .findings
    }

    /// Why a plan is not carried out; `nil` when nothing forbids it.
    private static func refusal(
        of plan: [KeyStore.PlannedKey],
        _ isDueOnly: Bool
    ) -> (code: AuditStoreError.Code, error: CommandError)? {
        func refusal(
            _ code: AuditStoreError.Code,
            _ sentence: String
        ) -> (code: AuditStoreError.Code, error: CommandError) {
            (code, CommandError(.findings, sentence))
        }
        guard !plan.isEmpty else {
            return refusal(.nothingToErase, "there is no key of it: nothing to erase")
        }
        guard !plan.contains(where: { $0.state == .held }) else {
            return refusal(.legalHold, "a legal hold forbids it; nothing was changed")
        }
        guard !plan.contains(where: { $0.state == .unclear }) else {
            let error = StoreSentence.commandError(AuditStoreError(code: .holdUnclear))
            return (.holdUnclear, error)
        }
        let kept = plan.filter { $0.state == .kept && !$0.isNote }
        if !isDueOnly, let last = kept.map(\.freeOn).max() {
            return refusal(
                .keptByPolicy,
                "the policy of the tenant keeps \(kept.count) of \(plan.count) keys, the last until "
                    + "\(last); nothing was changed (--due erases what may go)"
            )
        }
        guard plan.contains(where: { $0.state == .free }) else {
            return plan.contains { $0.state == .inUse }
                ? refusal(
                    .nothingToErase,
                    "rows may still be sealed with these keys; run it again in five minutes"
                )
                : refusal(
                    .keptByPolicy,
                    "the policy of the tenant keeps all \(plan.count) keys; nothing was changed"
                )
        }
        return nil
    }

    private static func order(_ left: UUIDBytes, _ right: UUIDBytes) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}
