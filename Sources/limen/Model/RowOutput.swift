import Posix

/// Where rows are written: standard output, or a file that appears when it is whole.
final class RowOutput {
    private static let pieceBytes = 65_536

    private let path: String?
    private let temporaryPath: String
    private var descriptor: Descriptor?
    private var piece: [UInt8] = []

    private init(path: String?, temporaryPath: String, descriptor: consuming Descriptor?) {
        self.path = path
        self.temporaryPath = temporaryPath
        self.descriptor = descriptor
    }

    /// Opens standard output for nothing or `-`, else a file.
    static func open(_ path: String?) throws(CommandError) -> RowOutput {
        guard let path, path != "-" else {
            return RowOutput(path: nil, temporaryPath: "", descriptor: nil)
        }
        let temporary = path + ".\(Terminal.processIdentifier).part"
        do {
            let descriptor = try Descriptor.create(path: temporary, mode: 0o600)
            return RowOutput(path: path, temporaryPath: temporary, descriptor: descriptor)
        } catch {
            throw CommandError(.badInput, "\(path) cannot be written: \(error.text)")
        }
    }

    /// Takes a row.
    func append(_ row: String) throws(CommandError) {
        piece += row.utf8
        if piece.count >= Self.pieceBytes { try flush() }
    }

    /// Writes the rest; a file gets its name now.
    func finish() throws(CommandError) {
        try flush()
        guard let path else { return }
        do {
            try File.move(from: temporaryPath, to: path)
        } catch {
            throw CommandError(.unavailable, "\(path) cannot be written: \(error.text)")
        }
    }

    private func flush() throws(CommandError) {
        guard path != nil else {
            Terminal.writeOutput(piece)
            piece.removeAll(keepingCapacity: true)
            return
        }
        do {
            try descriptor?.writeAll(piece)
        } catch {
            throw CommandError(.unavailable, "writing failed: \(error.text)")
        }
        piece.removeAll(keepingCapacity: true)
    }

    deinit {
        // Half a table is no table; after `finish` nothing is there any more.
        if path != nil { try? File.remove(path: temporaryPath) }
    }
}
