import Basics
import Crypto
import JSON
import Posix

/// The journal of a batch: what it was started with, and how far it has come.
///
///     6f0d3c1a9b2e4f57 {"format":"limen-batch/1","job":"...","inputs":[...],...}
///     1c9a44e0b7d85a02 {"last":"04ff...","outputBytes":81920,"outputSha256":"...",...}
///
/// Each line begins with a part of its own SHA-256, so a line that a crash tore is told from one
/// that is whole; what stands behind the last whole line is cut off.
final class BatchJournal {
    private static let checkDigits = 16

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
        /// How far it has come; `nil` when it was not yet done with reading.
        let checkpoint: BatchCheckpoint?
        /// How many bytes of it are whole lines.
        let byteCount: Int
    }

    /// Reads a journal; `nil` when there is none, or none with a whole header.
    static func read(_ path: String) throws(CommandError) -> Content? {
        guard File.exists(path: path) else { return nil }
        let bytes: [UInt8]
        do {
            bytes = try File.read(path: path, bytesMax: Limits.batchJournalBytesMax)
        } catch {
            throw CommandError(.badInput, "\(path) cannot be read: \(error.text)")
        }
        var header: JSONDocument?
        var checkpoint: BatchCheckpoint?
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            guard let document = document(bytes[start..<end]) else { break }
            if header == nil {
                header = document
            } else {
                guard let next = BatchCheckpoint(document.root) else { break }
                checkpoint = next
            }
            start = end + 1
        }
        guard let header else { return nil }
        return Content(header: header, checkpoint: checkpoint, byteCount: start)
    }

    private static func document(_ line: ArraySlice<UInt8>) -> JSONDocument? {
        guard line.count > checkDigits else { return nil }
        let json = Array(line.dropFirst(checkDigits + 1))
        guard check(json).elementsEqual(line.prefix(checkDigits)) else { return nil }
        return try? JSONDocument(parsing: json)
    }

    private static func check(_ json: [UInt8]) -> [UInt8] {
        Array(Hexadecimal.text(Digest.sha256(json)).utf8.prefix(checkDigits))
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

    /// Adds a line and makes it durable; what it speaks of must be durable already.
    func append(_ json: [UInt8]) throws(CommandError) {
        do {
            try file.append(Self.check(json) + [UInt8(ascii: " ")] + json + [UInt8(ascii: "\n")])
            try file.synchronize()
        } catch {
            throw BatchFile.failure(error, path, isResumable: true)
        }
    }
}
