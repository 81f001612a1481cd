import Ledger
import PostgreSQL

/// What a sequencer knows of the tree besides what the database holds at this moment.
struct TreeKnowledge: Sendable {
    /// The last checkpoint that left the database; `nil` when no copy is here.
    var known: Checkpoint?
    /// The tree as an earlier turn of this program has left it: it has looked through these leaves,
    /// and does so no more as long as the tree goes on from there.
    ///
    /// Nobody outside knows it, so a tree that does not is looked through from the checkpoint on, and
    /// may be signed: a server that fails can lose what was not signed yet.
    var reached: Checkpoint?
    /// The keys whose checkpoints count, its own among them.
    let keys: [NoteKey]

    /// The checkpoint that the tree must go on from: the one that is known outside; or, when none
    /// is, the newest in the database that a trusted key has signed.
    func base(on connection: borrowing Connection) throws(PostgreSQLError) -> Checkpoint? {
        if let known, known.size > 0 { return known }
        var before = Int64.max
        while true {
            var values = Parameters()
            values.add(int64: before)
            let rows = try connection.execute(LedgerStatements.checkpointsBefore, values)
            for row in 0..<rows.rowCount {
                guard let size = try rows.integer(row, 0), let note = rows.bytes(row, 1) else {
                    throw PostgreSQLError(code: .unexpectedResult)
                }
                before = Int64(size)
                let stored = StoredCheckpoint(size: UInt64(clamping: size), note: note)
                if let found = SignedPast.checkpoint(stored, by: keys) { return found }
            }
            if rows.rowCount == 0 { return nil }
        }
    }
}
