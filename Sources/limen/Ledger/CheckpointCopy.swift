import Basics
import Ledger
import Posix
import Synchronization

/// A file that checkpoints are copied to: it only grows, but for what a failed write has left.
final class CheckpointCopy: Sendable {
    /// Where it lies.
    let path: String
    private let file: DurableFile
    /// The size to which the file must be cut back before more is written; `nil` when it is whole.
    private let torn = Mutex<Int?>(nil)

    private init(_ path: String, _ file: DurableFile) {
        self.path = path
        self.file = file
    }

    /// Opens a file and reads the last checkpoint of it; only its end is read, however long it is.
    ///
    /// What stands behind the last note was cut off by a crash or a full disk, and is removed: the
    /// next note would be joined to it.
    ///
    /// - Throws: `CommandError` when it cannot be read or written, or its last note is not as it was
    ///   signed.
    static func open(
        _ path: String,
        keys: [NoteKey]
    ) throws(CommandError) -> (copy: CheckpointCopy, last: Checkpoint?) {
        let copy: CheckpointCopy
        let end: (note: [UInt8]?, wholeByteCount: Int)?
        do throws(SystemError) {
            copy = CheckpointCopy(path, try DurableFile.open(path: path))
            let byteCount = try copy.file.byteCount()
            let start = max(0, byteCount - 2 * Limits.noteBytesMax)
            let bytes = try RandomAccessFile.open(path: path)
                .read(at: start, count: byteCount - start)
            end = lastNote(bytes, isWhole: start == 0)
            if let end, start + end.wholeByteCount < byteCount {
                try copy.file.truncate(to: start + end.wholeByteCount)
                try copy.file.synchronize()
            }
        } catch {
            throw StateFolder.failure(error, path)
        }
        guard let end else { throw unreadable(path) }
        guard let note = end.note else { return (copy, nil) }
        guard let last = checkpoint(note, keys: keys) else { throw unreadable(path) }
        return (copy, last)
    }

    /// Writes a note at the end, durably.
    ///
    /// A write that fails half-way is undone, at the latest before the next.
    func append(_ note: SignedNote) throws(SystemError) {
        try torn.withLock { torn throws(SystemError) in
            if let size = torn {
                try file.truncate(to: size)
                torn = nil
            }
            let size = try file.byteCount()
            do throws(SystemError) {
                try file.append(Array((note.serialized + "\n").utf8))
                try file.synchronize()
            } catch {
                torn = size
                if (try? file.truncate(to: size)) != nil { torn = nil }
                throw error
            }
        }
    }

    /// The checkpoint of a note that a trusted key has signed; else `nil`.
    static func checkpoint(_ note: [UInt8], keys: [NoteKey]) -> Checkpoint? {
        guard let read = try? SignedNote(reading: note),
            (try? read.verified(by: keys)) != nil
        else { return nil }
        return try? Checkpoint(text: read.text)
    }

    /// The last note at the end of a file, and how many of the bytes are notes; `nil` when the last
    /// lines are none.
    private static func lastNote(
        _ bytes: [UInt8],
        isWhole: Bool
    ) -> (note: [UInt8]?, wholeByteCount: Int)? {
        var lines = NoteLines()
        var last: NoteLines.End?
        var whole = 0
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            let ended = lines.take(Array(bytes[start..<end]))
            start = end + 1
            guard let ended else { continue }
            last = ended
            whole = start
        }
        switch last {
        case .note(let note): return (note, whole)
        case .spoiled: return nil
        // A first note that was cut off.
        case .none: return isWhole ? (nil, 0) : nil
        }
    }

    private static func unreadable(_ path: String) -> CommandError {
        CommandError(
            .badInput,
            "\(path): the last checkpoint is not as it was signed; a gateway that does not know it "
                + "could go on from a trail that was cut off. Look at the end of the file, put back "
                + "a copy of it that is kept elsewhere, or cut that note out when a crash has left it"
        )
    }
}
