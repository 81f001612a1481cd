import Basics

extension TamperSubject {
    /// Edits the beginning of the log, and answers which column of it.
    func editGenesis(_ model: inout LedgerModel, _ random: inout CampaignNumbers) -> String {
        let signed = model.logs[0].genesis
        let old = signed.genesis
        let choice = Int.random(in: 0..<6, using: &random)
        let genesis = LogGenesis(
            logID: old.logID,
            kind: choice == 0 ? .adoption : old.kind,
            openedAt: choice == 1 ? old.openedAt.advanced(byMicroseconds: 1) : old.openedAt,
            program: choice == 2 ? old.program + "x" : old.program,
            place: choice == 3 ? random.bytes(32) : old.place,
            publicKey: choice == 4 ? random.bytes(32) : old.publicKey,
            previous: old.previous
        )
        let signature = choice == 5 ? random.bytes(64) : signed.signature
        model.logs[0].genesis = SignedGenesis(genesis: genesis, signature: signature)
        return "column \(choice)"
    }

    /// Edits or deletes a leaf or a checkpoint.
    func tamperTree(
        _ kind: Tampering.Kind,
        _ model: inout LedgerModel,
        _ random: inout CampaignNumbers
    ) -> Tampering? {
        let isOfLeaves = kind == .editLeaf || kind == .deleteLeaf
        let count = isOfLeaves ? model.entries.count : model.checkpoints.count
        guard count > 0 else { return nil }
        let place = Int.random(in: 0..<count, using: &random)
        let bit: UInt8 = 1 << UInt8.random(in: 0..<8, using: &random)
        var tampering: Tampering
        if isOfLeaves {
            let position = model.entries[place].position
            tampering = Tampering(kind, "leaf \(position)")
            tampering.spokenOf = Self.rows(of: model.entries[place])
            // What the tree proves ends with the last copy before the leaf.
            if let unproved = firstBatch(behind: position) { tampering.spokenOf.append(unproved) }
            if kind == .deleteLeaf {
                model.entries.remove(at: place)
            } else {
                let size = model.entries[place].entry.count
                model.entries[place].entry[Int.random(in: 0..<size, using: &random)] ^= bit
                tampering.spokenOf += Self.rows(of: model.entries[place])
            }
        } else {
            tampering = Tampering(kind, "checkpoint of \(model.checkpoints[place].size)")
            if kind == .deleteCheckpoint {
                model.checkpoints.remove(at: place)
            } else {
                let size = model.checkpoints[place].note.count
                model.checkpoints[place].note[Int.random(in: 0..<size, using: &random)] ^= bit
            }
        }
        return tampering
    }

    /// The first row behind the last copy from outside that has no more leaves than so many.
    func firstBatch(behind size: UInt64) -> Int64? {
        let agreed = outside.last { $0.size <= size }?.size ?? 0
        return model.logs[0].batches
            .first { $0.position.map { $0 >= agreed } ?? false }?.firstSequence
    }

    /// The first row that a leaf speaks of.
    private static func rows(of stored: StoredEntry) -> [Int64] {
        guard let entry = try? TreeEntry(canonical: stored.entry) else { return [] }
        return switch entry {
        case .genesis: [0]
        case .batch(let batch): [batch.firstSequence]
        case .tombstone(let stone): stone.content?.places.prefix(1).map(\.first) ?? []
        case .heartbeat, .key, .keyBegun, .adoptionComplete, .restored: []
        }
    }

    // MARK: The whole

    /// Puts an older state in force.
    func rollBack(_ model: inout LedgerModel, _ random: inout CampaignNumbers) -> Tampering? {
        guard earlier.count > 1 else { return nil }
        let number = Int.random(in: 0..<earlier.count - 1, using: &random)
        model = earlier[number]
        var tampering = Tampering(.rollBack, "checkpoint \(number)")
        tampering.state = model
        return tampering
    }

    /// The same history with other rows from a batch on, all of it signed with the key.
    func fork(_ model: inout LedgerModel, _ random: inout CampaignNumbers) -> Tampering? {
        let batches = self.model.logs[0].batches
        let number = Int.random(in: 0..<batches.count, using: &random)
        model = twin(forkedAt: number)
        // What is known outside tells the first batch behind the last copy that agrees.
        var tampering = Tampering(.fork, "batch \(number)")
        tampering.forkFloor = batches[number - number % 3].firstSequence
        tampering.forkedLeaf = batches[number].position
        tampering.state = model
        return tampering
    }
}
