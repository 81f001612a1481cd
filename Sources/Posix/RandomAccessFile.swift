import CLinux
import Glibc

/// A file that is read at any place, as an index of a large file needs it.
package final class RandomAccessFile: Sendable {
    private let descriptor: Descriptor

    private init(_ descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }

    /// Opens a file to be read.
    package static func open(path: String) throws(SystemError) -> RandomAccessFile {
        RandomAccessFile(try Descriptor.open(path: path))
    }

    /// A new file without a name, readable by this process alone, gone when it is closed.
    package static func temporary() throws(SystemError) -> RandomAccessFile {
        let folder = Terminal.environment("TMPDIR") ?? "/tmp"
        let path = folder + "/limen.\(getpid()).\(RandomBytes.number())"
        let flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC
        let raw = try SystemCall.run { unsafe limen_open(path, flags, 0o600) }
        let file = RandomAccessFile(Descriptor(adopting: raw))
        try File.remove(path: path)
        return file
    }

    /// Standard input as a file: itself when it is one, else copied into a temporary file.
    package static func standardInput() throws(SystemError) -> RandomAccessFile {
        let input = Descriptor(adopting: try SystemCall.run { dup(0) })
        var status = stat()
        let raw = input.raw
        try SystemCall.run { unsafe fstat(raw, &status) }
        if status.st_mode & S_IFMT == S_IFREG { return RandomAccessFile(input) }
        let copy = try temporary()
        var piece = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let moved = try SystemCall.run {
                unsafe piece.withUnsafeMutableBytes {
                    unsafe Glibc.read(raw, $0.baseAddress, $0.count)
                }
            }
            if moved == 0 { return copy }
            try copy.append(Array(piece[..<moved]))
        }
    }

    /// The size at present in bytes.
    package func byteCount() throws(SystemError) -> Int {
        var status = stat()
        let raw = descriptor.raw
        try SystemCall.run { unsafe fstat(raw, &status) }
        return Int(status.st_size)
    }

    /// Reads up to `count` bytes from a place on; fewer only where the file ends.
    package func read(at offset: Int, count: Int) throws(SystemError) -> [UInt8] {
        precondition(offset >= 0, "a place before the file")
        let raw = descriptor.raw
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let moved = try SystemCall.run {
                unsafe bytes.withUnsafeMutableBytes {
                    unsafe pread(
                        raw,
                        $0.baseAddress?.advanced(by: filled),
                        count - filled,
                        offset + filled
                    )
                }
            }
            if moved == 0 { break }
            filled += moved
        }
        if filled < count { bytes.removeLast(count - filled) }
        return bytes
    }

    /// Writes bytes behind what was written before.
    package func append(_ bytes: [UInt8]) throws(SystemError) {
        try descriptor.writeAll(bytes)
    }
}
