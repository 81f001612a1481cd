import Basics
import JSON
import Mapping
import Posix

/// One folder of `Profiles/`, or a folder anywhere, with the files that lie in it.
struct ProfileFolder {
    /// The name: that of the folder.
    let name: String
    /// The path as the reader knows it.
    let path: String
    /// The bytes of every file by its path below the folder.
    let files: [String: [UInt8]]
    /// `profile.json`.
    let document: JSONDocument
    /// The ConceptMaps by file name.
    let conceptMaps: [String: JSONDocument]
    /// The loaded profile.
    let profile: Profile

    /// Loads a profile by the name of its folder in `Profiles/`, or by a path.
    ///
    /// - Throws: `CommandError` that names the file and the place of the fault.
    init(_ word: String) throws(CommandError) {
        guard let path = try Self.path(word) else {
            throw CommandError(.usage, "there is no profile \(word); see the folders in Profiles/")
        }
        let files = try ConfigurationFiles.read(folder: path)
        var maps: [String: JSONDocument] = [:]
        for (file, bytes) in files where file.hasSuffix(".conceptmap.json") {
            maps[file] = try Self.document(bytes, path + "/" + file)
        }
        guard let bytes = files["profile.json"] else {
            throw CommandError(.badInput, "\(path) holds no profile.json")
        }
        let document = try Self.document(bytes, path + "/profile.json")
        do {
            profile = try Profile(parsing: document, conceptMaps: maps)
        } catch {
            throw CommandError(
                .badInput,
                "\(path)/\(error.file ?? "profile.json"):\(error.place.line):"
                    + "\(error.place.column): \(error.path): \(error.sentence) "
                    + "(\(error.code.rawValue)); limen map lint \(word) says more"
            )
        }
        name = String(path.split(separator: "/").last ?? "profile")
        self.path = path
        self.files = files
        self.document = document
        conceptMaps = maps
    }

    /// The path of a profile's folder; `nil` when the word names none.
    static func path(_ word: String) throws(CommandError) -> String? {
        var path = Substring(word)
        while path.count > 1, path.last == "/" { path.removeLast() }
        if !word.contains("/") {
            let folder = try ConfigurationFiles.home() + "/Profiles/" + word
            if File.exists(path: folder + "/profile.json") { return folder }
        }
        return File.exists(path: path + "/profile.json") ? String(path) : nil
    }

    /// The names of all profiles of the home.
    static func allNames() throws(CommandError) -> [String] {
        let folder = try ConfigurationFiles.home() + "/Profiles"
        do {
            return try Folder.names(path: folder)
                .filter { File.exists(path: folder + "/" + $0 + "/profile.json") }
        } catch {
            throw CommandError(.badInput, "\(folder) cannot be read: \(error.text)")
        }
    }

    /// The name under which hooks and cases know a profile.
    ///
    /// In `Profiles/` it is that of the folder. A copy elsewhere, as one makes to try something,
    /// keeps the name that its cases say.
    static func knownName(_ path: String, _ files: [String: [UInt8]]) -> String {
        let name = String(path.split(separator: "/").last ?? "profile")
        let home = Terminal.environment("LIMEN_HOME") ?? Terminal.currentFolder
        if Folder.absolutePath(path) == Folder.absolutePath(home + "/Profiles/" + name) {
            return name
        }
        for file in files.keys.sorted() where file.hasPrefix("cases/") && file.hasSuffix(".json") {
            guard let document = try? JSONDocument(parsing: files[file] ?? []),
                let said = document.root["profile"]?.stringValue, !said.isEmpty
            else { continue }
            return said
        }
        return name
    }

    private static func document(
        _ bytes: [UInt8],
        _ path: String
    ) throws(CommandError) -> JSONDocument {
        do {
            return try JSONDocument(parsing: bytes)
        } catch {
            throw CommandError(
                .badInput,
                "\(path) is not JSON: \(error.sentence) (byte \(error.offset))"
            )
        }
    }
}
