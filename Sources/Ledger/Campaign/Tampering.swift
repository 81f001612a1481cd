import Audit
import Basics

/// One thing that a thief with every right on the database does.
package struct Tampering: Sendable {
    /// The kinds of it.
    package enum Kind: String, Sendable, CaseIterable {
        case editRow = "edit a column"
        case deleteRow = "delete a row"
        case insertRow = "insert a row"
        case swapRows = "swap two rows"
        case moveRow = "move a row to another tenant"
        case renumberRow = "give a row another number"
        case cutRows = "cut off the rows from one on"
        case cutAll = "cut off everything from a batch on"
        case editBatch = "edit a column of a batch"
        case deleteBatch = "delete a batch row"
        case deleteBatchAndRows = "delete a batch with its rows"
        case editGenesis = "edit the beginning of the log"
        case editLeaf = "edit a leaf of the tree"
        case deleteLeaf = "delete a leaf of the tree"
        case editCheckpoint = "edit a checkpoint"
        case deleteCheckpoint = "delete a checkpoint"
        case rollBack = "put an older state in force"
        case fork = "write the history anew with the key"
    }

    /// What was done.
    package let kind: Kind
    /// Which column was edited, or where the trail was cut; `nil` for other kinds.
    package var place: String?
    /// The first row of the batches among which a fork can be told to begin.
    package let forkFloor: Int64?

    /// Whether it touches nothing but the tree.
    package var isOfTree: Bool {
        switch kind {
        case .editLeaf, .deleteLeaf, .editCheckpoint, .deleteCheckpoint: true
        case .editRow, .deleteRow, .insertRow, .swapRows, .moveRow, .renumberRow, .cutRows, .cutAll,
            .editBatch, .deleteBatch, .deleteBatchAndRows, .editGenesis, .rollBack, .fork:
            false
        }
    }
}

/// A trail of which everything is known, to be tampered with.
package struct TamperSubject: Sendable {
    /// The trail as it was written.
    package let model: LedgerModel
    /// Its checkpoints outside.
    package let outside: [Checkpoint]
    /// Its state at each checkpoint, for putting an older one in force.
    package let earlier: [LedgerModel]
    /// The public key.
    package let key: NoteKey
    private let signer: NoteSigner
    private let seed: UInt64

    /// The moment at which the trail begins.
    private static let start = Instant(microseconds: 1_763_700_000_000_000)

    /// Writes a trail of so many rows in one log.
    package init?(seed: UInt64, rowCount: Int = 200) {
        let signerSeed = [UInt8](repeating: UInt8(truncatingIfNeeded: seed), count: 32)
        guard let signer = NoteSigner(name: "campaign", seed: signerSeed) else { return nil }
        self.signer = signer
        self.seed = seed
        key = signer.key
        var states: [LedgerModel] = []
        let writer = Self.write(signer, seed, rowCount, forkedAt: nil) { states.append($0) }
        model = writer.model
        outside = writer.outside
        earlier = states
    }

    /// Writes the trail; a fork has other rows from a batch on.
    private static func write(
        _ signer: NoteSigner,
        _ seed: UInt64,
        _ rowCount: Int,
        forkedAt fork: Int?,
        _ checkpointed: (LedgerModel) -> Void
    ) -> LedgerModelWriter {
        var random = CampaignNumbers(seed)
        var writer = LedgerModelWriter(signer: signer, at: start)
        let log = writer.open(&random)
        var written = 0
        var number = 0
        while written < rowCount {
            let count = min(Int.random(in: 1...14, using: &random), rowCount - written)
            if number == fork {
                var other = CampaignNumbers(seed &+ 1_000_003)
                writer.write(count, to: log, &other)
                // The numbers go on as they did, so that what follows is alike.
                var skipped = writer
                skipped.write(count, to: log, &random)
            } else {
                writer.write(count, to: log, &random)
            }
            written += count
            number += 1
            if number.isMultiple(of: 3) || written == rowCount {
                writer.checkpoint()
                checkpointed(writer.model)
            }
        }
        return writer
    }

    /// Tampers with a model; `nil` when this kind cannot be done to it any more.
    package func tamper(
        _ kind: Tampering.Kind,
        _ model: inout LedgerModel,
        _ random: inout CampaignNumbers
    ) -> Tampering? {
        switch kind {
        case .editRow, .deleteRow, .insertRow, .swapRows, .moveRow, .renumberRow, .cutRows:
            guard let place = tamperRows(kind, &model, &random) else { return nil }
            return Tampering(kind: kind, place: place, forkFloor: nil)
        case .cutAll, .editBatch, .deleteBatch, .deleteBatchAndRows:
            guard let place = tamperBatches(kind, &model, &random) else { return nil }
            return Tampering(kind: kind, place: place, forkFloor: nil)
        case .editGenesis:
            editGenesis(&model, &random)
            return Tampering(kind: kind, forkFloor: nil)
        case .editLeaf, .deleteLeaf, .editCheckpoint, .deleteCheckpoint:
            return tamperTree(kind, &model, &random)
        case .rollBack:
            guard earlier.count > 1 else { return nil }
            model = earlier[Int.random(in: 0..<earlier.count - 1, using: &random)]
            return Tampering(kind: kind, forkFloor: nil)
        case .fork:
            return fork(&model, &random)
        }
    }

    // MARK: Rows

    private func tamperRows(
        _ kind: Tampering.Kind,
        _ model: inout LedgerModel,
        _ random: inout CampaignNumbers
    ) -> String? {
        guard model.logs[0].rows.count > 2 else { return nil }
        let place = Int.random(in: 0..<model.logs[0].rows.count, using: &random)
        let sequence = model.logs[0].rows[place].sequence
        switch kind {
        case .editRow:
            let change = RowChanges.all[Int.random(in: 0..<RowChanges.all.count, using: &random)]
            change.make(&model.logs[0].rows[place])
            return change.column
        case .deleteRow:
            model.logs[0].rows.remove(at: place)
        case .insertRow:
            var forged = model.logs[0].rows[place]
            forged.row?.eventID = UUIDBytes(high: random.next(), low: random.next())
            model.logs[0].rows.append(forged)
        case .swapRows:
            let other = Int.random(in: 0..<model.logs[0].rows.count, using: &random)
            guard other != place, model.logs[0].rows[other].sequence != sequence else {
                return nil
            }
            let otherSequence = model.logs[0].rows[other].sequence
            model.logs[0].rows[place].sequence = otherSequence
            model.logs[0].rows[other].sequence = sequence
            if Bool.random(using: &random) {
                let hash = model.logs[0].rows[place].leafHash
                model.logs[0].rows[place].leafHash = model.logs[0].rows[other].leafHash
                model.logs[0].rows[other].leafHash = hash
            }
        case .moveRow:
            guard let tenant = model.logs[0].rows[place].row?.tenant else { return nil }
            let others = SampleRows.tenants.filter { $0 != tenant }
            model.logs[0].rows[place].row?.tenant =
                others.randomElement(using: &random) ?? "system"
        case .renumberRow:
            let other = Int64.random(in: 0..<300, using: &random)
            guard other != sequence else { return nil }
            model.logs[0].rows[place].sequence = other
        case .cutRows:
            model.logs[0].rows.removeAll { $0.sequence >= sequence }
        case .cutAll, .editBatch, .deleteBatch, .deleteBatchAndRows, .editGenesis, .editLeaf,
            .deleteLeaf, .editCheckpoint, .deleteCheckpoint, .rollBack, .fork:
            return nil
        }
        return String(sequence)
    }

    // MARK: Batches

    private func tamperBatches(
        _ kind: Tampering.Kind,
        _ model: inout LedgerModel,
        _ random: inout CampaignNumbers
    ) -> String? {
        guard model.logs[0].batches.count > 1 else { return nil }
        let place = Int.random(in: 0..<model.logs[0].batches.count, using: &random)
        let batch = model.logs[0].batches[place]
        let first = batch.firstSequence
        if kind == .editBatch {
            return editBatch(&model.logs[0].batches[place], &random)
        }
        model.logs[0].batches.removeAll { stored in
            kind == .cutAll ? stored.firstSequence >= first : stored.firstSequence == first
        }
        if kind == .deleteBatch { return String(first) }
        model.logs[0].rows.removeAll { row in
            row.sequence >= first && (kind == .cutAll || row.sequence <= batch.lastSequence)
        }
        guard kind == .cutAll, let position = batch.position else { return String(first) }
        let end = place == 0 ? 0 : position
        model.entries.removeAll { $0.position >= end }
        model.checkpoints.removeAll { $0.size > end }
        if place == 0 { model.logs.remove(at: 0) }
        return String(first)
    }

    private func editBatch(
        _ batch: inout StoredBatch,
        _ random: inout CampaignNumbers
    ) -> String {
        let bit: UInt8 = 1 << UInt8.random(in: 0..<8, using: &random)
        let column = Int.random(in: 0..<8, using: &random)
        switch column {
        case 0: batch.stampedAt = batch.stampedAt.advanced(byMicroseconds: 1)
        case 1: batch.previous[Int.random(in: 0..<32, using: &random)] ^= bit
        case 2:
            batch.leafHashes[Int.random(in: 0..<batch.leafHashes.count, using: &random)] ^= bit
        case 3: batch.root[Int.random(in: 0..<32, using: &random)] ^= bit
        case 4: batch.signature[Int.random(in: 0..<64, using: &random)] ^= bit
        case 5: batch.recordedAt = batch.recordedAt.advanced(byMicroseconds: -1)
        case 6: batch.firstSequence += 1
        case let last:
            precondition(last == 7, "a batch has eight columns that can be edited")
            batch.lastSequence += 1
        }
        return "column \(column)"
    }

    // MARK: The tree

    private func editGenesis(_ model: inout LedgerModel, _ random: inout CampaignNumbers) {
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
    }

    private func tamperTree(
        _ kind: Tampering.Kind,
        _ model: inout LedgerModel,
        _ random: inout CampaignNumbers
    ) -> Tampering? {
        switch kind {
        case .editLeaf:
            guard !model.entries.isEmpty else { return nil }
            let place = Int.random(in: 0..<model.entries.count, using: &random)
            let byte = Int.random(in: 0..<model.entries[place].entry.count, using: &random)
            model.entries[place].entry[byte] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case .deleteLeaf:
            guard !model.entries.isEmpty else { return nil }
            model.entries.remove(at: Int.random(in: 0..<model.entries.count, using: &random))
        case .editCheckpoint:
            guard !model.checkpoints.isEmpty else { return nil }
            let place = Int.random(in: 0..<model.checkpoints.count, using: &random)
            let byte = Int.random(in: 0..<model.checkpoints[place].note.count, using: &random)
            model.checkpoints[place].note[byte] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case .deleteCheckpoint:
            guard !model.checkpoints.isEmpty else { return nil }
            let place = Int.random(in: 0..<model.checkpoints.count, using: &random)
            model.checkpoints.remove(at: place)
        case .editRow, .deleteRow, .insertRow, .swapRows, .moveRow, .renumberRow, .cutRows, .cutAll,
            .editBatch, .deleteBatch, .deleteBatchAndRows, .editGenesis, .rollBack, .fork:
            return nil
        }
        return Tampering(kind: kind, forkFloor: nil)
    }

    /// The same history with other rows from a batch on, all of it signed with the key.
    private func fork(
        _ model: inout LedgerModel,
        _ random: inout CampaignNumbers
    ) -> Tampering? {
        let batches = self.model.logs[0].batches
        let number = Int.random(in: 0..<batches.count, using: &random)
        let twin = Self.write(signer, seed, self.model.logs[0].rows.count, forkedAt: number) { _ in
        }
        model = twin.model
        // What is known outside tells the first batch behind the last copy that agrees.
        let agreed = number - number % 3
        let first = batches[agreed].firstSequence
        return Tampering(kind: .fork, forkFloor: first)
    }
}
