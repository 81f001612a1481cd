import CLinux
import Glibc

/// A file or standard input, read piece by piece so that memory stays flat.
package struct ByteStream: ~Copyable {
    private let descriptor: Descriptor
    private var piece = [UInt8](repeating: 0, count: 65_536)

    private init(_ descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }

    /// Opens a file, or standard input for `-`.
    package static func open(path: String) throws(SystemError) -> ByteStream {
        guard path == "-" else { return ByteStream(try Descriptor.open(path: path)) }
        return ByteStream(Descriptor(adopting: try SystemCall.run { dup(0) }))
    }

    /// The next bytes; none at the end.
    package mutating func next() throws(SystemError) -> [UInt8] {
        let raw = descriptor.raw
        let moved = try SystemCall.run {
            unsafe piece.withUnsafeMutableBytes {
                unsafe Glibc.read(raw, $0.baseAddress, $0.count)
            }
        }
        return Array(piece[..<moved])
    }
}
