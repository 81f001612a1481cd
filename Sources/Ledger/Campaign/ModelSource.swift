import Audit
import Basics

/// Reads a model as if it were a database.
package final class ModelSource: LedgerSource {
    private let model: LedgerModel
    private let entries: [StoredEntry]
    private let logs: [LedgerModel.Log]
    private var entry = 0
    private var checkpoint = 0
    private var log = -1
    private var batch = 0
    private var row = 0
    private var stray = 0
    private var batches: [StoredBatch] = []
    private var rows: [StoredRow] = []
    private var checkpoints: [StoredCheckpoint]

    /// Reads a model from its beginning.
    package init(_ model: LedgerModel) {
        self.model = model
        checkpoints = Self.ordered(model.checkpoints) { $0.size < $1.size }
        var found: [UUIDBytes: [Int64: TreeEntry.Batch]] = [:]
        for log in model.logs {
            let id = log.genesis.genesis.logID
            for batch in log.batches {
                guard let root = MerkleHash(batch.root) else { continue }
                found[id, default: [:]][batch.firstSequence] = TreeEntry.Batch(
                    logID: id,
                    firstSequence: batch.firstSequence,
                    lastSequence: batch.lastSequence,
                    root: root,
                    recordedAt: batch.recordedAt
                )
            }
        }
        entries = Self.ordered(model.entries) { $0.position < $1.position }.map { stored in
            guard let read = try? TreeEntry(canonical: stored.entry), case .batch(let named) = read
            else { return stored }
            var joined = stored
            joined.batch = found[named.logID]?[named.firstSequence]
            return joined
        }
        logs = model.logs.sorted { left, right in
            let (one, other) = (left.genesis.genesis, right.genesis.genesis)
            if one.openedAt != other.openedAt { return one.openedAt < other.openedAt }
            return one.logID.text < other.logID.text
        }
    }

    /// Elements in order; what is in order already is not moved.
    private static func ordered<Element>(
        _ elements: [Element],
        by isBefore: (Element, Element) -> Bool
    ) -> [Element] {
        let isOrdered = zip(elements, elements.dropFirst()).allSatisfy { !isBefore($1, $0) }
        return isOrdered ? elements : elements.sorted(by: isBefore)
    }

    /// The next leaf.
    package func nextEntry() -> StoredEntry? {
        guard entry < entries.count else { return nil }
        defer { entry += 1 }
        return entries[entry]
    }

    /// The next checkpoint.
    package func nextCheckpoint() -> StoredCheckpoint? {
        guard checkpoint < checkpoints.count else { return nil }
        defer { checkpoint += 1 }
        return checkpoints[checkpoint]
    }

    /// The next log.
    package func nextLog() -> SignedGenesis? {
        log += 1
        guard log < logs.count else { return nil }
        batch = 0
        row = 0
        batches = Self.ordered(logs[log].batches) { $0.firstSequence < $1.firstSequence }
        rows = Self.ordered(logs[log].rows) { left, right in
            if left.sequence != right.sequence { return left.sequence < right.sequence }
            return (left.row?.eventID.text ?? "") < (right.row?.eventID.text ?? "")
        }
        return logs[log].genesis
    }

    /// The next batch.
    package func nextBatch() -> StoredBatch? {
        guard batch < batches.count else { return nil }
        defer { batch += 1 }
        return batches[batch]
    }

    /// The next row.
    package func nextRow() -> StoredRow? {
        guard row < rows.count else { return nil }
        defer { row += 1 }
        return rows[row]
    }

    /// The next row that belongs to nothing.
    package func nextStray() -> StrayRow? {
        guard stray < model.strays.count else { return nil }
        defer { stray += 1 }
        return model.strays[stray]
    }

    /// No row of a model waits.
    package func nextWaiting() -> WaitingRow? { nil }

    /// The keys of a model are no part of it.
    package func lostKeys() -> LostKeys? { nil }

    /// The tenants.
    package func tenants() -> [String] { SampleRows.tenants }

    /// What is on record of dropped tables.
    package func droppedMonths() -> [TreeEntry.Tombstone] {
        model.droppedMonths
            ?? entries.compactMap { stored in
                guard let entry = try? TreeEntry(canonical: stored.entry),
                    case .tombstone(let stone) = entry
                else { return nil }
                return stone
            }
    }

    /// The tables of events.
    package func relations() -> Set<String>? { model.relations }
}
