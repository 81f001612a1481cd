import CLinux
import Glibc

/// Folders and what lies in them.
package enum Folder {
    /// Makes a folder, and those above it when they are missing; one that is there is kept.
    package static func create(path: String, mode: UInt32 = 0o700) throws(SystemError) {
        var built = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            built += part
            if !File.exists(path: built) {
                let folder = built
                do {
                    try SystemCall.run { unsafe mkdir(folder, mode) }
                } catch {
                    guard error.code == EEXIST else { throw error }
                }
            }
            built += "/"
        }
    }

    /// Makes one folder that must not be there yet, so that nobody else can have prepared it.
    package static func createNew(path: String, mode: UInt32 = 0o700) throws(SystemError) {
        try SystemCall.run { unsafe mkdir(path, mode) }
    }

    /// The names in a folder, sorted; without `.` and `..`.
    package static func names(path: String) throws(SystemError) -> [String] {
        guard let stream = unsafe opendir(path) else { throw SystemError(code: errno) }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Whether a path is a folder; a symbolic link is none.
    package static func isFolder(path: String) -> Bool {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether a path is a regular file, or a link to one: no pipe, device or socket.
    package static func isRegularFile(path: String) -> Bool {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT == S_IFREG
    }

    /// Removes a folder with all it holds, or a file; what is absent is no error.
    ///
    /// Symbolic links are removed, never followed.
    package static func removeAll(path: String) throws(SystemError) {
        var pending = [(path: path, isEmptied: false)]
        while let next = pending.popLast() {
            guard isFolder(path: next.path) else {
                try File.remove(path: next.path)
                continue
            }
            if next.isEmptied {
                let folder = next.path
                try SystemCall.run { unsafe rmdir(folder) }
                continue
            }
            pending.append((next.path, true))
            for name in try names(path: next.path) {
                pending.append((next.path + "/" + name, false))
            }
        }
    }

    /// Sets the permission bits of a path.
    package static func setMode(path: String, _ mode: UInt32) throws(SystemError) {
        try SystemCall.run { unsafe chmod(path, mode) }
    }

    /// Gives a path to an account; of a symbolic link, the link itself.
    package static func setOwner(path: String, _ account: Account) throws(SystemError) {
        try SystemCall.run { unsafe lchown(path, account.user, account.group) }
    }

    /// The absolute path with symbolic links resolved; `nil` when it does not exist.
    package static func absolutePath(_ path: String) -> String? {
        guard let resolved = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }
}

/// An account of the operating system.
package struct Account: Equatable, Sendable {
    /// The name, such as `postgres`.
    package let name: String
    /// The user number.
    package let user: UInt32
    /// The number of its main group.
    package let group: UInt32

    /// The account of that name, when there is one.
    package static func named(_ name: String) -> Account? {
        guard let entry = unsafe getpwnam(name) else { return nil }
        return unsafe Account(name: name, user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
    }

    /// Whether this process runs as the superuser.
    package static var isSuperuser: Bool { geteuid() == 0 }
}
