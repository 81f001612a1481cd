import CLinux
import Glibc

/// A new file that is written at chosen places; each call is made once and its failure told.
///
/// What has to know whether a call was interrupted or took a part of the bytes needs no more than
/// this; everything else is better served by `DurableFile`.
package final class PlacedFile: Sendable {
    private let descriptor: Descriptor

    /// Makes a file that must not exist yet, readable by its owner alone.
    package init(path: String) throws(SystemError) {
        descriptor = try Descriptor.create(path: path, mode: 0o600)
    }

    /// Reserves room on the disk, which reads as zeros.
    package func allocate(byteCount: Int) throws(SystemError) {
        let code = posix_fallocate(descriptor.raw, 0, byteCount)
        guard code == 0 else { throw SystemError(code: code) }
    }

    /// Writes at a place and answers how many bytes the kernel took.
    package func write(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(SystemError) -> Int {
        let raw = descriptor.raw
        let moved = unsafe bytes.withUnsafeBytes {
            unsafe pwrite(raw, $0.baseAddress, $0.count, offset)
        }
        guard moved >= 0 else { throw SystemError(code: errno) }
        return moved
    }

    /// Makes the content durable; a failure is final, for the kernel may have dropped the pages.
    package func synchronize() throws(SystemError) {
        guard fdatasync(descriptor.raw) == 0 else { throw SystemError(code: errno) }
    }

    /// Makes the names in a folder durable.
    package static func synchronizeFolder(path: String) throws(SystemError) {
        let folder = try Descriptor.open(path: path)
        guard fsync(folder.raw) == 0 else { throw SystemError(code: errno) }
    }
}
