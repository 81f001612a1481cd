import Gateway
import JSON
import Posix

/// The files of the configuration, as the commands of `limen map` read them.
struct ProfileFiles {
    /// The folder with `Profiles/` and `Hooks/`.
    let home: String
    /// Every file by its path below the home.
    private(set) var files: [String: [UInt8]]
    /// Where the folders lie that are not below the home, by the name of their profile.
    private var folders: [String: String] = [:]

    /// Reads the files.
    ///
    /// - Throws: `CommandError` with exit code 3 that names the file.
    init() throws(CommandError) {
        home = try ConfigurationFiles.home()
        files = try ConfigurationFiles.read(home: home, clients: nil)
    }

    /// Takes files that were read already.
    init(home: String, files: [String: [UInt8]]) {
        self.home = home
        self.files = files
    }

    /// The name of a profile as it was typed: a name, or the path of its folder, which may lie
    /// anywhere and is then read.
    ///
    /// - Throws: `CommandError` with exit code 2 that lists the profiles there are.
    mutating func name(_ typed: String) throws(CommandError) -> String {
        var path = Substring(typed)
        while path.count > 1, path.last == "/" { path.removeLast() }
        let name = String(path.split(separator: "/").last ?? path)
        if typed.contains("/"), File.exists(path: path + "/profile.json"),
            Folder.absolutePath(String(path)) != Folder.absolutePath(self.path(ofFolder: name))
        {
            folders[name] = String(path)
            let prefix = "Profiles/" + name + "/"
            files = files.filter { !$0.key.hasPrefix(prefix) }
            for (file, bytes) in try ConfigurationFiles.read(folder: String(path)) {
                files[prefix + file] = bytes
            }
        }
        let known = ProfileProject.names(in: files)
        guard known.contains(name) else {
            let list = known.isEmpty ? "none yet" : known.joined(separator: ", ")
            let nearest = known.min {
                Arguments.distance($0, name) < Arguments.distance($1, name)
            }
            let hint =
                nearest.map { Arguments.distance($0, name) <= 2 ? "; did you mean \($0)?" : "" }
                ?? ""
            throw CommandError(.usage, "there is no profile \(name); there are: \(list)\(hint)")
        }
        return name
    }

    /// The path of the folder of a profile.
    func path(ofFolder name: String) -> String {
        folders[name] ?? home + "/Profiles/" + name
    }

    /// The path on disk of a file of the configuration.
    func path(of file: String) -> String {
        let shown = shownPath(of: file)
        return shown == file ? home + "/" + file : shown
    }

    /// A file as it is shown: below the home, or with the folder that was named.
    func shownPath(of file: String) -> String {
        for (name, folder) in folders where file.hasPrefix("Profiles/" + name + "/") {
            return folder + "/" + file.dropFirst("Profiles/".count + name.count + 1)
        }
        return file
    }

    /// The profile with the services that use it, and all that is wrong with them.
    func project(_ name: String) -> ProfileProject {
        ProfileProject(name: name, files: files, now: Clock.now())
    }

    /// The profile's own document.
    func profileDocument(_ name: String) -> JSONDocument? {
        files["Profiles/" + name + "/profile.json"].flatMap { try? JSONDocument(parsing: $0) }
    }

    /// The files of golden cases of a profile, in order.
    func caseFiles(_ name: String) -> [String] {
        let folder = "Profiles/" + name + "/cases/"
        return files.keys.filter { $0.hasPrefix(folder) && $0.hasSuffix(".json") }.sorted()
    }

    /// A finding with the line and column it is about, one line.
    func text(_ finding: CatalogueFinding) -> String {
        let place = FindingPlace.locate(finding.path, in: files[finding.file] ?? [])
        let position = place.map { ":\($0.line):\($0.column)" } ?? ""
        let path = finding.path.isEmpty ? "" : finding.path + ": "
        return
            "\(shownPath(of: finding.file))\(position): \(path)\(finding.sentence) [\(finding.code.rawValue)]"
    }

    /// The error that says why a profile cannot be used.
    func error(_ name: String, _ findings: [CatalogueFinding]) -> CommandError {
        let count = findings.count == 1 ? "a fault" : "\(findings.count) faults"
        let lines = findings.map { "\n  " + text($0) }.joined()
        return CommandError(.badInput, "the profile \(name) has \(count)\(lines)")
    }
}
