import Ledger
import Posix

/// The checkpoints outside the database: files that only grow, and a command.
struct CheckpointCopies: Sendable {
    /// Where checkpoints are copied to, besides the file beside the key.
    struct Places: Sendable {
        /// A further file, on another mount.
        var file: String?
        /// A command that takes the note as its last argument.
        var command: [String] = []

        /// `LIMEN_LEDGER_COPY` and `LIMEN_LEDGER_COMMAND`.
        static var configured: Places {
            let command = Terminal.environment(commandName) ?? ""
            return Places(
                file: Terminal.environment(fileName),
                command: command.split(separator: " ").map(String.init)
            )
        }

        static let fileName = "LIMEN_LEDGER_COPY"
        static let commandName = "LIMEN_LEDGER_COMMAND"
    }

    /// The last checkpoint that is known.
    let last: Checkpoint?
    /// What is not as it was configured: sentences for who starts the program.
    let problems: [String]
    private let files: [(path: String, file: DurableFile)]
    private let command: [String]

    /// Opens the file beside the key and the further one, and reads the last checkpoint.
    ///
    /// A further file that is missing, or that ends before the one beside the key, is written from
    /// here on, and said: its mount may be missing, or somebody has removed it.
    ///
    /// - Throws: `CommandError` when one cannot be read or written.
    static func open(
        _ folder: LedgerFolder,
        _ places: Places = .configured
    ) throws(CommandError) -> CheckpointCopies {
        let own = folder.path + "/checkpoints"
        let keys = try folder.keys()
        // The last that was copied: after a restore it can be smaller than those before it.
        var last = try read(own, keys: keys).last
        var files = [(path: own, file: try openFile(own))]
        var problems: [String] = []
        if let path = places.file {
            let isThere = File.exists(path: path)
            let copied = try read(path, keys: keys).last
            if let last, !isThere {
                problems.append(
                    "\(Places.fileName): \(path) is not there, though \(last.size) leaves were "
                        + "signed before: it is begun anew, without those; see whether its mount is"
                )
            } else if let last, copied.map({ $0.size < last.size }) ?? true {
                problems.append(
                    "\(Places.fileName): \(path) ends at \(copied?.size ?? 0) leaves, and \(own) "
                        + "at \(last.size): some checkpoints were not copied to it"
                )
            }
            if let copied, copied.size > last?.size ?? 0 { last = copied }
            files.append((path, try openFile(path)))
        }
        if let program = places.command.first, !isProgram(program) {
            problems.append("\(Places.commandName): there is no program \(program)")
        }
        return CheckpointCopies(
            last: last,
            problems: problems,
            files: files,
            command: places.command
        )
    }

    private static func openFile(_ path: String) throws(CommandError) -> DurableFile {
        do throws(SystemError) {
            return try DurableFile.open(path: path)
        } catch {
            throw StateFolder.failure(error, path)
        }
    }

    private static func isProgram(_ name: String) -> Bool {
        if name.contains("/") { return File.exists(path: name) }
        let folders = (Terminal.environment("PATH") ?? "/usr/bin:/bin").split(separator: ":")
        return folders.contains { File.exists(path: $0 + "/" + name) }
    }

    /// The checkpoints of a file that a key has signed; none when there is no file.
    ///
    ///     origin, size, root        each note, an empty line, its signatures,
    ///                               and an empty line behind them
    ///
    /// A note that was cut off by a crash at the end of the file is passed over.
    static func read(_ path: String, keys: [NoteKey]) throws(CommandError) -> [Checkpoint] {
        guard File.exists(path: path) else { return [] }
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try File.read(path: path, bytesMax: 1 << 30)
        } catch {
            throw StateFolder.failure(error, path)
        }
        var checkpoints: [Checkpoint] = []
        var lines: [Substring] = []
        var emptyCount = 0
        var number = 0
        let text = String(decoding: bytes, as: UTF8.self)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty { emptyCount += 1 }
            guard line.isEmpty, emptyCount == 2 else {
                lines.append(line)
                continue
            }
            number += 1
            let note = lines.joined(separator: "\n") + "\n"
            lines = []
            emptyCount = 0
            do throws(LedgerError) {
                let read = try SignedNote(reading: Array(note.utf8))
                _ = try read.verified(by: keys)
                checkpoints.append(try Checkpoint(text: read.text))
            } catch {
                throw CommandError(
                    .badInput,
                    "\(path): checkpoint \(number) is not as it was signed (\(error.code.rawValue))"
                )
            }
        }
        return checkpoints
    }

    /// Copies a checkpoint; answers what went wrong, or `nil`.
    func keep(_ note: SignedNote) -> String? {
        var problem: String?
        for (path, file) in files {
            do throws(SystemError) {
                try file.append(Array((note.serialized + "\n").utf8))
                try file.synchronize()
            } catch {
                problem = path
            }
        }
        guard !command.isEmpty else { return problem }
        // A command that hangs must not hold up the next checkpoint for long.
        let isDone = try? ChildProcess.run("timeout", ["10"] + command + [note.serialized])
        if isDone?.ending.isSuccess != true { problem = Places.commandName }
        return problem
    }
}

/// A file with copies of checkpoints, as a verification reads it.
struct CheckpointFile {
    /// Where it lies.
    let path: String
    /// The checkpoints, in the order in which they were copied; `nil` when there is no such file.
    let checkpoints: [Checkpoint]?

    /// Reads a file that may be missing.
    ///
    /// - Throws: `CommandError` when it cannot be read, or holds what no key has signed.
    init(_ path: String, keys: [NoteKey]) throws(CommandError) {
        self.path = path
        let read = try CheckpointCopies.read(path, keys: keys)
        checkpoints = File.exists(path: path) ? read : nil
    }

    /// Whether it holds no checkpoint though some were signed: a copy that is configured must.
    func isLost(_ report: LedgerReport) -> Bool {
        report.checkpointCount > 0 && (checkpoints ?? []).isEmpty
    }
}
