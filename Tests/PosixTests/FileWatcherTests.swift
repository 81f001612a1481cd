import Posix
import Testing

@Suite("Watching folders")
struct FileWatcherTests {
    /// Runs a body with a folder of its own below the one for temporary files.
    private static func withFolder(_ body: (String) throws -> Void) throws {
        let root = Terminal.environment("TMPDIR") ?? "/tmp"
        let path = root + "/limen-watch-\(RandomBytes.number())"
        try Folder.createNew(path: path)
        defer { try? Folder.removeAll(path: path) }
        try body(path)
    }

    @Test("a file that is written, replaced or removed is told of")
    func files() throws {
        try Self.withFolder { folder in
            let watcher = try FileWatcher(folders: [folder])
            try File.writeAtomically(path: folder + "/a.json", [1])
            #expect(try watcher.waitForChange())
            try File.writeAtomically(path: folder + "/a.json", [2])
            #expect(try watcher.waitForChange())
            try File.remove(path: folder + "/a.json")
            #expect(try watcher.waitForChange())
        }
    }

    @Test("a folder that appears later is watched from then on")
    func newFolders() throws {
        try Self.withFolder { folder in
            let watcher = try FileWatcher(folders: [folder])
            try Folder.create(path: folder + "/inner/deep")
            #expect(try watcher.waitForChange())
            try File.writeAtomically(path: folder + "/inner/deep/b.json", [1])
            #expect(try watcher.waitForChange())
        }
    }

    @Test("nothing below a flat folder is told of")
    func flatFolders() throws {
        try Self.withFolder { folder in
            try Folder.create(path: folder + "/inner")
            let watcher = try FileWatcher(folders: [], flatFolders: [folder])
            try File.writeAtomically(path: folder + "/inner/b.json", [1])
            watcher.stop()
            #expect(try !watcher.waitForChange())
        }
    }

    @Test("several changes in one go count as one")
    func bursts() throws {
        try Self.withFolder { folder in
            let watcher = try FileWatcher(folders: [folder])
            for name in 0..<20 {
                try File.writeAtomically(path: folder + "/\(name).json", [1])
            }
            #expect(try watcher.waitForChange())
            watcher.stop()
            #expect(try !watcher.waitForChange())
        }
    }

    @Test("a folder that is not there is no error for a tree, and one for a flat folder")
    func absent() throws {
        try Self.withFolder { folder in
            #expect(throws: SystemError(code: 2)) {
                _ = try FileWatcher(folders: [], flatFolders: [folder + "/none"])
            }
            let watcher = try FileWatcher(folders: [folder, folder + "/none"])
            watcher.stop()
            #expect(try !watcher.waitForChange())
        }
    }
}
