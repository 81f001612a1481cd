/// What a trail says of its own past, for a gateway that knows nothing of it from outside.
///
/// Whoever can write the tables can take checkpoints out of them, and can sign none. So the newest one
/// that a trusted key has signed is the least that the tree must go on from; and behind it no leaf may
/// excuse what is gone unless somebody has signed it, for the next signature would make it count.
package enum SignedPast {
    /// The checkpoint of a row; `nil` when no trusted key has signed it, or it is not of that size.
    package static func checkpoint(
        _ stored: StoredCheckpoint,
        by keys: [NoteKey]
    ) -> Checkpoint? {
        do throws(LedgerError) {
            let note = try SignedNote(reading: stored.note)
            _ = try note.verified(by: keys)
            let checkpoint = try Checkpoint(text: note.text)
            return checkpoint.size == stored.size ? checkpoint : nil
        } catch {
            return nil
        }
    }

    /// Whether a leaf says that a restored database is in force, and nobody has signed it: the form of
    /// earlier versions.
    package static func isUnsignedRestore(_ entry: [UInt8]) -> Bool {
        guard case .restored(let state)? = try? TreeEntry(canonical: entry) else { return false }
        return state.seal == nil
    }

    /// Whether such a gateway signs a tree, as its sequencer decides it in the database.
    static func letsSign(
        _ entries: [StoredEntry],
        under checkpoints: [StoredCheckpoint],
        by keys: [NoteKey]
    ) -> Bool {
        let newest = checkpoints.sorted { $0.size > $1.size }.lazy
            .compactMap { checkpoint($0, by: keys) }.first
        var range = CompactRange()
        var isGiven = newest == nil
        for stored in entries {
            if let newest, range.size < newest.size {
                range.append(MerkleHash.leaf(stored.entry))
                isGiven = range.size == newest.size && range.root == newest.root
            } else if isUnsignedRestore(stored.entry) {
                return false
            }
        }
        return isGiven
    }
}
