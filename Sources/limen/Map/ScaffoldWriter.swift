import Gateway
import Posix

/// Writes a scaffold to disk; for every command that makes one.
enum ScaffoldWriter {
    /// Writes the files; nothing that is there is overwritten.
    ///
    /// - Throws: `CommandError` when anything of it exists already, before anything is written.
    static func write(_ scaffold: ProfileScaffold, below home: String) throws(CommandError) {
        let folder = "Profiles/" + scaffold.name
        for path in [folder] + scaffold.files.map(\.path)
        where File.exists(path: home + "/" + path) {
            throw CommandError(.badInput, "\(path) is there already and is left as it is")
        }
        do {
            try Folder.create(path: home + "/" + folder + "/cases", mode: 0o755)
            for file in scaffold.files {
                try File.writeAtomically(path: home + "/" + file.path, file.bytes, mode: 0o644)
            }
        } catch {
            throw CommandError(.unavailable, "\(folder) cannot be written: \(error.text)")
        }
    }
}
