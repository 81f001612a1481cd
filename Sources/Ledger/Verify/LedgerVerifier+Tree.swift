import Basics
import Crypto

extension LedgerVerifier {
    /// What is known of the tree while its leaves go by.
    struct Tree {
        var range = CompactRange()
        var checkpoint: Checkpoint?
        /// The size of the last checkpoint that went by.
        var seenSize: UInt64 = 0
        /// The root that it says.
        var seenRoot: MerkleHash?
        var isDamaged = false
        var isForked = false
        var heartbeatNumber: Int64 = 0
        /// The size that the last sign of life stands at the end of, until its checkpoint was seen.
        var owedCheckpoint: UInt64?
        /// The first batch behind the last copy from outside that agrees.
        var unprovedBatch: RowName?
        /// What was said to be lost when an older state was put in force.
        var restorations: [Restored] = []
    }

    /// Makes the roots from the leaves and holds them against what was signed.
    mutating func verifyTree() throws(Source.Failure) {
        var tree = Tree()
        var checkpoint = try nextCheckpoint()
        while let stored = try source.nextEntry() {
            guard stored.position == tree.range.size else {
                find(
                    .deleted,
                    nil,
                    "the tree lacks its leaves from \(tree.range.size) to \(stored.position - 1)"
                )
                tree.isDamaged = true
                gap = tree.range.size
                unproved = tree.unprovedBatch
                break
            }
            pay(&tree)
            take(stored, &tree)
            tree.range.append(MerkleHash.leaf(stored.entry))
            while let next = checkpoint, next.size <= tree.range.size {
                hold(next, against: &tree)
                checkpoint = try nextCheckpoint()
            }
            holdOutside(against: &tree)
        }
        pay(&tree)
        while let next = checkpoint {
            if !tree.isDamaged {
                tree.isDamaged = true
                endings.append(
                    LedgerFinding(
                        .truncated,
                        nil,
                        "the tree has \(tree.range.size) leaves, and a checkpoint of "
                            + "\(next.size) was signed"
                    )
                )
            }
            checkpoint = try nextCheckpoint()
        }
        report.entryCount = tree.range.size
        signedSize = tree.checkpoint?.size ?? 0
        endRestorations(&tree)
        endOutside(tree)
    }

    private mutating func nextCheckpoint() throws(Source.Failure) -> Checkpoint? {
        while let stored = try source.nextCheckpoint() {
            do throws(LedgerError) {
                let note = try SignedNote(reading: stored.note)
                let checkpoint = try Checkpoint(text: note.text)
                _ = try note.verified(by: knowledge.keys + rotatedKeys(of: note))
                guard checkpoint.size == stored.size else {
                    find(.edited, nil, "the checkpoint of \(stored.size) leaves is another one")
                    continue
                }
                return checkpoint
            } catch {
                if unreadCheckpoints.count < Limits.ledgerGuessesMax {
                    unreadCheckpoints.insert(stored.size)
                }
                let damage: LedgerFinding.Damage =
                    error.code == .noteUntrusted ? .unknownKey : .edited
                find(
                    damage,
                    nil,
                    "the checkpoint of \(stored.size) leaves is not as it was signed "
                        + "(\(error.code.rawValue))"
                )
            }
        }
        return nil
    }

    /// The keys that others vouched for, under the names that the note gives them.
    private func rotatedKeys(of note: SignedNote) -> [NoteKey] {
        note.signatures.flatMap { signature in
            trusted.keys.compactMap { NoteKey(name: signature.name, ed25519: $0) }
        }
    }

    /// Each sign of life was signed in its own transaction.
    private mutating func pay(_ tree: inout Tree) {
        guard let size = tree.owedCheckpoint else { return }
        tree.owedCheckpoint = nil
        guard tree.seenSize != size, !unreadCheckpoints.contains(size) else { return }
        find(.deleted, nil, "the checkpoint of \(size) leaves is not there")
    }

    private mutating func hold(_ checkpoint: Checkpoint, against tree: inout Tree) {
        tree.seenSize = checkpoint.size
        tree.seenRoot = checkpoint.root
        if checkpoint.size == tree.range.size, checkpoint.root == tree.range.root {
            report.checkpointCount += 1
            tree.checkpoint = checkpoint
            return
        }
        guard !tree.isDamaged else { return }
        tree.isDamaged = true
        find(
            .edited,
            nil,
            "the leaves up to \(checkpoint.size) do not give the root that was signed; the last "
                + "checkpoint that they give is of \(tree.checkpoint?.size ?? 0)"
        )
    }

    private mutating func holdOutside(against tree: inout Tree) {
        let size = tree.range.size
        while let copy = outside.next(upTo: size) {
            if copy.root == tree.range.root {
                report.outsideCount += 1
                tree.unprovedBatch = nil
            } else if !excuses(copy, &tree), !tree.isForked, isFork(copy, tree) {
                tree.isForked = true
                endings.append(Self.fork(at: copy.size, tree.unprovedBatch))
            }
        }
    }

    /// Whether a copy with another root than the leaves give speaks of another history.
    ///
    /// Two roots that were signed for one size do; leaves that do not give the one root that was
    /// signed were edited, which is found there.
    private func isFork(_ copy: OutsideCheckpoints.Copy, _ tree: Tree) -> Bool {
        guard tree.seenSize == copy.size, let root = tree.seenRoot else { return !tree.isDamaged }
        return root != copy.root
    }

    /// The finding for a copy outside that has another root.
    static func fork(at size: UInt64, _ row: RowName?) -> LedgerFinding {
        LedgerFinding(
            .forked,
            row,
            "a copy outside has another root for \(size) leaves: the history was written anew, or "
                + "an older state of the database went on"
        )
    }

    private mutating func endOutside(_ tree: Tree) {
        var beyond: OutsideCheckpoints.Copy?
        while let copy = outside.next(upTo: .max) {
            if tree.restorations.contains(where: { $0.counts && $0.explains(copy) }) {
                report.restoredCopyCount += 1
            } else {
                beyond = copy
            }
        }
        guard let copy = beyond else { return }
        endings.append(
            LedgerFinding(
                tree.isDamaged ? .truncated : .rolledBack,
                nil,
                "a copy outside knows \(copy.size) leaves, and the tree has \(tree.range.size): the "
                    + "end was cut off, or an older state of the database was put in its place"
            )
        )
    }

    // MARK: Leaves

    private mutating func take(_ stored: StoredEntry, _ tree: inout Tree) {
        let entry: TreeEntry
        do throws(LedgerError) {
            entry = try TreeEntry(canonical: stored.entry)
        } catch {
            find(.edited, nil, "leaf \(stored.position) of the tree cannot be read")
            return
        }
        switch entry {
        case .genesis(let logID, let hash):
            openGeneses[logID] = hash
        case .batch(let batch):
            if tree.unprovedBatch == nil {
                tree.unprovedBatch = RowName(logID: batch.logID, sequence: batch.firstSequence)
            }
            take(batch, stored)
        case .heartbeat(let number, let at):
            take(heartbeat: number, at, stored, &tree)
        case .key(let rotation):
            take(rotation, stored)
        case .tombstone(let stone):
            tombstonesOfTree.append((stone, stored.position))
        case .keyBegun(let beginning):
            take(beginning, stored)
        case .adoptionComplete:
            isAdoptionComplete = stored.position
        case .restored(let state):
            take(state, stored, &tree)
        }
    }

    private mutating func take(_ batch: TreeEntry.Batch, _ stored: StoredEntry) {
        let row = RowName(logID: batch.logID, sequence: batch.firstSequence)
        guard let there = stored.batch else {
            find(
                .deleted,
                row,
                "the batch of the rows \(batch.firstSequence) to \(batch.lastSequence) is not there"
            )
            return
        }
        guard there != batch else { return }
        find(
            .edited,
            row,
            "the batch of the rows \(batch.firstSequence) to \(batch.lastSequence) is not the one "
                + "that the tree holds"
        )
    }

    private mutating func take(
        heartbeat number: Int64,
        _ at: Instant,
        _ stored: StoredEntry,
        _ tree: inout Tree
    ) {
        report.heartbeatCount += 1
        tree.owedCheckpoint = stored.position + 1
        if number != tree.heartbeatNumber + 1 {
            find(.deleted, nil, "a sign of life is missing before leaf \(stored.position)")
        }
        tree.heartbeatNumber = number
        if let last = lastHeartbeat {
            let gap = at.microseconds(since: last)
            report.heartbeatGapMicroseconds = max(report.heartbeatGapMicroseconds, gap)
            if gap < -Limits.ledgerClockStepMicrosecondsMax {
                find(
                    .clockSteppedBack,
                    nil,
                    "the clock of the database was set back by \(-gap / 1_000_000) s before leaf "
                        + "\(stored.position)"
                )
            }
        }
        lastHeartbeat = max(lastHeartbeat ?? at, at)
    }

    private mutating func take(_ rotation: TreeEntry.Rotation, _ stored: StoredEntry) {
        guard let old = trusted[rotation.oldKey], let new = PublicKey(.ed25519(rotation.newKey)),
            old.isValid(rotation.signature, over: rotation.statement, by: .ed25519)
        else {
            find(
                .unknownKey,
                nil,
                "leaf \(stored.position) brings a key that no trusted key signed"
            )
            return
        }
        trusted[rotation.newKey] = new
    }

    /// A key that vouches for itself must be known from elsewhere.
    private mutating func take(_ beginning: TreeEntry.Beginning, _ stored: StoredEntry) {
        guard let key = trusted[beginning.key],
            key.isValid(beginning.signature, over: beginning.statement, by: .ed25519)
        else {
            find(
                .unknownKey,
                nil,
                "leaf \(stored.position) begins a key that is not among the public keys given"
            )
            return
        }
        report.notes.append(
            "at \(beginning.at.text) a key was begun that no earlier key vouches for (leaf "
                + "\(stored.position))"
        )
    }
}
