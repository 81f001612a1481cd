import Basics
import Crypto
import JSON
import Posix

/// Reads a journal piece by piece, and keeps its first line and the last ones that count.
///
/// A journal grows with each checkpoint, so its size has no bound; a line has one.
struct BatchJournalReader {
    /// The digits of its own hash that stand before a line.
    static let checkDigits = 16

    private let lineBytesMax: Int
    private var header: [UInt8]?
    private var checkpoint: [UInt8]?
    private var counting: [UInt8]?
    /// The beginning of a line whose end has not been seen.
    private var open: [UInt8] = []
    /// How many bytes are whole lines.
    private(set) var byteCount = 0
    /// Whether a line was met that is none; nothing behind it counts.
    private(set) var isTorn = false

    init(lineBytesMax: Int = Limits.batchJournalLineBytesMax) {
        self.lineBytesMax = lineBytesMax
    }

    /// The digits of the hash of a line.
    static func check(_ json: some Sequence<UInt8>) -> [UInt8] {
        Array(Hexadecimal.text(Digest.sha256(Array(json))).utf8.prefix(checkDigits))
    }

    /// Takes the next piece of the file.
    mutating func take(_ piece: [UInt8]) {
        var rest = piece[...]
        while !isTorn, let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            guard take(line: open + rest[..<end]) else {
                isTorn = true
                return
            }
            open.removeAll(keepingCapacity: true)
            rest = rest[(end + 1)...]
        }
        open += rest
        if open.count > lineBytesMax { isTorn = true }
    }

    /// Takes a line without its end; `false` when it is not as it was written.
    private mutating func take(line: [UInt8]) -> Bool {
        guard line.count > Self.checkDigits, line.count <= lineBytesMax else { return false }
        let json = line.dropFirst(Self.checkDigits + 1)
        guard Self.check(json).elementsEqual(line.prefix(Self.checkDigits)) else { return false }
        if header == nil {
            header = Array(json)
        } else if json.starts(with: BatchJournal.countingBeginning) {
            counting = Array(json)
        } else {
            checkpoint = Array(json)
            counting = nil
        }
        byteCount += line.count + 1
        return true
    }

    /// What the journal holds; `nil` when there is not even a whole header.
    ///
    /// - Throws: `CommandError` when a line is whole and none of this program's.
    func content(_ path: String) throws(CommandError) -> BatchJournal.Content? {
        guard let header else { return nil }
        guard let document = Self.document(header) else { throw Self.foreign(path) }
        var content = BatchJournal.Content(header: document, byteCount: byteCount)
        if let checkpoint {
            guard let read = Self.document(checkpoint).flatMap({ BatchCheckpoint($0.root) }) else {
                throw Self.foreign(path)
            }
            content.checkpoint = read
        }
        if let counting {
            guard
                let text = Self.document(counting)?.root[BatchJournal.countingMember]?.stringValue,
                let patient = PatientHash(text: text)
            else { throw Self.foreign(path) }
            content.countedTo = patient
        }
        return content
    }

    private static func document(_ json: [UInt8]) -> JSONDocument? {
        try? JSONDocument(parsing: json)
    }

    private static func foreign(_ path: String) -> CommandError {
        CommandError(
            .badInput,
            "\(path) was not written by this program; remove it with the .part files"
        )
    }
}
