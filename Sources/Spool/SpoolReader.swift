import Basics
import Posix

/// Reads entries back from the segments; any thread, files that are durable.
package struct SpoolReader: Sendable {
    private let disk: any SpoolDisk
    private let identity: SpoolIdentity

    /// How much is read at a time when records are small.
    private static let windowByteCount = 1 << 20

    /// Reads from a disk as an installation.
    package init(disk: any SpoolDisk, identity: SpoolIdentity) {
        self.disk = disk
        self.identity = identity
    }

    /// The entries of a segment from where it was read so far; at least one when there are any.
    ///
    /// - Throws: `damaged` with the place when a record that was whole is so no more.
    package func read(
        _ segment: SpoolBacklog.Segment,
        entryCountMax: Int
    ) throws(SpoolError) -> [SpooledEntry] {
        let rest = segment.endOffset - segment.offset
        let window = min(rest, Self.windowByteCount)
        var entries = try read(segment, byteCount: window, entryCountMax)
        if entries.isEmpty, window < rest {
            entries = try read(segment, byteCount: rest, entryCountMax)
        }
        guard !entries.isEmpty else { throw damaged(segment, .damage) }
        return entries
    }

    private func read(
        _ segment: SpoolBacklog.Segment,
        byteCount: Int,
        _ entryCountMax: Int
    ) throws(SpoolError) -> [SpooledEntry] {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try disk.look { () throws(SystemError) in
                try disk.read(
                    SpoolNames.segment(segment.header.number),
                    at: segment.offset,
                    count: byteCount
                )
            }
        } catch {
            throw SpoolError(code: .folderUnusable)
        }
        guard let cipher = SpoolCipher(identity: identity, header: segment.header) else {
            throw damaged(segment, .otherKey)
        }
        var entries: [SpooledEntry] = []
        var place = 0
        let block = segment.header.blockByteCount
        while place < bytes.count, entries.count < entryCountMax {
            guard let record = SpoolRecord.read(bytes, at: place) else {
                // Zeros or stray bytes between two groups, or the window ends within a record; then
                // what follows does not fit by its sequence.
                place = SegmentScan.roundUp(segment.offset + place + 1, block) - segment.offset
                continue
            }
            place += record.byteCount
            guard record.kind == .entry else { continue }
            guard record.sequence == segment.sequence + UInt64(entries.count) else { break }
            guard let entry = cipher.open(record) else {
                if entries.isEmpty { throw damaged(segment, .forged) }
                break
            }
            entries.append(
                SpooledEntry(
                    entry: entry,
                    segment: segment.header.number,
                    sequence: record.sequence,
                    at: record.at,
                    endOffset: segment.offset + place
                )
            )
        }
        return entries
    }

    private func damaged(
        _ segment: SpoolBacklog.Segment,
        _ kind: SpoolFinding.Kind
    ) -> SpoolError {
        SpoolError(
            code: .damaged,
            finding: SpoolFinding(kind, segment: segment.header.number, offset: segment.offset)
        )
    }
}
