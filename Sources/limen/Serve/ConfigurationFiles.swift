import Posix

/// The files of a configuration, as the gateway and the migrator take them.
enum ConfigurationFiles {
    /// The largest file that is read; the biggest models of the field stay below it.
    private static let fileBytesMax = 32 << 20

    /// The folder with `Profiles/`, `Hooks/` and `Migrations/`.
    static func home() throws(CommandError) -> String {
        let home = Terminal.environment("LIMEN_HOME") ?? Terminal.currentFolder
        for folder in ["Profiles", "Hooks", "Migrations"]
        where !Folder.isFolder(path: home + "/" + folder) {
            throw CommandError(
                .badInput,
                "\(home) holds no folder \(folder); set LIMEN_HOME to a Limen checkout"
            )
        }
        return home
    }

    /// Every file of `Profiles/` and `Hooks/` by its path below the home.
    ///
    /// - Parameters:
    ///   - home: the folder that holds them.
    ///   - clients: a further folder of client files, which count as `Hooks/clients/`.
    /// - Returns: the bytes of each file.
    /// - Throws: `CommandError` with exit code 3 that names the file.
    static func read(
        home: String,
        clients: String?
    ) throws(CommandError) -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for folder in ["Profiles", "Hooks"] {
            try read(folder: home + "/" + folder, as: folder, into: &files)
        }
        if let clients {
            try read(folder: clients, as: "Hooks/clients", into: &files)
        }
        return files
    }

    /// Every file of a folder by name, such as the migrations.
    static func read(folder: String) throws(CommandError) -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        try read(folder: folder, as: "", into: &files)
        return files
    }

    private static func read(
        folder: String,
        as prefix: String,
        into files: inout [String: [UInt8]]
    ) throws(CommandError) {
        var pending = [(path: folder, name: prefix)]
        while let next = pending.popLast() {
            guard Folder.isFolder(path: next.path) else {
                guard Folder.isRegularFile(path: next.path) else {
                    throw CommandError(.badInput, "\(next.path) is no regular file; remove it")
                }
                files[next.name] = try bytes(next.path)
                continue
            }
            do {
                for name in try Folder.names(path: next.path) where !name.hasPrefix(".") {
                    let separator = next.name.isEmpty ? "" : "/"
                    pending.append((next.path + "/" + name, next.name + separator + name))
                }
            } catch {
                throw CommandError(.badInput, "\(next.path) cannot be read: \(error.text)")
            }
        }
    }

    /// The bytes of one file.
    static func bytes(_ path: String) throws(CommandError) -> [UInt8] {
        do {
            return try File.read(path: path, bytesMax: fileBytesMax)
        } catch {
            if error.isAbsent { throw CommandError(.badInput, "there is no file \(path)") }
            let limit = error == .tooLarge ? "; at most \(fileBytesMax >> 20) MB are read" : ""
            throw CommandError(.badInput, "\(path) cannot be read: \(error.text)\(limit)")
        }
    }

    /// The bytes of a file, or of standard input for `-`.
    static func input(_ path: String) throws(CommandError) -> [UInt8] {
        guard path == "-" else { return try bytes(path) }
        do {
            return try Terminal.readInput(bytesMax: fileBytesMax)
        } catch {
            let limit = error == .tooLarge ? "; at most \(fileBytesMax >> 20) MB are read" : ""
            throw CommandError(.badInput, "standard input cannot be read: \(error.text)\(limit)")
        }
    }
}
