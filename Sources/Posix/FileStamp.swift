import CLinux
import Glibc

/// What tells that a file was written to or replaced, without reading it.
///
/// Every write sets the time of change (`st_ctim`, POSIX sys/stat.h), which no program can set back.
package struct FileStamp: Sendable, Equatable {
    private let device: UInt64
    private let node: UInt64
    private let byteCount: Int
    private let changedSeconds: Int
    private let changedNanoseconds: Int

    /// Reads the stamp of the file at a path.
    package static func read(path: String) throws(SystemError) -> FileStamp {
        var status = stat()
        try SystemCall.run { unsafe stat(path, &status) }
        return FileStamp(
            device: UInt64(status.st_dev),
            node: UInt64(status.st_ino),
            byteCount: Int(status.st_size),
            changedSeconds: Int(status.st_ctim.tv_sec),
            changedNanoseconds: Int(status.st_ctim.tv_nsec)
        )
    }
}
