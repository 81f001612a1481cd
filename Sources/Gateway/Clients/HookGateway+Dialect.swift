import Audit
import Basics
import CDSHooks
import Crypto
import JSON

/// The cards as a client can show them.
extension HookGateway {
    /// Adapts cards to the dialect of the client; `nil` when they go out as they are.
    func adapted(
        _ cards: [UInt8],
        _ service: LoadedService,
        _ call: HookRequest,
        _ exchange: inout Exchange
    ) throws(GatewayError) -> [UInt8]? {
        guard let dialect = exchange.client?.dialect, !exchange.record.cardIDs.isEmpty else {
            return nil
        }
        // What nearly every client gets is not read a second time.
        if dialect.showsAllOfSecondVersion, !Self.holdsLaterMembers(cards) { return nil }
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: cards)
        } catch {
            throw GatewayError(.invalidResponse, "The cards are no JSON.")
        }
        let key = exchange.key
        let prefix = [exchange.record.tenant, service.hook.id, call.hookInstance.text]
        let result = DialectAdapter.adapt(document.root, to: dialect) { name in
            key.identifier(parts: prefix + [name])
        }
        guard let result else { return nil }
        let violations = dialect.violations(inCards: result.cards)
        guard violations.isEmpty else {
            throw GatewayError(
                .invalidResponse,
                issues: violations.map {
                    .init(
                        pointer: $0.pointer,
                        detailCode: $0.rule.rawValue,
                        sentence: "The answer breaks a rule in the dialect of the client."
                    )
                }
            )
        }
        exchange.record.cards = result.cards
        exchange.record.cardIDs = result.cardIDs
        for flag in result.flags { exchange.note(flag.rawValue) }
        return result.cards
    }

    /// Whether a text holds a member that 2.0 does not know.
    private static func holdsLaterMembers(_ cards: [UInt8]) -> Bool {
        let names = ["\"actionSelectionBehavior\"", "\"autolaunchable\""].map { Array($0.utf8) }
        let bytes = cards.span
        for position in bytes.indices where bytes[position] == UInt8(ascii: "\"") {
            for name in names where bytes.count - position >= name.count {
                var length = 1
                while length < name.count, bytes[position + length] == name[length] { length += 1 }
                if length == name.count { return true }
            }
        }
        return false
    }
}
