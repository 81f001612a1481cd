import CLinux
import Glibc

/// A lock on a file that lasts as long as the value, or as the process.
package struct FileLock: ~Copyable, Sendable {
    private let descriptor: Descriptor

    private init(_ descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }

    /// Takes the lock, or answers `nil` when another process holds it.
    ///
    /// - Throws: `SystemError` when the file cannot be made or opened.
    package static func take(path: String) throws(SystemError) -> FileLock? {
        let raw = try SystemCall.run {
            unsafe limen_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        }
        let descriptor = Descriptor(adopting: raw)
        do {
            try SystemCall.run { flock(raw, LOCK_EX | LOCK_NB) }
        } catch {
            guard error.code == EWOULDBLOCK else { throw error }
            return nil
        }
        return FileLock(descriptor)
    }
}
