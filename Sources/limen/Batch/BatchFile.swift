import Basics
import Crypto
import Posix

/// A file that a batch writes: its bytes, their number and their hash, up to now.
final class BatchFile {
    private let file: DurableFile
    private let digest = RunningDigest()
    /// The path as the reader knows it.
    let path: String
    private let isResumable: Bool
    /// How many bytes were given.
    private(set) var byteCount = 0
    private var pending: [UInt8] = []

    private init(_ file: DurableFile, path: String, isResumable: Bool) {
        self.file = file
        self.path = path
        self.isResumable = isResumable
    }

    /// Standard output.
    static func standardOutput() throws(CommandError) -> BatchFile {
        do {
            let file = try DurableFile.standardOutput()
            return BatchFile(file, path: "standard output", isResumable: false)
        } catch {
            throw failure(error, "standard output", isResumable: false)
        }
    }

    /// Opens a file and cuts it to what was durable when it was last checked.
    ///
    /// - Parameters:
    ///   - path: where it lies.
    ///   - kept: how many of its bytes are kept.
    ///   - digest: the hash that these must have; `nil` when none are kept.
    /// - Returns: the file, at whose end is written.
    /// - Throws: `CommandError` when there are fewer bytes, or other ones.
    static func open(
        _ path: String,
        keeping kept: Int = 0,
        digest: String? = nil
    ) throws(CommandError) -> BatchFile {
        do throws(SystemError) {
            let file = try DurableFile.open(path: path)
            let batchFile = BatchFile(file, path: path, isResumable: true)
            guard try file.byteCount() >= kept, try batchFile.take(kept, digest) else {
                throw SystemError.invalidArgument
            }
            try file.truncate(to: kept)
            return batchFile
        } catch {
            guard error != .invalidArgument else {
                throw CommandError(
                    .badInput,
                    "\(path) is not what the journal says was written; the run cannot go on: "
                        + "remove it with its journal and start again"
                )
            }
            throw failure(error, path, isResumable: true)
        }
    }

    /// Takes in the bytes that are there already; whether they have the hash they should have.
    private func take(_ kept: Int, _ expected: String?) throws(SystemError) -> Bool {
        let reader = try RandomAccessFile.open(path: path)
        while byteCount < kept {
            let count = min(Limits.dataPieceBytes, kept - byteCount)
            let piece = try reader.read(at: byteCount, count: count)
            guard piece.count == count else { return false }
            digest.update(piece)
            byteCount += count
        }
        guard let expected else { return true }
        return Hexadecimal.text(digest.value) == expected
    }

    /// The hash of all bytes so far in hexadecimal.
    var digestText: String { Hexadecimal.text(digest.value) }

    /// Takes bytes; they are written with those to come.
    func append(_ bytes: [UInt8]) throws(CommandError) {
        digest.update(bytes)
        byteCount += bytes.count
        pending += bytes
        if pending.count >= Limits.batchPieceBytes { try flush() }
    }

    /// Writes what was taken.
    func flush() throws(CommandError) {
        guard !pending.isEmpty else { return }
        do {
            try file.append(pending)
        } catch {
            throw Self.failure(error, path, isResumable: isResumable)
        }
        pending.removeAll(keepingCapacity: true)
    }

    /// Writes what was taken and makes it durable.
    func synchronize() throws(CommandError) {
        try flush()
        guard isResumable else { return }
        do {
            try file.synchronize()
        } catch {
            throw Self.failure(error, path, isResumable: isResumable)
        }
    }

    /// The sentence for a failed write.
    static func failure(
        _ error: SystemError,
        _ path: String,
        isResumable: Bool
    ) -> CommandError {
        let remedy =
            isResumable
            ? "make room and go on with --resume; what is durable is kept"
            : "write to a file with --out, which can be resumed"
        if error.isDiskFull || error == .tooLarge {
            let what = error.isDiskFull ? "the disk is full" : "the file reached its size limit"
            return CommandError(.unavailable, "\(path) cannot be written: \(what); \(remedy)")
        }
        if error.isPermissionDenied || error.isAbsent {
            return CommandError(.badInput, "\(path) cannot be written: \(error.text)")
        }
        return CommandError(.unavailable, "\(path) cannot be written: \(error.text); \(remedy)")
    }
}
