import CLinux
import Glibc

/// A file that is written piece by piece and appears under its name only when it is whole.
package final class PendingFile: Sendable {
    private let descriptor: Descriptor
    private let path: String
    private let temporary: String

    /// Starts a file beside its later place, readable by the owner alone.
    package init(path: String) throws(SystemError) {
        self.path = path
        temporary = path + ".\(getpid()).\(RandomBytes.number()).part"
        descriptor = try Descriptor.create(path: temporary, mode: 0o600)
    }

    /// Writes the next piece.
    package func write(_ bytes: [UInt8]) throws(SystemError) {
        try descriptor.writeAll(bytes)
    }

    /// Gives the file its name, in place of one that was there.
    package func commit() throws(SystemError) {
        try descriptor.synchronize()
        try SystemCall.run { unsafe rename(temporary, path) }
        try File.synchronizeFolder(of: path)
    }

    deinit {
        // After a commit there is nothing under this name any more.
        _ = unsafe unlink(temporary)
    }
}
