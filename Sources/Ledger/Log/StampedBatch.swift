package import Audit
import Basics

/// Rows with their places, as they go to the database or, while it is away, to a spool.
///
/// Sent again it is the same, byte for byte: a row that had landed meets its own key.
package struct StampedBatch: Sendable, Equatable {
    /// The beginning of the log, until a batch that brought it is durable.
    package let genesis: SignedGenesis?
    /// The hashes and their signature.
    package let batch: SignedBatch
    /// The canonical forms of the rows.
    package let rows: [[UInt8]]

    /// Puts a batch together.
    package init(genesis: SignedGenesis?, batch: SignedBatch, rows: [[UInt8]]) {
        precondition(rows.count == batch.leafHashes.count, "a hash for each row")
        self.genesis = genesis
        self.batch = batch
        self.rows = rows
    }

    /// The place of each row.
    package var places: [LogPlace] {
        batch.leafHashes.enumerated().map { index, hash in
            LogPlace(
                logID: batch.logID,
                sequence: batch.firstSequence + Int64(index),
                leafHash: hash.bytes
            )
        }
    }

    private static let version: UInt8 = 1

    /// The batch as bytes, for a spool.
    package var encoded: [UInt8] {
        var writer = CanonicalWriter(reservingBytes: rows.reduce(512) { $0 + $1.count + 4 })
        writer.byte(Self.version)
        if let genesis {
            writer.byte(1)
            Self.write(genesis, to: &writer)
        } else {
            writer.byte(0)
        }
        writer.uuid(batch.logID)
        writer.number(batch.firstSequence)
        writer.instant(batch.stampedAt)
        writer.fixed(batch.previous.bytes)
        writer.data(MerkleHash.bytes(of: batch.leafHashes))
        writer.fixed(batch.root.bytes)
        writer.data(batch.signature)
        for row in rows { writer.data(row) }
        return writer.bytes
    }

    /// Reads a batch.
    ///
    /// The signature is not checked here: whoever replays a spool has the key for that.
    ///
    /// - Throws: `batchMalformed`.
    package init(encoded bytes: [UInt8]) throws(LedgerError) {
        do throws(CanonicalError) {
            var reader = CanonicalReader(bytes)
            guard try reader.byte() == Self.version else { throw reader.failure() }
            let genesis = try reader.isPresent() ? try Self.readGenesis(from: &reader) : nil
            let logID = try reader.uuid()
            let first: Int64 = try reader.number()
            let stampedAt = try reader.instant()
            let previous = MerkleHash(try reader.fixed(MerkleHash.byteCount))
            let leaves = MerkleHash.list(try reader.data())
            let root = MerkleHash(try reader.fixed(MerkleHash.byteCount))
            let signature = try reader.data()
            guard let previous, let leaves, let root, first >= 0 else { throw reader.failure() }
            var rows: [[UInt8]] = []
            for _ in leaves { rows.append(try reader.data()) }
            try reader.expectEnd()
            self.init(
                genesis: genesis,
                batch: SignedBatch(
                    logID: logID,
                    firstSequence: first,
                    stampedAt: stampedAt,
                    previous: previous,
                    leafHashes: leaves,
                    root: root,
                    signature: signature
                ),
                rows: rows
            )
        } catch {
            throw LedgerError(.batchMalformed)
        }
    }

    private static func write(_ signed: SignedGenesis, to writer: inout CanonicalWriter) {
        let genesis = signed.genesis
        writer.uuid(genesis.logID)
        writer.byte(genesis.kind.rawValue)
        writer.instant(genesis.openedAt)
        writer.text(genesis.program)
        writer.data(genesis.place)
        writer.data(genesis.publicKey)
        if let previous = genesis.previous {
            writer.byte(1)
            writer.uuid(previous.logID)
            writer.number(previous.sequence)
            writer.fixed(previous.leafHash.bytes)
        } else {
            writer.byte(0)
        }
        writer.data(signed.signature)
    }

    private static func readGenesis(
        from reader: inout CanonicalReader
    ) throws(CanonicalError) -> SignedGenesis {
        let logID = try reader.uuid()
        guard let kind = LogGenesis.Kind(rawValue: try reader.byte()) else {
            throw reader.failure()
        }
        let openedAt = try reader.instant()
        let program = try reader.text()
        let place = try reader.data()
        let publicKey = try reader.data()
        var previous: LogGenesis.Previous?
        if try reader.isPresent() {
            let before = try reader.uuid()
            let sequence: Int64 = try reader.number()
            guard let hash = MerkleHash(try reader.fixed(MerkleHash.byteCount)) else {
                throw reader.failure()
            }
            previous = LogGenesis.Previous(logID: before, sequence: sequence, leafHash: hash)
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
        return SignedGenesis(genesis: genesis, signature: try reader.data())
    }
}
