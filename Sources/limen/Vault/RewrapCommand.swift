import Audit
import AuditStore
import Basics
import Crypto
import JSON
import Posix
import Vault

/// `limen audit keys rewrap`: what lies under older wrapping keys goes under the current one.
enum RewrapCommand {
    /// How many keys are named, the others are counted.
    private static let namedMax = 20

    /// Rewraps what opens, names what does not, and gives that up when it is asked to.
    static func run(
        _ parsed: Arguments,
        _ access: VaultAccess
    ) async throws(CommandError) -> ExitCode {
        let reason = try VaultAccess.reason(parsed)
        let keys = try access.keys()
        let store = try access.store(.rewrapper)
        let outcome = try Rewrapping(keys: keys).run(store)
        let damaged = outcome.unopened.filter(\.isDamaged)
        let event = UUIDBytes.version7(at: Clock.now())
        let givenUp = parsed.has("give-up") ? damaged : []
        // What is given up stands in the trail, key by key, before it is.
        try await access.record(.keyChange, event, flags: ["rewrap"]) {
            $0.member("wrappingKey", keys.currentWrapping.name)
            $0.member("rewrapped", outcome.changedCount)
            $0.member("notOpened", outcome.unopened.count)
            $0.member("givenUp", givenUp.map(\.keyID.text).joined(separator: ","))
            $0.member("reason", reason)
        }
        if !givenUp.isEmpty {
            do throws(AuditStoreError) {
                _ = try store.giveUp(
                    tenant: access.tenant,
                    givenUp.map(\.keyID),
                    eventID: event
                )
            } catch {
                throw StoreSentence.commandError(error)
            }
        }
        Terminal.writeOutput(
            "\(outcome.changedCount) keys are wrapped under \(keys.currentWrapping.name) now\n"
        )
        guard !outcome.unopened.isEmpty else { return .ok }
        Terminal.writeError(text(outcome.unopened, isGivenUp: parsed.has("give-up")))
        return .findings
    }

    /// Names what stayed, and what to do about it.
    private static func text(_ unopened: [Rewrapping.Unopened], isGivenUp: Bool) -> String {
        var lines = [
            "limen: \(unopened.count) keys do not open with the keys that are here, and were passed over"
        ]
        for key in unopened.prefix(namedMax) {
            let kind = key.isNote ? "the words of a review" : "rows"
            let fault =
                key.isDamaged
                ? "altered: \(TextStyle.safe(key.wrappingKey)) does not open it"
                : "under \(TextStyle.safe(key.wrappingKey)), which the key file lacks"
            lines.append("  \(key.keyID.text)  of \(kind)  \(fault)")
        }
        if unopened.count > namedMax { lines.append("  and \(unopened.count - namedMax) more") }
        let damagedCount = unopened.count(where: \.isDamaged)
        if isGivenUp {
            lines.append(
                "  \(damagedCount) of them are given up: they keep no wrapping key any more"
            )
        } else if damagedCount > 0 {
            lines.append(
                "  first make sure that the key file is the right one; then --give-up gives up the "
                    + "\(damagedCount) altered ones, which otherwise keep their wrapping key from "
                    + "being removed"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
