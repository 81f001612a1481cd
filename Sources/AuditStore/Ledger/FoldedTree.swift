import Basics
import Ledger
import PostgreSQL

/// The leaves of one turn, until they are stored.
struct FoldedTree {
    var state: SequencerState
    private var leaves: [Parameters] = []
    private var nodes: [Parameters] = []

    init(_ state: SequencerState) {
        self.state = state
    }

    /// Appends a leaf.
    mutating func append(_ entry: TreeEntry) {
        let bytes = entry.canonical
        var leaf = Parameters()
        leaf.add(int64: Int64(clamping: state.range.size))
        leaf.add(bytes: bytes)
        if case .batch(let batch) = entry {
            leaf.add(uuid: batch.logID)
            leaf.add(int64: batch.firstSequence)
        } else if case .tombstone(let stone) = entry {
            leaf.add(uuid: nil)
            leaf.add(int64: Int64(stone.month))
        } else {
            leaf.add(uuid: nil)
            leaf.add(int64: nil)
        }
        leaves.append(leaf)
        for (address, hash) in state.range.append(MerkleHash.leaf(bytes))
        where address.level.isMultiple(of: 8) {
            var node = Parameters()
            node.add(int32: Int32(address.level))
            node.add(int64: Int64(clamping: address.position))
            node.add(bytes: hash.bytes)
            nodes.append(node)
        }
    }

    /// Stores the leaves, the nodes that became complete, and where the tree stands.
    mutating func store(on connection: borrowing Connection) throws(PostgreSQLError) {
        guard !leaves.isEmpty else { return }
        _ = try connection.execute(LedgerStatements.addLeaves, Parameters(transposing: leaves))
        if !nodes.isEmpty {
            _ = try connection.execute(LedgerStatements.addNodes, Parameters(transposing: nodes))
        }
        var values = Parameters()
        values.add(int64: Int64(clamping: state.range.size))
        values.add(bytes: MerkleHash.bytes(of: state.range.hashes))
        values.add(int64: state.heartbeat)
        values.add(bool: state.isAdoptionComplete)
        values.add(int32: state.tombstones)
        _ = try connection.execute(LedgerStatements.keep, values)
        leaves = []
        nodes = []
    }
}
