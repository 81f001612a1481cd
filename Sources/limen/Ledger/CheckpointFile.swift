import Basics
import Ledger
import Posix

/// A file with copies of checkpoints, as a verification reads it: once, with every signature, in
/// memory that does not grow with it.
///
/// What it read is kept in a nameless temporary file, forty bytes for each copy.
final class CheckpointFile {
    /// Where it lies.
    let path: String
    /// Whether there is such a file.
    let isThere: Bool
    /// How many checkpoints it holds that a trusted key has signed.
    private(set) var count = 0
    /// The last of them.
    private(set) var last: Checkpoint?
    /// How many notes are not as they were signed; one that was cut off at the end is none.
    private(set) var spoiledCount = 0
    /// The number of the first of those, from 1.
    private(set) var firstSpoiled: Int?
    /// Whether what was kept of it could not be read again.
    private(set) var isBroken = false
    private let scratch: RandomAccessFile
    /// Where the sizes go back.
    private var runs: [Range<Int>] = []

    private static let recordBytes = 8 + 32
    /// As many records as are read or written at once.
    private static let recordsAtOnce = 1_024

    /// Reads a file that may be missing.
    ///
    /// - Throws: `CommandError` when it cannot be read.
    init(_ path: String, keys: [NoteKey]) throws(CommandError) {
        self.path = path
        isThere = File.exists(path: path)
        do throws(SystemError) {
            scratch = try RandomAccessFile.temporary()
            if isThere { try read(keys) }
        } catch {
            throw StateFolder.failure(error, path)
        }
    }

    private func read(_ keys: [NoteKey]) throws(SystemError) {
        var reader = try LineReader.open(path: path, lineBytesMax: Limits.noteBytesMax)
        var lines = NoteLines()
        var number = 0
        var records: [UInt8] = []
        var start = 0
        while let line = try reader.next() {
            let end: NoteLines.End?
            switch line {
            case .bytes(let bytes): end = lines.take(bytes)
            case .tooLong: end = lines.take(nil)
            }
            guard let end else { continue }
            number += 1
            guard case .note(let bytes) = end,
                let checkpoint = CheckpointCopy.checkpoint(bytes, keys: keys)
            else {
                spoiledCount += 1
                firstSpoiled = firstSpoiled ?? number
                continue
            }
            if let last, checkpoint.size < last.size {
                runs.append(start..<count)
                start = count
            }
            count += 1
            last = checkpoint
            for shift in stride(from: 56, through: 0, by: -8) {
                records.append(UInt8(truncatingIfNeeded: checkpoint.size >> UInt64(shift)))
            }
            records += checkpoint.root.bytes
            if records.count >= Self.recordBytes * Self.recordsAtOnce {
                try scratch.append(records)
                records.removeAll(keepingCapacity: true)
            }
        }
        try scratch.append(records)
        if start < count { runs.append(start..<count) }
    }

    /// What it holds, for a verifier.
    var outside: [OutsideCheckpoints.Run] {
        runs.enumerated().map { epoch, range in
            var place = range.lowerBound
            var records: ArraySlice<UInt8> = []
            return OutsideCheckpoints.Run(epoch: epoch) { [self] in
                if records.isEmpty {
                    let count = min(Self.recordsAtOnce, range.upperBound - place)
                    guard count > 0 else { return nil }
                    let read = try? scratch.read(
                        at: place * Self.recordBytes,
                        count: count * Self.recordBytes
                    )
                    guard let read, read.count == count * Self.recordBytes else {
                        isBroken = true
                        return nil
                    }
                    records = read[...]
                    place += count
                }
                let record = records.prefix(Self.recordBytes)
                records = records.dropFirst(Self.recordBytes)
                guard let root = MerkleHash(Array(record.dropFirst(8))) else {
                    isBroken = true
                    return nil
                }
                return (record.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }, root)
            }
        }
    }

    /// Whether it holds no checkpoint though some were signed: a copy that is configured must.
    func isLost(_ report: LedgerReport) -> Bool { report.checkpointCount > 0 && count == 0 }
}
