import CLinux
import Glibc

/// A file descriptor that closes itself.
package struct Descriptor: ~Copyable, Sendable {
    /// The number of the descriptor; only for calls that do not keep it.
    package let raw: Int32

    /// Takes over a descriptor that nobody else closes.
    package init(adopting raw: Int32) {
        precondition(raw >= 0, "no descriptor to adopt")
        self.raw = raw
    }

    /// Opens a file to be read.
    package static func open(path: String) throws(SystemError) -> Descriptor {
        let raw = try SystemCall.run { unsafe limen_open(path, O_RDONLY | O_CLOEXEC, 0) }
        return Descriptor(adopting: raw)
    }

    /// Creates a file to be written that must not exist yet.
    package static func create(path: String, mode: UInt32) throws(SystemError) -> Descriptor {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
        let raw = try SystemCall.run { unsafe limen_open(path, flags, mode) }
        return Descriptor(adopting: raw)
    }

    /// Writes all bytes to a descriptor that blocks.
    package func writeAll(_ bytes: [UInt8]) throws(SystemError) {
        var offset = 0
        while offset < bytes.count {
            let moved = try SystemCall.run {
                unsafe bytes.withUnsafeBytes {
                    unsafe Glibc.write(raw, $0.baseAddress?.advanced(by: offset), $0.count - offset)
                }
            }
            offset += moved
        }
    }

    /// Makes what was written durable.
    package func synchronize() throws(SystemError) {
        try SystemCall.run { fsync(raw) }
    }

    /// Waits until the descriptor is readable or writable; `false` when the time is over.
    package func wait(
        forReading: Bool,
        timeoutMilliseconds: Int
    ) throws(SystemError) -> Bool {
        let events = Int16(forReading ? POLLIN : POLLOUT)
        var entry = pollfd(fd: raw, events: events, revents: 0)
        let timeout = Int32(clamping: timeoutMilliseconds)
        return try SystemCall.run { unsafe poll(&entry, 1, timeout) } > 0
    }

    deinit {
        let result = close(raw)
        precondition(result == 0 || errno != EBADF, "descriptor closed twice")
    }
}
