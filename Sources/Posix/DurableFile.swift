import CLinux
import Glibc

/// A file that grows at its end, is made durable at chosen moments, and can be cut back to one.
///
/// What a crash left behind the last durable moment is cut off before writing goes on.
package final class DurableFile: Sendable {
    private let descriptor: Descriptor

    private init(_ descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }

    /// Opens a file to be written at its end, making it when it is missing, readable by its owner.
    package static func open(path: String) throws(SystemError) -> DurableFile {
        let flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC
        let raw = try SystemCall.run { unsafe limen_open(path, flags, 0o600) }
        return DurableFile(Descriptor(adopting: raw))
    }

    /// The size at present in bytes.
    package func byteCount() throws(SystemError) -> Int {
        var status = stat()
        let raw = descriptor.raw
        try SystemCall.run { unsafe fstat(raw, &status) }
        return Int(status.st_size)
    }

    /// Writes bytes at the end.
    package func append(_ bytes: [UInt8]) throws(SystemError) {
        try descriptor.writeAll(bytes)
    }

    /// Cuts the file to a size.
    package func truncate(to byteCount: Int) throws(SystemError) {
        let raw = descriptor.raw
        try SystemCall.run { ftruncate(raw, byteCount) }
    }

    /// Makes what was written durable.
    package func synchronize() throws(SystemError) {
        try descriptor.synchronize()
    }

    /// Standard output as a file at whose end is written; it can be neither cut nor synchronised.
    package static func standardOutput() throws(SystemError) -> DurableFile {
        DurableFile(Descriptor(adopting: try SystemCall.run { dup(1) }))
    }
}
