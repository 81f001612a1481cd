import Basics
import Ledger
import PostgreSQL

/// Reads the rows of the ledger's own tables.
enum LedgerReader {
    /// A row of `audit.log`, its columns in the order of `LedgerStatements.logs`.
    static func genesis(
        _ rows: borrowing QueryResult,
        _ row: Int
    ) throws(PostgreSQLError) -> SignedGenesis {
        guard let logID = try rows.uuid(row, 0), let number = try rows.integer(row, 1),
            let kind = LogGenesis.Kind(rawValue: UInt8(clamping: number)),
            let openedAt = try rows.instant(row, 2), let program = try rows.text(row, 3),
            let place = rows.bytes(row, 4), let publicKey = rows.bytes(row, 5),
            let signature = rows.bytes(row, 9)
        else { throw PostgreSQLError(code: .unexpectedResult) }
        var previous: LogGenesis.Previous?
        if let before = try rows.uuid(row, 6), let sequence = try rows.integer(row, 7),
            let bytes = rows.bytes(row, 8), let hash = MerkleHash(bytes)
        {
            previous = LogGenesis.Previous(
                logID: before,
                sequence: Int64(sequence),
                leafHash: hash
            )
        }
        let genesis = LogGenesis(
            logID: logID,
            kind: kind,
            openedAt: openedAt,
            program: program,
            place: place,
            publicKey: publicKey,
            previous: previous
        )
        return SignedGenesis(genesis: genesis, signature: signature)
    }

    /// The complete node of a level, put together from what is stored.
    static func node(
        _ address: NodeAddress,
        on connection: borrowing Connection
    ) throws(PostgreSQLError) -> MerkleHash {
        // Nodes are stored for every eighth level: 256 hashes of the one below at most.
        let level = address.level / 8 * 8
        let count = UInt64(1) << UInt64(address.level - level)
        let first = address.position * count
        var hashes: [MerkleHash] = []
        if level == 0 {
            var range = Parameters()
            range.add(int64: Int64(clamping: first))
            range.add(int64: Int64(clamping: first + count))
            let rows = try connection.execute(LedgerStatements.leaves, range)
            for row in 0..<rows.rowCount {
                hashes.append(MerkleHash.leaf(rows.bytes(row, 1) ?? []))
            }
        } else {
            var range = Parameters()
            range.add(int32: Int32(level))
            range.add(int64: Int64(clamping: first))
            range.add(int64: Int64(clamping: first + count))
            let rows = try connection.execute(LedgerStatements.nodes, range)
            for row in 0..<rows.rowCount {
                guard let hash = MerkleHash(rows.bytes(row, 1) ?? []) else {
                    throw PostgreSQLError(code: .unexpectedResult)
                }
                hashes.append(hash)
            }
        }
        guard hashes.count == Int(count) else {
            throw PostgreSQLError(code: .unexpectedResult)
        }
        return CompactRange.root(of: hashes)
    }

    /// A row of `audit.dropped_month`, its columns in the order of `LedgerStatements.dropped`.
    ///
    /// One that does not say which rows it held, or says it out of order, has no content.
    static func tombstone(
        _ rows: borrowing QueryResult,
        _ row: Int
    ) throws(PostgreSQLError) -> TreeEntry.Tombstone {
        guard let month = try rows.integer(row, 0), let relation = try rows.text(row, 1),
            let at = try rows.instant(row, 2)
        else { throw PostgreSQLError(code: .unexpectedResult) }
        var content: TreeEntry.Content?
        if let count = try rows.integer(row, 3), let digest = rows.bytes(row, 4),
            let places = rows.bytes(row, 5).flatMap({ TreeEntry.Places.list($0) })
        {
            content = TreeEntry.Content(
                rowCount: Int64(count),
                leafDigest: digest,
                places: places
            )
        }
        return TreeEntry.Tombstone(
            month: Int32(clamping: month),
            relation: relation,
            at: at,
            content: content
        )
    }
}
