import Audit
import Basics

extension TreeEntry {
    /// The first byte of each kind of entry.
    private enum Mark: UInt8, CaseIterable {
        case genesis = 1
        case batch = 2
        case heartbeat = 3
        case key = 4
        case tombstone = 5
        case adoptionComplete = 6
        case restored = 7
        case keyBegun = 8
        case countedTombstone = 9
        case signedRestored = 10
    }

    /// The entry as bytes, of which the leaf hash is made.
    package var canonical: [UInt8] {
        var writer = CanonicalWriter(reservingBytes: 128)
        switch self {
        case .genesis(let logID, let hash):
            writer.byte(Mark.genesis.rawValue)
            writer.uuid(logID)
            writer.fixed(hash.bytes)
        case .batch(let batch):
            writer.byte(Mark.batch.rawValue)
            writer.uuid(batch.logID)
            writer.number(batch.firstSequence)
            writer.number(batch.lastSequence)
            writer.fixed(batch.root.bytes)
            writer.instant(batch.recordedAt)
        case .heartbeat(let number, let at):
            writer.byte(Mark.heartbeat.rawValue)
            writer.number(number)
            writer.instant(at)
        case .key(let rotation):
            writer.byte(Mark.key.rawValue)
            writer.data(rotation.oldKey)
            writer.data(rotation.newKey)
            writer.instant(rotation.at)
            writer.data(rotation.signature)
        case .tombstone(let stone):
            writer.byte((stone.content == nil ? Mark.tombstone : .countedTombstone).rawValue)
            writer.number(stone.month)
            writer.text(stone.relation)
            writer.instant(stone.at)
            if let content = stone.content { Self.write(content, to: &writer) }
        case .keyBegun(let beginning):
            writer.byte(Mark.keyBegun.rawValue)
            writer.data(beginning.key)
            writer.instant(beginning.at)
            writer.data(beginning.signature)
        case .adoptionComplete(let at):
            writer.byte(Mark.adoptionComplete.rawValue)
            writer.instant(at)
        case .restored(let state):
            writer.byte((state.seal == nil ? Mark.restored : .signedRestored).rawValue)
            writer.number(state.size)
            writer.fixed(state.root.bytes)
            writer.instant(state.at)
            if let seal = state.seal {
                writer.data(seal.key)
                writer.data(seal.signature)
            }
        }
        return writer.bytes
    }

    /// The hash of the leaf.
    package var leafHash: MerkleHash { MerkleHash.leaf(canonical) }

    /// Reads an entry.
    ///
    /// - Throws: `entryMalformed`.
    package init(canonical bytes: [UInt8]) throws(LedgerError) {
        do throws(CanonicalError) {
            var reader = CanonicalReader(bytes)
            self = try Self.read(&reader)
            try reader.expectEnd()
        } catch {
            throw LedgerError(.entryMalformed)
        }
    }

    private static func read(
        _ reader: inout CanonicalReader
    ) throws(CanonicalError) -> TreeEntry {
        guard let mark = Mark(rawValue: try reader.byte()) else { throw reader.failure() }
        switch mark {
        case .genesis:
            return .genesis(logID: try reader.uuid(), hash: try hash(&reader))
        case .batch:
            return .batch(
                Batch(
                    logID: try reader.uuid(),
                    firstSequence: try reader.number(),
                    lastSequence: try reader.number(),
                    root: try hash(&reader),
                    recordedAt: try reader.instant()
                )
            )
        case .heartbeat:
            return .heartbeat(number: try reader.number(), at: try reader.instant())
        case .key:
            return .key(
                Rotation(
                    oldKey: try reader.data(),
                    newKey: try reader.data(),
                    at: try reader.instant(),
                    signature: try reader.data()
                )
            )
        case .tombstone:
            return .tombstone(
                Tombstone(
                    month: try reader.number(),
                    relation: try reader.text(),
                    at: try reader.instant()
                )
            )
        case .countedTombstone:
            return .tombstone(
                Tombstone(
                    month: try reader.number(),
                    relation: try reader.text(),
                    at: try reader.instant(),
                    content: try content(&reader)
                )
            )
        case .keyBegun:
            return .keyBegun(
                Beginning(
                    key: try reader.data(),
                    at: try reader.instant(),
                    signature: try reader.data()
                )
            )
        case .adoptionComplete:
            return .adoptionComplete(at: try reader.instant())
        case .restored:
            return .restored(
                Restoration(
                    size: try reader.number(),
                    root: try hash(&reader),
                    at: try reader.instant()
                )
            )
        case .signedRestored:
            return .restored(
                Restoration(
                    size: try reader.number(),
                    root: try hash(&reader),
                    at: try reader.instant(),
                    seal: .init(key: try reader.data(), signature: try reader.data())
                )
            )
        }
    }

    private static func write(_ content: Content, to writer: inout CanonicalWriter) {
        writer.number(content.rowCount)
        writer.data(content.leafDigest)
        writer.number(Int64(content.places.count))
        for range in content.places {
            writer.uuid(range.logID)
            writer.number(range.first)
            writer.number(range.last)
        }
    }

    private static func content(
        _ reader: inout CanonicalReader
    ) throws(CanonicalError) -> Content {
        let rowCount: Int64 = try reader.number()
        let leafDigest = try reader.data()
        let count: Int64 = try reader.number()
        guard count >= 0 else { throw reader.failure() }
        var places: [Places] = []
        var number: Int64 = 0
        while number < count {
            // What was sent short is refused here, long before the count is reached.
            places.append(
                Places(
                    logID: try reader.uuid(),
                    first: try reader.number(),
                    last: try reader.number()
                )
            )
            number += 1
        }
        return Content(rowCount: rowCount, leafDigest: leafDigest, places: places)
    }

    private static func hash(
        _ reader: inout CanonicalReader
    ) throws(CanonicalError) -> MerkleHash {
        guard let hash = MerkleHash(try reader.fixed(MerkleHash.byteCount)) else {
            throw reader.failure()
        }
        return hash
    }
}
