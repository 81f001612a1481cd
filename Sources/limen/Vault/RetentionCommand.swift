import Audit
import AuditStore
import Basics
import CDSHooks
import Crypto
import JSON
import Posix

/// `limen audit retention`: the policy of a tenant, and the end of months that are past theirs.
enum RetentionCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) async throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "audit retention")
        switch (parsed.words.first, parsed.words.count) {
        case ("policy", 2): return try await setPolicy(parsed, try VaultAccess.choose(parsed))
        case ("drop", 1): return try await drop(parsed, try VaultAccess.choose(parsed))
        default:
            throw CommandError(
                .usage,
                "say limen audit retention policy FILE or retention drop --before YYYY-MM-DD"
            )
        }
    }

    /// Puts a policy document in force.
    private static func setPolicy(
        _ parsed: Arguments,
        _ access: VaultAccess
    ) async throws(CommandError) -> ExitCode {
        let reason = try VaultAccess.reason(parsed)
        let path = parsed.words[1]
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try File.read(path: path, bytesMax: Limits.keyTextBytesMax)
        } catch {
            throw CommandError(.badInput, "\(path) cannot be read: \(error.text)")
        }
        guard let policy = ErasurePolicy(reading: bytes) else {
            throw CommandError(
                .badInput,
                "\(path) is no policy: \(ErasurePolicy.fault(in: bytes) ?? "it cannot be read")"
            )
        }
        let event = UUIDBytes.version7(at: Clock.now())
        let order = DeedOrder(deed: .policy, kind: .retention, eventID: event, flags: ["policy"])
        let retention = try access.settings(.retention)
        func describe(_ writer: inout JSONWriter) {
            writer.member("keepMonths", policy.keepMonths)
            writer.member("sha256", Hexadecimal.text(policy.digest))
            writer.member("reason", reason)
        }
        try await access.order(.retention, event, flags: ["policy"], describe)
        _ = try await access.carryOut(order, as: retention, describe) {
            store throws(AuditStoreError) in
            try store.setPolicy(tenant: access.tenant, policy: policy, eventID: event)
            return 1
        }
        try await access.finish(.retention, event, flags: ["policy"], describe)
        Terminal.writeOutput(
            "rows of \(access.tenant) are kept for \(policy.keepMonths) months\n"
        )
        return .ok
    }

    /// Drops months, each with its own event that says what it held.
    private static func drop(
        _ parsed: Arguments,
        _ access: VaultAccess
    ) async throws(CommandError) -> ExitCode {
        let reason = try VaultAccess.reason(parsed)
        guard let text = parsed.value("before"),
            let before = Instant(rfc3339: text + "T00:00:00Z")?.date
        else {
            throw CommandError(
                .usage,
                "say --before YYYY-MM-DD, a day such as 2019-07-01: the months before it are dropped"
            )
        }
        let today = Clock.now().date
        guard (before.year + 6, before.month, before.day) <= (today.year, today.month, today.day)
        else {
            throw CommandError(
                .usage,
                "--before \(before.text) is too late: the audit trail is kept for six years, whatever "
                    + "a policy says; accepted is the same day of \(today.year - 6) or an earlier one"
            )
        }
        let retention = try access.settings(.retention)
        let store = try access.store(.retention)
        let months: [String]
        do throws(AuditStoreError) {
            months = try store.months(before: before)
        } catch {
            throw StoreSentence.commandError(error)
        }
        guard !months.isEmpty else {
            Terminal.writeOutput("no month lies wholly before \(before.text)\n")
            return .ok
        }
        var keptCount = 0
        for month in months {
            let content: [MonthContent]
            let keepers: [MonthKeeper]
            do throws(AuditStoreError) {
                content = try store.content(ofMonth: month)
                keepers = try store.keepers(ofMonth: month)
            } catch {
                throw StoreSentence.commandError(error)
            }
            let counts = content.map { "\($0.relation) \($0.rowCount)" }.joined(separator: ", ")
            if !keepers.isEmpty {
                keptCount += 1
                Terminal.writeOutput("\(month.prefix(7))  kept  \(counts)  by \(words(keepers))\n")
                if !parsed.has("plan") { try await recordKept(month, reason, access) }
                continue
            }
            if parsed.has("plan") {
                Terminal.writeOutput("\(month.prefix(7))  \(counts)\n")
                continue
            }
            let event = UUIDBytes.version7(at: Clock.now())
            try await access.order(.retention, event, flags: ["drop"]) {
                write(content, month: month, reason: reason, to: &$0)
            }
            func name(_ writer: inout JSONWriter) {
                writer.member("month", month)
                writer.member("reason", reason)
            }
            let order = DeedOrder(deed: .drop, kind: .retention, eventID: event, flags: ["drop"])
            _ = try await access.carryOut(order, as: retention, name) {
                store throws(AuditStoreError) in
                try store.dropMonth(month, eventID: event, reason: reason)
                return 1
            }
            try await access.finish(.retention, event, flags: ["drop"], name)
            Terminal.writeOutput("\(month.prefix(7))  dropped  \(counts)\n")
        }
        guard keptCount > 0, !parsed.has("plan") else { return .ok }
        throw CommandError(
            .findings,
            "a month is one table for all tenants, so the longest policy decides: of \(months.count) "
                + "months \(keptCount) stay (\(AuditStoreError.Code.keptByPolicy.rawValue)); what a "
                + "patient may ask of another tenant is limen audit erase"
        )
    }

    /// Who keeps a month and until when; whoever holds the login of the retention sets every policy.
    private static func words(_ keepers: [MonthKeeper]) -> String {
        keepers.map { "\($0.tenant) (\($0.keepMonths) months, until \($0.freeOn))" }
            .joined(separator: ", ")
    }

    /// An order that a policy refused; of whom is not the tenant's to know.
    private static func recordKept(
        _ month: String,
        _ reason: String,
        _ access: VaultAccess
    ) async throws(CommandError) {
        try await access.record(
            .retention,
            .version7(at: Clock.now()),
            flags: ["drop", "refused"],
            outcome: .refused
        ) {
            $0.member("month", month)
            $0.member("code", AuditStoreError.Code.keptByPolicy.rawValue)
            $0.member("reason", reason)
        }
    }

    /// The tombstone as the trail has it.
    private static func write(
        _ content: [MonthContent],
        month: String,
        reason: String,
        to writer: inout JSONWriter
    ) {
        writer.member("month", month)
        writer.member("reason", reason)
        writer.name("relations")
        writer.beginArray()
        for part in content {
            writer.beginObject()
            writer.member("relation", part.relation)
            writer.member("rows", part.rowCount)
            writer.member("leafDigest", ifPresent: part.leafDigest.map { Hexadecimal.text($0) })
            writer.endObject()
        }
        writer.endArray()
    }
}
