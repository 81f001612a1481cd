import Glibc

/// Reads a file or standard input line by line, in memory that does not grow with the input.
///
///     var reader = try LineReader.open(path: "-", lineBytesMax: 1 << 20)
///     while let line = try reader.next() { ... }
package struct LineReader: ~Copyable {
    private let descriptor: Descriptor
    private let lineBytesMax: Int
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    /// What stands on one line.
    package enum Line: Equatable, Sendable {
        /// The bytes without the line break.
        case bytes([UInt8])
        /// A line above the limit, which is passed over.
        case tooLong
    }

    private init(_ descriptor: consuming Descriptor, lineBytesMax: Int) {
        self.descriptor = descriptor
        self.lineBytesMax = lineBytesMax
    }

    /// Opens a file, or standard input for `-`.
    package static func open(
        path: String,
        lineBytesMax: Int
    ) throws(SystemError) -> LineReader {
        guard path == "-" else {
            let descriptor = try Descriptor.open(path: path)
            return LineReader(descriptor, lineBytesMax: lineBytesMax)
        }
        let raw = try SystemCall.run { dup(0) }
        return LineReader(Descriptor(adopting: raw), lineBytesMax: lineBytesMax)
    }

    /// The next line; `nil` at the end.
    ///
    /// A last line may lack its line break.
    package mutating func next() throws(SystemError) -> Line? {
        var searched = start
        var isTooLong = false
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(buffer[start..<end])
                start = end + 1
                return isTooLong || line.count > lineBytesMax ? .tooLong : .bytes(line)
            }
            if isAtEnd {
                guard start < buffer.count || isTooLong else { return nil }
                let line = Array(buffer[start...])
                start = buffer.count
                return isTooLong || line.count > lineBytesMax ? .tooLong : .bytes(line)
            }
            buffer.removeSubrange(..<start)
            start = 0
            if buffer.count > lineBytesMax {
                isTooLong = true
                buffer.removeAll(keepingCapacity: true)
            }
            searched = buffer.count
            try fill()
        }
    }

    private mutating func fill() throws(SystemError) {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let raw = descriptor.raw
        let moved = try SystemCall.run {
            unsafe piece.withUnsafeMutableBytes {
                unsafe Glibc.read(raw, $0.baseAddress, $0.count)
            }
        }
        if moved == 0 { isAtEnd = true }
        buffer.append(contentsOf: piece[..<moved])
    }
}
