import JSON
import Posix

/// A document as it was named on the command line: a file, or the model of a profile.
struct ModelFile {
    /// The path as it is shown.
    let path: String
    /// The document.
    let bytes: [UInt8]
    /// The profile, when one was named.
    let profile: String?

    /// Finds and reads a document: a file of that name wins over a profile of that name.
    ///
    /// - Throws: `CommandError` with exit code 2 when there is neither, 3 when it cannot be read.
    init(_ typed: String) throws(CommandError) {
        if typed == "-" || File.exists(path: typed) && !Folder.isFolder(path: typed) {
            let bytes = try ConfigurationFiles.input(typed)
            self.init(path: typed, bytes: bytes, profile: nil)
            return
        }
        guard !typed.contains("/"), !typed.contains(".") else {
            throw CommandError(.badInput, "there is no file \(typed)")
        }
        try self.init(profile: typed)
    }

    /// Finds and reads the document of a profile.
    ///
    /// - Throws: `CommandError` with exit code 2 that lists the profiles there are.
    init(profile typed: String) throws(CommandError) {
        var files = try ProfileFiles()
        let name = try files.name(typed)
        let file = files.profileDocument(name)?.root["model"]?.stringValue ?? "model.pmml"
        let inside = "Profiles/" + name + "/" + file
        guard let bytes = files.files[inside] else {
            throw CommandError(.badInput, "the profile \(name) has no \(file)")
        }
        self.init(path: files.shownPath(of: inside), bytes: bytes, profile: name)
    }

    private init(path: String, bytes: [UInt8], profile: String?) {
        self.path = path
        self.bytes = bytes
        self.profile = profile
    }
}
