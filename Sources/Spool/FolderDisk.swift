package import Posix

/// A folder of the machine as the disk of a spool.
package struct FolderDisk: SpoolDisk {
    private let path: String
    /// What says elsewhere which segments there are.
    private let marks: SpoolMarks?

    /// Takes a folder that exists.
    package init(path: String, marks: SpoolMarks? = nil) {
        self.path = path
        self.marks = marks
    }

    /// Notes elsewhere that a segment holds rows of these logs, when that is not noted yet.
    package func willHold(_ entries: [SpoolEntry], in segment: UInt64) throws(SystemError) {
        try marks?.hold(entries, in: segment)
    }

    /// The names of the files.
    package func names() throws(SystemError) -> [String] {
        try Folder.names(path: path)
    }

    /// Up to `count` bytes from a place on; fewer only where the file ends.
    package func read(
        _ name: String,
        at offset: Int,
        count: Int
    ) throws(SystemError) -> [UInt8] {
        let file = try RandomAccessFile.open(path: file(name))
        let rest = max(0, try file.byteCount() - offset)
        return try file.read(at: offset, count: min(count, rest))
    }

    /// Makes a file that must not exist yet.
    package func create(_ name: String) throws(SystemError) -> any SpoolFile {
        OpenFile(file: try PlacedFile(path: file(name)))
    }

    /// Gives a file another name.
    package func rename(_ name: String, to other: String) throws(SystemError) {
        try File.move(from: file(name), to: file(other))
    }

    /// Removes a file; one that is absent already is no error.
    ///
    /// The mark of a segment goes first, durably: a mark without its segment is a loss.
    package func remove(_ name: String) throws(SystemError) {
        if let marks, let segment = SpoolNames.number(of: name) { try marks.forget(segment) }
        try File.remove(path: file(name))
    }

    /// Makes the names durable.
    package func synchronizeFolder() throws(SystemError) {
        try PlacedFile.synchronizeFolder(path: path)
    }

    private func file(_ name: String) -> String { path + "/" + name }

    private final class OpenFile: SpoolFile {
        private let file: PlacedFile

        init(file: PlacedFile) {
            self.file = file
        }

        func allocate(byteCount: Int) throws(SystemError) {
            try file.allocate(byteCount: byteCount)
        }

        func write(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(SystemError) -> Int {
            try file.write(bytes, at: offset)
        }

        func synchronize() throws(SystemError) {
            try file.synchronize()
        }
    }
}
