import Audit
import Basics

extension LedgerVerifier {
    /// Holds the rows of a sound batch against its hashes.
    mutating func readRows(
        of batch: StoredBatch,
        _ signed: SignedBatch,
        _ log: inout Log
    ) throws(Source.Failure) {
        var previous = signed.previous
        for (index, wanted) in signed.leafHashes.enumerated() {
            let sequence = signed.firstSequence + Int64(index)
            var isFound = false
            var wrong: [StoredRow] = []
            let wasDropped = dropped(sequence, wanted, batch, &log)
            while let row = log.row, row.sequence <= sequence {
                log.row = try source.nextRow()
                report.rowCount += 1
                if !isFound, hash(row, at: sequence, previous, log) == wanted {
                    isFound = true
                    endMissing(&log, isEnd: false)
                    verifyFacts(of: row, wanted, batch, log)
                    if wasDropped {
                        find(
                            .inserted,
                            name(row, log),
                            "a row is there that a tombstone says was dropped with its month"
                        )
                    }
                } else {
                    wrong.append(row)
                }
            }
            for (place, row) in wrong.enumerated() {
                endMissing(&log, isEnd: false)
                if isFound || place > 0 {
                    find(.inserted, name(row, log), "a row has the number of another")
                } else if row.unreadable != nil {
                    find(
                        .unreadable,
                        name(row, log),
                        "a row cannot be read: one of its lists holds nothing in a place, or is no "
                            + "list"
                    )
                } else if row.row == nil, wasDropped || isDropped(batch) {
                    report.droppedRowCount += 1
                } else if row.row == nil {
                    find(.deleted, name(row, log), "a row is missing of which the place is left")
                } else {
                    classify(row, at: index, signed, log)
                }
            }
            if !isFound, wrong.isEmpty, wasDropped || isDropped(batch) {
                report.droppedRowCount += 1
            } else if !isFound, wrong.isEmpty {
                let first = log.missing?.first ?? sequence
                let stampedAt = log.missing?.stampedAt ?? batch.stampedAt
                log.missing = (first, sequence - first + 1, stampedAt)
            }
            previous = wanted
        }
    }

    /// Whether the month of a batch, or the one before, was dropped because its time is over.
    ///
    /// A row lies in the month in which its request began, which is that of its batch or the one
    /// before.
    private func isDropped(_ batch: StoredBatch) -> Bool {
        // Those that name their rows are asked for each of them.
        guard !droppedWhole.isEmpty else { return false }
        let date = batch.stampedAt.date
        let before = date.month == 1 ? (date.year - 1, 12) : (date.year, date.month - 1)
        return droppedWhole.contains(Self.relation(date.year, date.month))
            || droppedWhole.contains(Self.relation(before.0, before.1))
    }

    /// Reads the rows of a batch that cannot be relied on: each is held against its own hash.
    mutating func readUnsigned(
        _ batch: StoredBatch,
        _ log: inout Log
    ) throws(Source.Failure) {
        // How far it goes is said twice, and either may have been changed.
        let count = Int64(batch.leafHashes.count / MerkleHash.byteCount)
        let last = max(
            batch.firstSequence,
            min(batch.lastSequence, batch.firstSequence + count - 1)
        )
        passOver(batch.firstSequence..<last + 1, log)
        while let row = log.row, row.sequence <= last {
            report.rowCount += 1
            log.row = try source.nextRow()
        }
        log.expected = max(log.expected, last + 1)
        log.isChained = false
    }

    func hash(
        _ row: StoredRow,
        at sequence: Int64,
        _ previous: MerkleHash,
        _ log: Log
    ) -> MerkleHash? {
        row.row.map {
            RowHash.make(
                canonical: $0.canonical,
                logID: log.genesis.logID,
                sequence: sequence,
                previous: previous,
                recordedAt: log.genesis.kind == .adoption ? row.recordedAt : nil
            )
        }
    }

    /// What the hash of a row does not cover.
    private mutating func verifyFacts(
        of row: StoredRow,
        _ wanted: MerkleHash,
        _ batch: StoredBatch,
        _ log: Log
    ) {
        if row.leafHash != wanted.bytes {
            find(.edited, name(row, log), "the hash that is stored with a row is not its own")
        }
        if log.genesis.kind == .writer, row.recordedAt != batch.recordedAt {
            find(.edited, name(row, log), "the moment at which a row was recorded was changed")
        }
        if let loss = row.row.flatMap({ SpoolLoss($0) }) { note(loss, in: name(row, log)) }
        if let relations, !relations.contains(row.relation ?? "") {
            find(.misplaced, name(row, log), "a row lies in no table of events")
            return
        }
        guard let relation = row.relation, let startedAt = row.row?.startedAt else { return }
        let date = startedAt.date
        let month = Self.relation(date.year, date.month)
        if relation != month, relation != "event_default" {
            find(.misplaced, name(row, log), "a row lies in the table of another month")
        }
    }

    /// Says what was done to a row that does not have the hash that was signed.
    private mutating func classify(
        _ row: StoredRow,
        at index: Int,
        _ signed: SignedBatch,
        _ log: Log
    ) {
        let place = name(row, log)
        if let stored = row.row, let from = formerTenant(of: row, stored, at: index, signed, log) {
            find(.moved, place, "a row was moved from the tenant \(from) to another")
            return
        }
        if let other = formerSequence(of: row, index, signed, log) {
            find(.reordered, place, "row \(other) stands in the place of row \(row.sequence)")
            return
        }
        find(.edited, place, "a row is not as it was written")
    }

    /// The tenant under which a row has the hash that was signed.
    private mutating func formerTenant(
        of row: StoredRow,
        _ stored: AuditRow,
        at index: Int,
        _ signed: SignedBatch,
        _ log: Log
    ) -> String? {
        var moved = row
        for tenant in tenants where tenant != stored.tenant {
            guard guesses < Limits.ledgerGuessesMax else { return nil }
            guesses += 1
            var guess = stored
            guess.tenant = tenant
            moved.row = guess
            if hash(at: index, moved, signed, log) == signed.leafHashes[index] { return tenant }
        }
        return nil
    }

    /// The number under which a row has the hash that was signed for it.
    private mutating func formerSequence(
        of row: StoredRow,
        _ index: Int,
        _ signed: SignedBatch,
        _ log: Log
    ) -> Int64? {
        for other in signed.leafHashes.indices where other != index {
            guard guesses < Limits.ledgerGuessesMax else { return nil }
            guesses += 1
            if hash(at: other, row, signed, log) == signed.leafHashes[other] {
                return signed.firstSequence + Int64(other)
            }
        }
        return nil
    }

    private func hash(
        at index: Int,
        _ row: StoredRow,
        _ signed: SignedBatch,
        _ log: Log
    ) -> MerkleHash? {
        hash(
            row,
            at: signed.firstSequence + Int64(index),
            index == 0 ? signed.previous : signed.leafHashes[index - 1],
            log
        )
    }
}
