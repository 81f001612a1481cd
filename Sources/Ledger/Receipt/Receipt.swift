package import Audit
package import Basics
import Crypto
import JSON

/// What proves without the database that a row was written, and that nothing was changed since.
///
/// It leads from the row to its hash, from there to the root of its batch, from there to a leaf of
/// the tree, and from there to a root that was signed.
package struct Receipt: Sendable, Equatable {
    /// The canonical form of the row.
    package let row: [UInt8]
    /// When the database had written the row, for one that was adopted.
    package let adoptedAt: Instant?
    /// The batch, with the hashes of all of its rows.
    package let batch: SignedBatch
    /// The key that signed the batch.
    package let publicKey: [UInt8]
    /// Which row of the batch it is.
    package let index: Int
    /// The leaf of the tree.
    package let entry: [UInt8]
    /// Its place there.
    package let position: UInt64
    /// The proof that the leaf is in the tree.
    package let proof: [MerkleHash]
    /// The signed state of the tree.
    package let checkpoint: SignedNote

    /// Puts a receipt together.
    package init(
        row: [UInt8],
        adoptedAt: Instant?,
        batch: SignedBatch,
        publicKey: [UInt8],
        index: Int,
        entry: [UInt8],
        position: UInt64,
        proof: [MerkleHash],
        checkpoint: SignedNote
    ) {
        self.row = row
        self.adoptedAt = adoptedAt
        self.batch = batch
        self.publicKey = publicKey
        self.index = index
        self.entry = entry
        self.position = position
        self.proof = proof
        self.checkpoint = checkpoint
    }

    /// What a receipt says that holds.
    package struct Statement: Sendable, Equatable {
        /// The row.
        package let row: AuditRow
        /// The state of the tree that covers it.
        package let checkpoint: Checkpoint
        /// When the row was given its place.
        package let stampedAt: Instant
    }

    /// Checks every step with the public keys.
    ///
    /// - Throws: `receiptMalformed` when a step does not hold, or the error of the note.
    package func verified(by keys: [NoteKey]) throws(LedgerError) -> Statement {
        _ = try checkpoint.verified(by: keys)
        let state = try Checkpoint(text: checkpoint.text)
        guard let key = keys.first(where: { $0.bytes == publicKey }),
            let usable = PublicKey(.ed25519(key.bytes)), batch.isSound(under: usable),
            batch.leafHashes.indices.contains(index)
        else { throw LedgerError(.receiptMalformed) }
        let hash = RowHash.make(
            canonical: row,
            logID: batch.logID,
            sequence: batch.firstSequence + Int64(index),
            previous: index == 0 ? batch.previous : batch.leafHashes[index - 1],
            recordedAt: adoptedAt
        )
        guard hash == batch.leafHashes[index],
            case .batch(let named) = try TreeEntry(canonical: entry),
            named.logID == batch.logID, named.firstSequence == batch.firstSequence,
            named.lastSequence == batch.lastSequence, named.root == batch.root,
            MerkleProof.isIncluded(
                MerkleHash.leaf(entry),
                at: position,
                inTreeOf: state.size,
                root: state.root,
                by: proof
            )
        else { throw LedgerError(.receiptMalformed) }
        do throws(CanonicalError) {
            return Statement(
                row: try AuditRow(canonical: row),
                checkpoint: state,
                stampedAt: batch.stampedAt
            )
        } catch {
            throw LedgerError(.receiptMalformed)
        }
    }
}

extension Receipt {
    private static let format = "limen-receipt/1"

    /// The receipt as a JSON text.
    package var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("format", Self.format)
        writer.member("row", Base64.text(row))
        writer.member("adoptedAt", ifPresent: adoptedAt.map { String($0.microseconds) })
        writer.member("index", index)
        writer.member("batch", Base64.text(batch.receipted))
        writer.member("publicKey", Base64.text(publicKey))
        writer.member("entry", Base64.text(entry))
        writer.member("position", String(position))
        writer.name("proof")
        writer.beginArray()
        for hash in proof { writer.value(Base64.text(hash.bytes)) }
        writer.endArray()
        writer.member("checkpoint", checkpoint.serialized)
        writer.endObject()
        return writer.text
    }

    /// Reads a receipt.
    ///
    /// - Throws: `receiptMalformed`.
    package init(json bytes: [UInt8]) throws(LedgerError) {
        guard let root = try? JSONDocument(parsing: bytes).root,
            root["format"]?.stringValue == Self.format,
            let row = Self.bytes(root["row"]), let index = root["index"]?.integerValue,
            let sealed = Self.bytes(root["batch"]), let batch = SignedBatch(receipted: sealed),
            let publicKey = Self.bytes(root["publicKey"]), let entry = Self.bytes(root["entry"]),
            let position = root["position"]?.stringValue.flatMap({ UInt64($0) }),
            let note = root["checkpoint"]?.stringValue
        else { throw LedgerError(.receiptMalformed) }
        var proof: [MerkleHash] = []
        if let list = root["proof"], list.kind == .array {
            for element in list.elements {
                guard proof.count < 64, let hash = Self.bytes(element).flatMap({ MerkleHash($0) })
                else { throw LedgerError(.receiptMalformed) }
                proof.append(hash)
            }
        }
        var adoptedAt: Instant?
        if let given = root["adoptedAt"] {
            guard let microseconds = given.stringValue.flatMap({ Int64($0) }) else {
                throw LedgerError(.receiptMalformed)
            }
            adoptedAt = Instant(microseconds: microseconds)
        }
        self.init(
            row: row,
            adoptedAt: adoptedAt,
            batch: batch,
            publicKey: publicKey,
            index: index,
            entry: entry,
            position: position,
            proof: proof,
            checkpoint: try SignedNote(reading: Array(note.utf8))
        )
    }

    private static func bytes(_ value: JSONValue?) -> [UInt8]? {
        value?.stringValue.flatMap { Base64.bytes($0) }
    }
}

extension SignedBatch {
    /// The batch as bytes, for a receipt.
    fileprivate var receipted: [UInt8] {
        var writer = CanonicalWriter()
        writer.uuid(logID)
        writer.number(firstSequence)
        writer.instant(stampedAt)
        writer.fixed(previous.bytes)
        writer.data(MerkleHash.bytes(of: leafHashes))
        writer.fixed(root.bytes)
        writer.data(signature)
        return writer.bytes
    }

    fileprivate init?(receipted bytes: [UInt8]) {
        do throws(CanonicalError) {
            var reader = CanonicalReader(bytes)
            let logID = try reader.uuid()
            let first: Int64 = try reader.number()
            let stampedAt = try reader.instant()
            let previous = MerkleHash(try reader.fixed(MerkleHash.byteCount))
            let leaves = MerkleHash.list(try reader.data())
            let root = MerkleHash(try reader.fixed(MerkleHash.byteCount))
            let signature = try reader.data()
            try reader.expectEnd()
            guard let previous, let leaves, let root, !leaves.isEmpty,
                first >= 0, first < Int64.max - Int64(leaves.count)
            else { return nil }
            self.init(
                logID: logID,
                firstSequence: first,
                stampedAt: stampedAt,
                previous: previous,
                leafHashes: leaves,
                root: root,
                signature: signature
            )
        } catch {
            return nil
        }
    }
}
