import Basics

/// Puts the lines of a file of checkpoints together to notes.
///
///     origin, size, root        the text of a note,
///                               an empty line,
///     — name signature          its signatures,
///                               and an empty line behind them
///
/// A note that was cut off, as by a crash, spoils no further note than the one that was joined to it.
struct NoteLines {
    /// What a line has ended.
    enum End: Equatable {
        /// A note, as it is signed.
        case note([UInt8])
        /// Lines that are no note.
        case spoiled
    }

    private enum Place { case text, signatures, junk }

    private var place = Place.text
    private var bytes: [UInt8] = []
    private var hasSignature = false
    private static let dash = Array("\u{2014} ".utf8)

    /// Whether lines stand behind the last note that are none yet.
    var isWithin: Bool { place == .junk || !bytes.isEmpty }

    /// Takes a line without its end, or `nil` for one that is too long.
    mutating func take(_ line: [UInt8]?) -> End? {
        let isSignature = line?.starts(with: Self.dash) ?? false
        switch place {
        case .text:
            guard let line, !isSignature else { return junk() }
            if line.isEmpty {
                guard !bytes.isEmpty else { return .spoiled }
                place = .signatures
            }
            return add(line)
        case .signatures:
            guard let line else { return junk() }
            if isSignature {
                hasSignature = true
                return add(line)
            }
            let end: End = hasSignature ? .note(bytes) : .spoiled
            self = NoteLines()
            // The text of the next note may be joined to one that was cut off.
            if !line.isEmpty { _ = take(line) }
            return end
        case .junk:
            if line?.isEmpty == true { self = NoteLines() }
            return nil
        }
    }

    private mutating func add(_ line: [UInt8]) -> End? {
        guard bytes.count + line.count < Limits.noteBytesMax else { return junk() }
        bytes += line
        bytes.append(UInt8(ascii: "\n"))
        return nil
    }

    /// Passes over everything up to the next empty line.
    private mutating func junk() -> End {
        self = NoteLines()
        place = .junk
        return .spoiled
    }
}
