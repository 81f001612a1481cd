import Audit
package import Basics
package import Ledger
package import PostgreSQL

/// Makes a receipt of a row from the tables.
package enum ReceiptMaker {
    /// Why there is no receipt.
    package enum Refusal: Error, Equatable, Sendable {
        /// There is no such event.
        case noEvent
        /// Several events of the tenant bear the id, and none of them goes before the others.
        case doubled
        /// The event has no place in a log yet.
        case noPlace
        /// No checkpoint covers the event yet.
        case notCovered
        /// What is stored of it does not fit together: the trail is to be verified.
        case damaged
        /// The database failed.
        case database(PostgreSQLError)
    }

    /// Makes the receipt of an event, read as `limen_verifier`.
    package static func receipt(
        of eventID: UUIDBytes,
        _ settings: ConnectionSettings
    ) throws(Refusal) -> Receipt {
        let made: Result<Receipt, Refusal>
        do throws(PostgreSQLError) {
            let connection = try Connection.open(settings)
            _ = try connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            made = try make(of: eventID, on: connection)
        } catch {
            throw .database(error)
        }
        return try made.get()
    }

    private static func make(
        of eventID: UUIDBytes,
        on connection: borrowing Connection
    ) throws(PostgreSQLError) -> Result<Receipt, Refusal> {
        var key = Parameters()
        key.add(uuid: eventID)
        let found = try connection.execute(LedgerStatements.eventPlace, key)
        guard found.rowCount > 0 else { return .failure(.noEvent) }
        guard try found.integer(0, 55) == 1 else { return .failure(.doubled) }
        guard let logID = try found.uuid(0, 51), let sequence = try found.integer(0, 52),
            let isAdopted = try found.bool(0, 53), let recordedAt = try found.instant(0, 54)
        else { return .failure(.noPlace) }
        var rows = [try RowReader.row(found, 0)]
        try RowReader.addParts(to: &rows, on: connection)
        var place = Parameters()
        place.add(uuid: logID)
        place.add(int64: Int64(sequence))
        let batches = try connection.execute(LedgerStatements.batchOf, place)
        guard batches.rowCount == 1, let stored = try batch(batches, logID),
            let publicKey = batches.bytes(0, 9)
        else { return .failure(.damaged) }
        guard let position = try batches.integer(0, 8), let entry = batches.bytes(0, 10) else {
            return .failure(.notCovered)
        }
        let notes = try connection.execute(LedgerStatements.lastCheckpoint)
        guard notes.rowCount == 1, let size = try notes.integer(0, 0), size > position,
            let note = notes.bytes(0, 1)
        else { return .failure(.notCovered) }
        guard let checkpoint = try? SignedNote(reading: note),
            let plan = MerkleProof.inclusion(of: UInt64(position), in: UInt64(size))
        else { return .failure(.damaged) }
        let proof = try plan.hashes { address throws(PostgreSQLError) in
            try LedgerReader.node(address, on: connection)
        }
        return .success(
            Receipt(
                row: rows[0].canonical,
                adoptedAt: isAdopted ? recordedAt : nil,
                batch: stored,
                publicKey: publicKey,
                index: sequence - Int(stored.firstSequence),
                entry: entry,
                position: UInt64(position),
                proof: proof,
                checkpoint: checkpoint
            )
        )
    }

    private static func batch(
        _ rows: borrowing QueryResult,
        _ logID: UUIDBytes
    ) throws(PostgreSQLError) -> SignedBatch? {
        guard let first = try rows.integer(0, 0), let last = try rows.integer(0, 1),
            let stampedAt = try rows.instant(0, 2), let recordedAt = try rows.instant(0, 7)
        else { return nil }
        return StoredBatch(
            firstSequence: Int64(first),
            lastSequence: Int64(last),
            stampedAt: stampedAt,
            previous: rows.bytes(0, 3) ?? [],
            leafHashes: rows.bytes(0, 4) ?? [],
            root: rows.bytes(0, 5) ?? [],
            signature: rows.bytes(0, 6) ?? [],
            recordedAt: recordedAt,
            position: nil
        ).signed(in: logID)
    }
}
