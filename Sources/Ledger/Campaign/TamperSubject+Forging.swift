import Audit
import Basics

extension TamperSubject {
    /// The ways to excuse rows that are gone by a restore that nobody made.
    private enum Restore: Int, CaseIterable {
        /// The leaf of earlier versions, which nobody signs, at the end of the tree.
        case unsigned
        /// A leaf that another key has signed.
        case otherKey
        /// A leaf that names the right key, with a signature that is none.
        case noSignature
        /// A leaf that the right key once signed for another place of the tree.
        case otherPlace
        /// The leaf of earlier versions below a checkpoint that another key has signed.
        case otherCheckpoint
        /// A leaf behind the last checkpoint, while rows alone are gone.
        case rowsAlone
        /// The leaf of earlier versions, before a gateway with the key and no copy takes its turn.
        case nothingKnown
        /// The same, with no checkpoint left in the database.
        case nothingLeft
    }

    /// Cuts off the end, and says in a leaf that it was lost with a restore.
    func forgeRestored(
        _ model: inout LedgerModel,
        _ random: inout CampaignNumbers
    ) -> Tampering? {
        guard let known = outside.last, let thief = Self.thief(&random),
            model.logs[0].batches.count > 1, model.logs[0].rows.count > 1,
            let way = Restore.allCases.randomElement(using: &random)
        else { return nil }
        let place = Int.random(in: 1..<model.logs[0].batches.count, using: &random)
        if way == .rowsAlone {
            model.logs[0].rows.removeLast(
                Int.random(in: 1..<model.logs[0].rows.count, using: &random)
            )
        } else {
            guard model.logs[0].batches[place].position != nil else { return nil }
            cut(&model, from: place)
        }
        var range = CompactRange()
        for stored in model.entries { range.append(MerkleHash.leaf(stored.entry)) }
        let kept = TreeEntry.Restoration.Kept(size: range.size, root: range.root)
        let unsigned = TreeEntry.Restoration(size: known.size, root: known.root, at: now)
        let state: TreeEntry.Restoration =
            switch way {
            case .unsigned, .otherCheckpoint, .rowsAlone, .nothingKnown, .nothingLeft: unsigned
            case .otherKey: .init(losing: known, keeping: kept, by: thief, at: now)
            case .noSignature:
                .init(
                    size: known.size,
                    root: known.root,
                    at: now,
                    seal: .init(key: key.bytes, signature: random.bytes(64))
                )
            case .otherPlace:
                .init(
                    losing: known,
                    keeping: .init(size: kept.size + 1, root: kept.root),
                    by: signer,
                    at: now
                )
            }
        Self.append(.restored(state), to: &model)
        if way == .otherCheckpoint { Self.sign(&model, thief, at: now) }
        if way == .nothingLeft { model.checkpoints = [] }
        if way == .nothingKnown || way == .nothingLeft,
            SignedPast.letsSign(model.entries, under: model.checkpoints, by: [key])
        {
            Self.sign(&model, signer, at: now)
        }
        var tampering = Tampering(.forgeRestored, "\(way)")
        // Leaves that stand where others stood are told like a fork: by the copies around them.
        tampering.forkFloor = firstBatch(behind: kept.size)
        return tampering
    }

    /// The ways to excuse rows that are gone by a tombstone that retention did not leave.
    private enum Stone: Int, CaseIterable {
        /// Of rows whose time is not over.
        case early
        /// Of rows whose time is not over, left at a moment that has not come.
        case future
        /// Of an old month, with the table of another.
        case otherTable
        /// Of an old month, with the places of rows of another.
        case otherSpan
        /// The tombstone that is there, with the places of further rows.
        case widened
        /// In nothing but the record of the database.
        case recordAlone
        /// In a leaf that no checkpoint holds.
        case unsigned
        /// In a leaf below a checkpoint that another key has signed.
        case otherKey
    }

    /// Deletes the rows of a month, and leaves a tombstone for them.
    func forgeTombstone(_ model: inout LedgerModel, _ random: inout CampaignNumbers) -> String? {
        guard let relation = someMonth(model, &random), let thief = Self.thief(&random),
            let way = Stone.allCases.randomElement(using: &random),
            let stone = model.tombstone(of: relation, at: now.advanced(byMicroseconds: -hour)),
            let content = stone.content
        else { return nil }
        func with(
            _ month: Int32,
            _ relation: String,
            _ content: TreeEntry.Content?,
            at moment: Instant? = nil
        ) -> TreeEntry.Tombstone {
            .init(month: month, relation: relation, at: moment ?? stone.at, content: content)
        }
        var forged: TreeEntry.Tombstone
        switch way {
        case .early, .recordAlone, .unsigned, .otherKey:
            forged = stone
        case .future:
            let yearsAhead = now.advanced(byMicroseconds: 7 * 366 * 24 * hour)
            forged = with(stone.month, relation, content, at: yearsAhead)
        case .otherTable:
            forged = with(201_503, relation, Bool.random(using: &random) ? content : nil)
        case .otherSpan:
            forged = with(201_503, "event_201503", content)
        case .widened:
            guard let old = model.droppedMonths?.first, let held = old.content else { return nil }
            forged = with(
                old.month,
                old.relation,
                .init(
                    rowCount: held.rowCount + content.rowCount,
                    leafDigest: content.leafDigest,
                    places: held.places + content.places
                ),
                at: old.at
            )
            model.droppedMonths = []
        }
        model.logs[0].rows.removeAll { $0.relation == relation }
        model.relations?.remove(relation)
        model.droppedMonths = (model.droppedMonths ?? []) + [forged]
        let position = tombstonePosition.map { UInt64($0) }
        if way == .widened,
            let leaf = model.entries.firstIndex(where: { $0.position == position })
        {
            model.entries[leaf].entry = TreeEntry.tombstone(forged).canonical
        } else if way != .recordAlone {
            Self.append(.tombstone(forged), to: &model)
        }
        if way == .otherKey { Self.sign(&model, thief, at: now) }
        return "\(way)"
    }

    // MARK: Parts

    private var hour: Int64 { 3_600_000_000 }

    /// A key that nobody trusts.
    private static func thief(_ random: inout CampaignNumbers) -> NoteSigner? {
        NoteSigner(name: "campaign", seed: random.bytes(32))
    }

    private static func append(_ entry: TreeEntry, to model: inout LedgerModel) {
        let position = (model.entries.last?.position).map { $0 + 1 } ?? 0
        model.entries.append(
            StoredEntry(position: position, entry: entry.canonical, batch: nil)
        )
    }

    /// Leaves a sign of life and a checkpoint of all leaves, signed with a key.
    private static func sign(_ model: inout LedgerModel, _ signer: NoteSigner, at moment: Instant) {
        var number: Int64 = 0
        for stored in model.entries {
            if case .heartbeat(let last, _)? = try? TreeEntry(canonical: stored.entry) {
                number = last
            }
        }
        append(.heartbeat(number: number + 1, at: moment), to: &model)
        var range = CompactRange()
        for stored in model.entries { range.append(MerkleHash.leaf(stored.entry)) }
        let checkpoint = Checkpoint(origin: signer.key.name, size: range.size, root: range.root)
        guard let note = checkpoint.signed(by: signer) else { return }
        model.checkpoints.removeAll { $0.size == range.size }
        model.checkpoints.append(
            StoredCheckpoint(size: range.size, note: Array(note.serialized.utf8))
        )
    }
}
