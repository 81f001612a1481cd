import Basics
import Crypto

/// An older state that was put in force, as a leaf says.
struct Restored {
    /// The leaf that says so: the leaves before it are those that were kept.
    let position: UInt64
    let lost: TreeEntry.Restoration
    /// How many restored databases were put in force before.
    let number: Int
    /// Whether a trusted key has signed the leaf, or a checkpoint that holds it.
    var counts: Bool
    /// What it would excuse, while it is not known whether it counts.
    var excused: (count: Int, first: LedgerFinding)?

    /// Whether a copy may know leaves that are gone since.
    ///
    /// A copy that was made after this restore is not explained by it.
    func explains(_ copy: OutsideCheckpoints.Copy) -> Bool {
        guard copy.size > position, copy.epoch <= number else { return false }
        return copy.size == lost.size ? copy.root == lost.root : copy.size < lost.size
    }
}

extension LedgerVerifier {
    /// Takes a leaf about a restored database: signed by a trusted key for this place of this tree,
    /// or, in the form of earlier versions, by nobody yet.
    mutating func take(
        _ state: TreeEntry.Restoration,
        _ stored: StoredEntry,
        _ tree: inout Tree
    ) {
        let kept = TreeEntry.Restoration.Kept(size: tree.range.size, root: tree.range.root)
        if let seal = state.seal {
            let key = trusted[seal.key]
            guard let key, state.isSigned(by: key, keeping: kept) else {
                find(
                    .inserted,
                    nil,
                    "leaf \(stored.position) says that a restored database was put in force, and no "
                        + "trusted key has signed that for this place"
                )
                return
            }
        }
        tree.restorations.append(
            Restored(
                position: stored.position,
                lost: state,
                number: tree.restorations.count,
                counts: state.seal != nil
            )
        )
        let lost = state.size > stored.position ? state.size - stored.position : 0
        report.notes.append(
            "at \(state.at.text) an operator put a restored database in force (leaf "
                + "\(stored.position)): \(lost) leaves that were signed before are lost with it"
                + (state.seal == nil
                    ? "; the leaf itself is not signed, as in earlier versions" : "")
        )
    }

    /// Whether a leaf about a restored database excuses that a copy has another root; what one says
    /// that does not count yet is kept until that is known.
    mutating func excuses(_ copy: OutsideCheckpoints.Copy, _ tree: inout Tree) -> Bool {
        let explaining = tree.restorations.indices.filter { tree.restorations[$0].explains(copy) }
        if explaining.contains(where: { tree.restorations[$0].counts }) {
            report.restoredCopyCount += 1
            return true
        }
        guard let index = explaining.first else { return false }
        let finding = Self.fork(at: copy.size, tree.unprovedBatch)
        let before = tree.restorations[index].excused
        tree.restorations[index].excused = ((before?.count ?? 0) + 1, before?.first ?? finding)
        return true
    }

    /// A leaf that nobody signed counts only below a checkpoint that a trusted key has signed; one
    /// that does not count excuses nothing.
    mutating func endRestorations(_ tree: inout Tree) {
        for index in tree.restorations.indices where !tree.restorations[index].counts {
            let restored = tree.restorations[index]
            if restored.position < signedSize {
                tree.restorations[index].counts = true
                report.restoredCopyCount += restored.excused?.count ?? 0
                continue
            }
            find(
                .inserted,
                nil,
                "leaf \(restored.position) says that a restored database was put in force, and no "
                    + "checkpoint that holds it was signed"
            )
            if let first = restored.excused?.first, !tree.isForked, !tree.isDamaged {
                tree.isForked = true
                endings.append(first)
            }
        }
    }
}
