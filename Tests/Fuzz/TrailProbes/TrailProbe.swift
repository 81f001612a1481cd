import Audit
import Basics
import Ledger
import Spool

/// What must hold for any bytes where the audit trail is read: what is accepted is written as the
/// same bytes again, so that no two byte strings are one row.
///
/// The first byte says what the others are (modulo 7): a row, an entry of the tree, a batch of the
/// spool, a signed note, a checkpoint, the begin of a segment, a script that makes a segment.
public enum TrailProbe {
    /// Reads some bytes; whether they were accepted.
    @discardableResult
    public static func run(_ bytes: [UInt8]) -> Bool {
        guard let kind = bytes.first else { return false }
        let content = Array(bytes.dropFirst())
        switch kind % 7 {
        case 0: return row(content)
        case 1: return entry(content)
        case 2: return batch(content)
        case 3: return note(content)
        case 4: return checkpoint(content)
        case 5: return segment(content)
        default: return SegmentScript(content).run()
        }
    }

    private static func row(_ bytes: [UInt8]) -> Bool {
        do throws(CanonicalError) {
            let row = try AuditRow(canonical: bytes)
            precondition(row.canonical == bytes, "two byte strings are one row")
            return true
        } catch {
            precondition(error.offset <= bytes.count, "a fault behind the end")
            return false
        }
    }

    private static func entry(_ bytes: [UInt8]) -> Bool {
        guard let entry = try? TreeEntry(canonical: bytes) else { return false }
        precondition(entry.canonical == bytes, "two byte strings are one entry")
        return true
    }

    private static func batch(_ bytes: [UInt8]) -> Bool {
        guard let batch = try? StampedBatch(encoded: bytes) else { return false }
        precondition(batch.encoded == bytes, "two byte strings are one batch")
        precondition(batch.rows.count == batch.batch.leafHashes.count, "rows without leaves")
        return true
    }

    private static func note(_ bytes: [UInt8]) -> Bool {
        guard let note = try? SignedNote(reading: bytes) else { return false }
        precondition(Array(note.serialized.utf8) == bytes, "two byte strings are one note")
        _ = try? Checkpoint(text: note.text)
        return true
    }

    private static func checkpoint(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let checkpoint = try? Checkpoint(text: text) else { return false }
        precondition(text.hasPrefix(checkpoint.text), "a checkpoint is not what it was read from")
        return true
    }

    private static func segment(_ bytes: [UInt8]) -> Bool {
        switch SegmentHeader.read(bytes) {
        case .header(let header):
            _ = SegmentScan(bytes, header: header, successor: nil)
            return true
        case .future, .damaged: return false
        }
    }
}
