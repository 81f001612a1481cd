import Posix

/// A search through every byte of some folders.
enum MarkerSearch {
    /// The files below some folders that hold one of the needles.
    ///
    /// - Throws: `CommandError` when a file cannot be searched: what was not looked at is not clean.
    static func files(
        holding needles: [String],
        in folders: [String]
    ) throws(CommandError) -> [String] {
        let patterns = needles.flatMap { ["-e", $0] }
        do {
            // grep reads every byte, of binary files too; 1 says that nothing was found.
            let run = try ChildProcess.run("grep", ["-rlaF"] + patterns + folders)
            guard run.ending.exitCode <= 1, run.ending.signal == 0 else {
                throw CommandError(.internalError, "the files could not all be searched")
            }
            return String(decoding: run.output, as: UTF8.self)
                .split(separator: "\n").map(String.init)
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError(.unavailable, "there is no grep to search with")
        }
    }
}
