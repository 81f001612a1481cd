import Basics
import Posix

/// The files that are read from at present; the one unused for longest is closed first.
struct OpenFiles: Sendable {
    private let files: DataFiles
    private var open: [(index: Int, file: RandomAccessFile)] = []

    init(_ files: DataFiles) {
        self.files = files
    }

    mutating func read(_ index: Int, _ bytes: Range<Int>) throws(SystemError) -> [UInt8] {
        let file: RandomAccessFile
        if let position = open.lastIndex(where: { $0.index == index }) {
            file = open[position].file
            if position < open.count - 1 { open.append(open.remove(at: position)) }
        } else {
            file = try files.open(index)
            if open.count >= Limits.dataOpenFilesMax { open.removeFirst() }
            open.append((index, file))
        }
        return try file.read(at: bytes.lowerBound, count: bytes.count)
    }
}
