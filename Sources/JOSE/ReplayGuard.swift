package import Basics
import Synchronization

/// Lets each token be used once (CDS Hooks 2.0, `jti`): a bounded memory in front of a ledger that
/// all instances share.
package final class ReplayGuard: Sendable {
    private let ledger: any TokenLedger
    private let cache: Mutex<ReplayCache>

    /// Makes a guard.
    package convenience init(ledger: any TokenLedger) {
        self.init(ledger: ledger, entriesMax: Limits.replayCacheEntriesMax)
    }

    init(ledger: any TokenLedger, entriesMax: Int) {
        self.ledger = ledger
        cache = Mutex(ReplayCache(entriesMax: entriesMax))
    }

    /// Whether this process knows that a token was used; `false` says nothing.
    package func isRemembered(_ use: TokenUse) -> Bool {
        cache.withLock { $0.contains(use) }
    }

    /// Takes the one use of a token.
    ///
    /// - Throws: `replayed` when it was taken before, `ledgerUnavailable` when nobody can tell:
    ///   without the ledger no token is accepted.
    package func claim(_ use: TokenUse, now: Instant) async throws(TokenRejection) {
        guard cache.withLock({ $0.insert(use, now: now) }) else { throw .replayed }
        let isFirst: Bool
        do throws(TokenLedgerError) {
            isFirst = try await ledger.remember(use)
        } catch {
            // The caller may come again with the same token once the ledger is back; whether it
            // then counts as used is the ledger's to say.
            cache.withLock { $0.remove(use) }
            throw .ledgerUnavailable
        }
        guard isFirst else { throw .replayed }
    }
}
