import Basics
import Crypto
import Posix

/// Where an export goes: a file that has its name only when it is whole, or standard output.
final class ExportFile {
    /// The path that was asked for; `nil` for standard output.
    let path: String?
    private let file: DurableFile
    private let digest = RunningDigest()
    private var pending: [UInt8] = []
    private(set) var byteCount = 0

    /// Opens it; a file of the name must not be there yet.
    init(_ path: String?) throws(CommandError) {
        self.path = path
        do throws(SystemError) {
            guard let path else {
                file = try DurableFile.standardOutput()
                return
            }
            guard !File.exists(path: path) else {
                throw SystemError.invalidArgument
            }
            file = try DurableFile.open(path: path + ".part")
            try file.truncate(to: 0)
        } catch {
            if error == .invalidArgument {
                throw CommandError(
                    .badInput,
                    "\(path ?? "") is there already; an export overwrites nothing"
                )
            }
            throw Self.failure(error, path)
        }
    }

    /// The hash of all bytes so far in hexadecimal.
    var digestText: String { Hexadecimal.text(digest.value) }

    /// Takes bytes.
    func append(_ bytes: [UInt8]) throws(CommandError) {
        digest.update(bytes)
        byteCount += bytes.count
        pending += bytes
        if pending.count >= Limits.batchPieceBytes { try flush() }
    }

    /// Writes all that was taken and makes it durable.
    func finish() throws(CommandError) {
        try flush()
        guard path != nil else { return }
        do {
            try file.synchronize()
        } catch {
            throw Self.failure(error, path)
        }
    }

    /// Gives the file its name, and writes the manifest beside it; on standard error otherwise.
    func publish(_ manifest: [UInt8]) throws(CommandError) {
        guard let path else {
            Terminal.writeError(manifest)
            return
        }
        do throws(SystemError) {
            try File.move(from: path + ".part", to: path)
            try File.synchronizeFolder(of: path)
            try File.writeAtomically(path: path + ".manifest.json", manifest)
        } catch {
            throw Self.failure(error, path)
        }
    }

    private func flush() throws(CommandError) {
        guard !pending.isEmpty else { return }
        do {
            try file.append(pending)
        } catch {
            throw Self.failure(error, path)
        }
        pending.removeAll(keepingCapacity: true)
    }

    private static func failure(_ error: SystemError, _ path: String?) -> CommandError {
        let place = path.map { $0 + ".part" } ?? "standard output"
        return CommandError(
            .unavailable,
            "\(place) cannot be written: \(error.text); the export is not whole, has no manifest, "
                + "and must be made anew"
        )
    }
}
