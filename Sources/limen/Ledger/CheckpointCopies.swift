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
    private let files: [CheckpointCopy]
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
        var (copy, last) = try CheckpointCopy.open(own, keys: keys)
        var files = [copy]
        var problems: [String] = []
        if let path = places.file {
            let isThere = File.exists(path: path)
            let copied: Checkpoint?
            (copy, copied) = try CheckpointCopy.open(path, keys: keys)
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
            files.append(copy)
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

    private static func isProgram(_ name: String) -> Bool {
        if name.contains("/") { return File.exists(path: name) }
        let folders = (Terminal.environment("PATH") ?? "/usr/bin:/bin").split(separator: ":")
        return folders.contains { File.exists(path: $0 + "/" + name) }
    }

    /// Copies a checkpoint; answers what went wrong, or `nil`.
    func keep(_ note: SignedNote) -> String? {
        var problem: String?
        for copy in files {
            do throws(SystemError) {
                try copy.append(note)
            } catch {
                problem = copy.path
            }
        }
        guard !command.isEmpty else { return problem }
        // A command that hangs must not hold up the next checkpoint for long.
        let isDone = try? ChildProcess.run("timeout", ["10"] + command + [note.serialized])
        if isDone?.ending.isSuccess != true { problem = Places.commandName }
        return problem
    }
}
