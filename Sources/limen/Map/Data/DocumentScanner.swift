import Basics
import JSON
import Posix

/// Cuts a file into its JSON texts: one for the file, or one for each line.
///
/// A name that ends in `.ndjson` or `.jsonl` means lines. Of other files the first line tells: when
/// it is a whole JSON value and something follows, the file is read line by line. Lines are read
/// in pieces, so the memory is that of the longest line.
struct DocumentScanner {
    /// A JSON text and where it stands.
    struct Text {
        let bytes: [UInt8]
        let offset: Int
        let line: Int
    }

    /// What came next.
    enum Step {
        case text(Text)
        /// A text that is too long, at a line and a place in the file.
        case tooLong(line: Int, offset: Int)
        case end
    }

    private let file: RandomAccessFile
    private let byteCount: Int
    private let isLines: Bool
    private var buffer: [UInt8] = []
    private var start = 0
    /// The place in the file of the first byte of the buffer.
    private var base = 0
    private var line = 1
    private var hasEnded = false

    init(_ file: RandomAccessFile, name: String) throws(SystemError) {
        self.file = file
        byteCount = try file.byteCount()
        isLines =
            if name.hasSuffix(".ndjson") || name.hasSuffix(".jsonl") { true } else {
                try Self.looksLikeLines(file)
            }
    }

    /// Whether the first line is a JSON value of its own and another value follows.
    private static func looksLikeLines(_ file: RandomAccessFile) throws(SystemError) -> Bool {
        let head = try file.read(at: 0, count: 4 * Limits.dataPieceBytes)
        guard let end = head.firstIndex(of: UInt8(ascii: "\n")), end > 0 else { return false }
        guard !isBlank(head[end...]) else { return false }
        do {
            return try JSONDocument(parsing: Array(head[..<end])).root.kind == .object
        } catch {
            return false
        }
    }

    /// Whether bytes are nothing but white space (RFC 8259, section 2).
    ///
    /// Other control characters are none: a line of zeros is what a torn file holds in the place
    /// of a resource.
    static func isBlank(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    }

    /// The next text; the bytes between texts are skipped.
    mutating func next() throws(SystemError) -> Step {
        guard !hasEnded else { return .end }
        return isLines ? try nextLine() : try whole()
    }

    private mutating func whole() throws(SystemError) -> Step {
        hasEnded = true
        guard byteCount <= Limits.dataDocumentBytesMax else { return .tooLong(line: 1, offset: 0) }
        let bytes = try file.read(at: 0, count: byteCount)
        return .text(Text(bytes: bytes, offset: 0, line: 1))
    }

    private mutating func nextLine() throws(SystemError) -> Step {
        while true {
            let offset = base + start
            var end = start
            var isTooLong = false
            while true {
                while end < buffer.count, buffer[end] != UInt8(ascii: "\n") { end += 1 }
                if end < buffer.count { break }
                // Of a text that is too long nothing more is kept.
                if isTooLong || end - start > Limits.dataDocumentBytesMax {
                    isTooLong = true
                    base += end
                    buffer = []
                    start = 0
                    end = 0
                } else {
                    base += start
                    end -= start
                    buffer.removeFirst(start)
                    start = 0
                }
                let place = base + buffer.count
                let piece = try file.read(at: place, count: Limits.dataPieceBytes)
                if piece.isEmpty {
                    hasEnded = true
                    break
                }
                // Room at once: an array that doubles takes three times as much.
                if buffer.count > Limits.dataDocumentBytesMax >> 3 {
                    buffer.reserveCapacity(Limits.dataDocumentBytesMax + Limits.dataPieceBytes + 1)
                }
                buffer += piece
            }
            let number = line
            line += 1
            let range = start..<end
            start = min(end + 1, buffer.count)
            if isTooLong { return .tooLong(line: number, offset: offset) }
            if !Self.isBlank(buffer[range]) {
                return .text(
                    Text(
                        bytes: Array(buffer[range]),
                        offset: base + range.lowerBound,
                        line: number
                    )
                )
            }
            if hasEnded { return .end }
        }
    }
}
