import Basics
import Crypto
import JSON
import Posix

/// The journal of a batch: what it was started with, and how far it has come.
///
///     6f0d3c1a9b2e4f57 {"format":"limen-batch/1","job":"...","inputs":[...],...}
///     1c9a44e0b7d85a02 {"last":"04ff...","outputBytes":81920,"outputSha256":"...",...}
///     93d20f5b6a11c87e {"countingTo":"0a12..."}
///
/// The third line says that the cases up to a patient are about to be counted for the monitoring
/// of the models; a checkpoint behind it says that they are.
///
/// Each line begins with a part of its own SHA-256, so a line that a crash tore is told from one
/// that is whole; what stands behind the last whole line is cut off.
final class BatchJournal {
    /// The member of a line about cases that are about to be counted.
    static let countingMember = "countingTo"
    /// How such a line begins.
    static let countingBeginning = Array("{\"\(countingMember)\"".utf8)

    let path: String
    private let file: DurableFile

    private init(path: String, file: DurableFile) {
        self.path = path
        self.file = file
    }

    /// What a journal holds.
    struct Content {
        /// What the batch was started with.
        let header: JSONDocument
        /// How many bytes of it are whole lines.
        let byteCount: Int
        /// How far it has come; `nil` when it was not yet done with reading.
        var checkpoint: BatchCheckpoint?
        /// The patient up to whom cases behind the checkpoint may have been counted.
        var countedTo: PatientHash?
    }

    /// Reads a journal; `nil` when there is none, or none with a whole header.
    static func read(
        _ path: String,
        _ empty: BatchJournalReader = BatchJournalReader(),
        pieceBytes: Int = Limits.dataPieceBytes
    ) throws(CommandError) -> Content? {
        guard File.exists(path: path) else { return nil }
        var reader = empty
        do throws(SystemError) {
            let file = try RandomAccessFile.open(path: path)
            var offset = 0
            while !reader.isTorn {
                let piece = try file.read(at: offset, count: pieceBytes)
                if piece.isEmpty { break }
                reader.take(piece)
                offset += piece.count
            }
        } catch {
            throw CommandError(.badInput, "\(path) cannot be read: \(error.text)")
        }
        return try reader.content(path)
    }

    /// Opens the journal to be continued behind its whole lines, or a new one.
    static func open(_ path: String, keeping byteCount: Int) throws(CommandError) -> BatchJournal {
        do {
            let file = try DurableFile.open(path: path)
            try file.truncate(to: byteCount)
            return BatchJournal(path: path, file: file)
        } catch {
            throw BatchFile.failure(error, path, isResumable: true)
        }
    }

    /// Says that the cases up to a patient are about to be counted.
    func announceCounting(to patient: PatientHash) throws(CommandError) {
        var writer = JSONWriter(reservingBytes: 64)
        writer.beginObject()
        writer.member(Self.countingMember, patient.text)
        writer.endObject()
        try append(writer.bytes)
    }

    /// Adds a line and makes it durable; what it speaks of must be durable already.
    func append(_ json: [UInt8]) throws(CommandError) {
        guard json.count + BatchJournalReader.checkDigits < Limits.batchJournalLineBytesMax else {
            throw CommandError(
                .badInput,
                "\(path) cannot name that many input files; give folders that hold fewer, in runs "
                    + "of their own"
            )
        }
        do {
            try file.append(
                BatchJournalReader.check(json) + [UInt8(ascii: " ")] + json + [UInt8(ascii: "\n")]
            )
            try file.synchronize()
        } catch {
            throw BatchFile.failure(error, path, isResumable: true)
        }
    }
}
