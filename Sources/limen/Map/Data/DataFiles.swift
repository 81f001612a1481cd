import Basics
import Posix

/// The files that the words of a command line mean.
///
///     limen map coverage news2 ward.json export/ -
///           one file          every *.json, *.ndjson and *.jsonl below it          standard input
struct DataFiles: Sendable {
    /// One file.
    struct File: Sendable {
        /// The path as the reader knows it; `-` for standard input.
        let path: String
        /// Files of one folder share a scope: one patient id there is one patient.
        let scope: Int
        /// The size in bytes when the list was made.
        let byteCount: Int
    }

    /// The files in the order of the words, those of a folder by name.
    private(set) var files: [File] = []
    /// How many files of folders were left out because their names say that they hold no JSON.
    private(set) var skippedCount = 0
    /// Standard input, when it was asked for.
    private(set) var standardInput: RandomAccessFile?
    private var scopes: [String: Int] = [:]
    /// Whether a file that cannot be read stays in the list, for whoever reads it to report.
    private let keepsUnreadable: Bool

    /// The size of all files in bytes.
    var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }

    /// Lists the files.
    ///
    /// - Throws: `CommandError` with exit code 3 for a word that names nothing, or when there is
    ///   no file at all.
    init(_ words: [String], keepsUnreadable: Bool = false) throws(CommandError) {
        self.keepsUnreadable = keepsUnreadable
        for word in words {
            if word == "-" {
                try addStandardInput()
            } else if Folder.isFolder(path: word) || Folder.isFolder(path: word + "/.") {
                try addFolder(word)
            } else {
                guard Folder.isRegularFile(path: word) else {
                    throw CommandError(.badInput, "there is no file or folder \(word)")
                }
                try add(word)
            }
        }
        guard !files.isEmpty else {
            throw CommandError(
                .badInput,
                words.isEmpty
                    ? "say which data: files, folders, or - for standard input"
                    : "there is no *.json, *.ndjson or *.jsonl file in \(words[0])"
            )
        }
    }

    /// The place as a reader opens it: `export/Observation.ndjson:17`.
    func text(of place: DataPlace) -> String {
        files[place.file].path + ":" + String(place.line)
    }

    /// Opens a file of the list.
    func open(_ index: Int) throws(SystemError) -> RandomAccessFile {
        let path = files[index].path
        if path == "-", let standardInput { return standardInput }
        return try RandomAccessFile.open(path: path)
    }

    static func holdsJSON(_ name: String) -> Bool {
        [".json", ".ndjson", ".jsonl"].contains { name.lowercased().hasSuffix($0) }
    }

    private mutating func addStandardInput() throws(CommandError) {
        guard standardInput == nil else { return }
        do {
            let file = try RandomAccessFile.standardInput()
            standardInput = file
            files.append(File(path: "-", scope: scope("-"), byteCount: try file.byteCount()))
        } catch {
            throw CommandError(.badInput, "standard input cannot be read: \(error.text)")
        }
    }

    private mutating func addFolder(_ root: String) throws(CommandError) {
        var base = Substring(root)
        while base.count > 1, base.last == "/" { base.removeLast() }
        var pending = [String(base)]
        while let path = pending.popLast() {
            guard Folder.isFolder(path: path) || path == String(base) else {
                if DataFiles.holdsJSON(path), Folder.isRegularFile(path: path) {
                    try add(path)
                } else {
                    skippedCount += 1
                }
                continue
            }
            do {
                let names = try Folder.names(path: path).filter { !$0.hasPrefix(".") }
                pending += names.reversed().map { (path == "/" ? "" : path) + "/" + $0 }
            } catch {
                throw CommandError(.badInput, "\(path) cannot be read: \(error.text)")
            }
        }
    }

    private mutating func add(_ path: String) throws(CommandError) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        do {
            let byteCount = try RandomAccessFile.open(path: path).byteCount()
            files.append(File(path: path, scope: scope(folder), byteCount: byteCount))
        } catch {
            if keepsUnreadable {
                files.append(File(path: path, scope: scope(folder), byteCount: 0))
                return
            }
            throw CommandError(.badInput, "\(path) cannot be read: \(error.text)")
        }
    }

    private mutating func scope(_ name: String) -> Int {
        if let known = scopes[name] { return known }
        scopes[name] = scopes.count
        return scopes.count - 1
    }
}
