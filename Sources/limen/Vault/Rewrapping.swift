import Audit
import AuditStore
import Basics
import Vault

/// Puts the data keys of a tenant under its current wrapping key, a thousand at a time.
///
/// A key that does not open is named and passed over: none stands in the way of those behind it.
struct Rewrapping {
    let keys: TenantKeys

    /// A key that stays as it is.
    struct Unopened {
        let keyID: UUIDBytes
        let wrappingKey: String
        /// Whether an auditor added it, with the words of a review.
        let isNote: Bool
        /// Whether the wrapping key that it names is here and does not open it.
        let isDamaged: Bool
    }

    /// What was done.
    struct Outcome {
        var changedCount = 0
        /// The keys that do not open with the keys that are here, in the order of their ids.
        var unopened: [Unopened] = []
    }

    /// Runs over all keys once.
    func run(_ store: borrowing KeyStore) throws(CommandError) -> Outcome {
        let opener = RecordOpener(KeyRing([keys]))
        let current = keys.currentWrapping
        var outcome = Outcome()
        var behind = UUIDBytes(high: 0, low: 0)
        do throws(AuditStoreError) {
            while true {
                let stored = try store.keysToRewrap(
                    tenant: keys.tenant,
                    current: current.name,
                    behind: behind
                )
                guard let last = stored.last else { return outcome }
                behind = last.key.keyID
                var changes: [(old: WrappedKey, new: WrappedKey)] = []
                for old in stored {
                    let state = opener.open(old.key)
                    if case .open(let key) = state {
                        changes.append((old.key, key.rewrapped(under: current)))
                        continue
                    }
                    var isDamaged = false
                    if case .damaged = state { isDamaged = true }
                    outcome.unopened.append(
                        Unopened(
                            keyID: old.key.keyID,
                            wrappingKey: old.key.wrappingKey,
                            isNote: old.isNote,
                            isDamaged: isDamaged
                        )
                    )
                }
                outcome.changedCount += try store.rewrap(tenant: keys.tenant, changes)
            }
        } catch {
            throw StoreSentence.commandError(error)
        }
    }
}
