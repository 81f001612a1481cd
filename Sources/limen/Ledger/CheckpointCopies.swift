import Ledger
import Posix

/// The checkpoints outside the database: files that only grow, and a command.
struct CheckpointCopies: Sendable {
    /// The last checkpoint that is known.
    let last: Checkpoint?
    private let files: [(path: String, file: DurableFile)]
    private let command: [String]

    /// Opens the file beside the key and the further one, and reads the last checkpoint.
    static func open(_ folder: LedgerFolder) throws(CommandError) -> CheckpointCopies {
        let paths =
            [folder.path + "/checkpoints"]
            + [Terminal.environment("LIMEN_LEDGER_COPY")].compactMap { $0 }
        var last: Checkpoint?
        var files: [(path: String, file: DurableFile)] = []
        for path in paths {
            // The last that was copied: after a restore it can be smaller than those before it.
            if let copied = try read(path, keys: try folder.keys()).last,
                copied.size > last?.size ?? 0
            {
                last = copied
            }
            do throws(SystemError) {
                files.append((path, try DurableFile.open(path: path)))
            } catch {
                throw StateFolder.failure(error, path)
            }
        }
        let command = Terminal.environment("LIMEN_LEDGER_COMMAND") ?? ""
        return CheckpointCopies(
            last: last,
            files: files,
            command: command.split(separator: " ").map(String.init)
        )
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
        if isDone?.ending.isSuccess != true { problem = "LIMEN_LEDGER_COMMAND" }
        return problem
    }
}
