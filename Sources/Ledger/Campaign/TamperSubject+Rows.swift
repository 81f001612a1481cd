import Audit
import Basics

extension TamperSubject {
    /// Tampers with a model; `nil` when this kind cannot be done to it any more.
    package func tamper(
        _ kind: Tampering.Kind,
        _ model: inout LedgerModel,
        _ random: inout CampaignNumbers
    ) -> Tampering? {
        guard !model.logs.isEmpty else { return nil }
        return switch kind {
        case .editRow, .deleteRow, .insertRow, .swapRows, .moveRow, .renumberRow, .cutRows:
            tamperRows(kind, &model, &random).map { Tampering(kind, $0) }
        case .dropMonth, .dropParts, .dropRelation:
            tamperMonth(kind, &model, &random).map { Tampering(kind, $0) }
        case .cutAll, .editBatch, .deleteBatch, .deleteBatchAndRows:
            tamperBatches(kind, &model, &random).map { Tampering(kind, $0) }
        case .editGenesis:
            Tampering(kind, editGenesis(&model, &random))
        case .editLeaf, .deleteLeaf, .editCheckpoint, .deleteCheckpoint:
            tamperTree(kind, &model, &random)
        case .forgeRestored:
            forgeRestored(&model, &random)
        case .forgeTombstone:
            forgeTombstone(&model, &random).map { Tampering(kind, $0) }
        case .rollBack:
            rollBack(&model, &random)
        case .fork:
            fork(&model, &random)
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
        case .cutAll, .dropMonth, .dropParts, .dropRelation, .editBatch, .deleteBatch,
            .deleteBatchAndRows, .editGenesis, .editLeaf, .deleteLeaf, .editCheckpoint,
            .deleteCheckpoint, .forgeRestored, .forgeTombstone, .rollBack, .fork:
            return nil
        }
        return String(sequence)
    }

    // MARK: Months

    /// The table of a row, any month being as likely as another.
    func someMonth(_ model: LedgerModel, _ random: inout CampaignNumbers) -> String? {
        Set(model.logs[0].rows.compactMap(\.relation)).sorted().randomElement(using: &random)
    }

    private func tamperMonth(
        _ kind: Tampering.Kind,
        _ model: inout LedgerModel,
        _ random: inout CampaignNumbers
    ) -> String? {
        guard let month = someMonth(model, &random) else { return nil }
        if kind == .dropMonth {
            model.logs[0].rows.removeAll { $0.relation == month }
            model.relations?.remove(month)
            return month
        }
        let losesCards = Bool.random(using: &random)
        let isUnnamed = Bool.random(using: &random)
        for place in model.logs[0].rows.indices where model.logs[0].rows[place].relation == month {
            if kind == .dropRelation {
                model.logs[0].rows[place].relation = isUnnamed ? nil : "public_event"
            } else if losesCards {
                model.logs[0].rows[place].row?.shownCards = []
            } else {
                model.logs[0].rows[place].row?.feedback = []
            }
        }
        if kind == .dropRelation { return month + (isUnnamed ? " unnamed" : " elsewhere") }
        return (losesCards ? "cards of " : "feedback of ") + month
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
        if kind == .cutAll {
            cut(&model, from: place)
            return String(first)
        }
        model.logs[0].batches.remove(at: place)
        if kind == .deleteBatch { return String(first) }
        model.logs[0].rows.removeAll { row in
            row.sequence >= first && row.sequence <= batch.lastSequence
        }
        return String(first)
    }

    /// Cuts off everything from a batch on: rows, batches, leaves and checkpoints.
    func cut(_ model: inout LedgerModel, from place: Int) {
        let batch = model.logs[0].batches[place]
        let end = place == 0 ? 0 : batch.position ?? 0
        model.logs[0].rows.removeAll { $0.sequence >= batch.firstSequence }
        model.logs[0].batches.removeAll { $0.firstSequence >= batch.firstSequence }
        model.entries.removeAll { $0.position >= end }
        model.checkpoints.removeAll { $0.size > end }
        if place == 0 { model.logs.remove(at: 0) }
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
}
