import Basics
import Ledger

/// What an operator puts on record in the tree itself, so that a verifier can tell it from damage.
package enum LedgerDeed: Sendable, Equatable {
    /// A restored database is in force: what the copies outside know beyond it is lost.
    case restored
    /// From here on this key signs; the key of today vouches for it.
    case keyChanged([UInt8])
    /// The key that signs now is a new one that no earlier key vouches for.
    case keyBegun

    /// The leaf that says so behind the leaves of a tree; `nil` when there is nothing to be said.
    func entry(
        _ identity: LogIdentity,
        _ known: Checkpoint?,
        behind range: CompactRange,
        at now: Instant
    ) -> TreeEntry? {
        switch self {
        case .restored:
            known.map { lost in
                .restored(
                    .init(
                        losing: lost,
                        keeping: .init(size: range.size, root: range.root),
                        by: identity.signer,
                        at: now
                    )
                )
            }
        case .keyChanged(let key):
            .key(TreeEntry.Rotation(from: identity.signer, to: key, at: now))
        case .keyBegun:
            .keyBegun(TreeEntry.Beginning(of: identity.signer, at: now))
        }
    }
}

/// Whether a trail knows a key that would sign it.
package enum SignerStanding: String, Sendable {
    /// A log was signed with it, or the tree names it.
    case known
    /// Others have signed, and this one never.
    case other
    /// Nothing was ever signed.
    case none
}
