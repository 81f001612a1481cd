import Audit
import AuditStore
import Basics
import Vault

/// Puts the data keys of a tenant under its current wrapping key, a thousand at a time.
struct Rewrapping {
    let keys: TenantKeys

    /// What was done.
    struct Outcome {
        var changedCount = 0
        /// How many keys do not open with the keys that are here.
        var unopenedCount = 0
    }

    /// Runs until nothing is left that opens.
    func run(_ store: consuming KeyStore) throws(CommandError) -> Outcome {
        let opener = RecordOpener(KeyRing([keys]))
        let current = keys.currentWrapping
        var outcome = Outcome()
        do throws(AuditStoreError) {
            while true {
                let stored = try store.keysToRewrap(tenant: keys.tenant, current: current.name)
                var changes: [(old: WrappedKey, new: WrappedKey)] = []
                for old in stored {
                    guard case .open(let key) = opener.open(old) else { continue }
                    changes.append((old, key.rewrapped(under: current)))
                }
                outcome.unopenedCount = stored.count - changes.count
                // What does not open stays in the way of the next thousand.
                guard !changes.isEmpty else { return outcome }
                let changed = try store.rewrap(tenant: keys.tenant, changes)
                outcome.changedCount += changed
                guard changed > 0, stored.count == 1_000 else { return outcome }
            }
        } catch {
            throw StoreSentence.commandError(error)
        }
    }
}
